// SPDX-License-Identifier: Apache-2.0
// Vocabulary of the classifier's tests: one answer, and what it must mean. A row's fate is one
// letter: A accept, R retry, D dead letter, ? unknown.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ngsi_ld/classifier.h"

namespace lamppost::ngsi_ld {

inline const std::vector<std::string> kThree = {"urn:ngsi-ld:S:a", "urn:ngsi-ld:S:b",
                                                "urn:ngsi-ld:S:c"};
inline const std::vector<std::string> kOne = {"urn:ngsi-ld:S:a"};
inline const std::string kBad =
    R"({"type":"https://uri.etsi.org/ngsi-ld/errors/BadRequestData","title":"no","status":400})";

struct Case {
  std::string what;
  int status;
  std::string body;
  std::string fates;  // of one row or of three
  NextStep next;
};

inline Answer answer_of(int status, std::string body) {
  Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

inline std::string fates_of(const Classification& result) {
  std::string fates;
  for (const auto& row : result.rows) fates += "ARD?"[static_cast<int>(row.fate)];
  return fates;
}

inline Classification classify_case(const Case& c, std::size_t bytes = 900) {
  return classify(answer_of(c.status, c.body), c.fates.size() == 1 ? kOne : kThree, bytes);
}

inline void check_all(const std::vector<Case>& cases) {
  for (const auto& c : cases) {
    CAPTURE(c.what);
    CAPTURE(c.body);
    const auto result = classify_case(c);
    CHECK(fates_of(result) == c.fates);
    CHECK(static_cast<int>(result.next) == static_cast<int>(c.next));
    if (result.next != NextStep::kContinue) CHECK_FALSE(result.reason.empty());
  }
}

// One failed entity as the ETSI text has it, and as Scorpio writes it.
inline std::string etsi(const std::string& id, const std::string& problem) {
  return R"({"entityId":")" + id + R"(","error":)" + problem + "}";
}
inline std::string scorpio(const std::string& id, const std::string& problem) {
  return R"({"type":"Upsert","id":")" + id + R"(","ProblemDetails":)" + problem + "}";
}
inline std::string report(const std::string& success, const std::string& errors) {
  return R"({"success":[)" + success + R"(],"errors":[)" + errors + "]}";
}
inline const std::string kA = R"("urn:ngsi-ld:S:a")", kB = R"("urn:ngsi-ld:S:b")",
                         kC = R"("urn:ngsi-ld:S:c")";

}  // namespace lamppost::ngsi_ld
