// SPDX-License-Identifier: Apache-2.0
// Answers that lie, hide or break off.
#include "ngsi_ld/answers.h"
#include "ngsi_ld/classifier.h"

namespace lamppost::ngsi_ld {

TEST_CASE("a size limit hides behind 400 only when the body is large") {
  for (const std::string words :
       {"Exceeded limit on max bytes to buffer : 2097152", "payload missing",
        "cannot deserialize batch payload", "request entity too large"}) {
    CAPTURE(words);
    const auto body = R"({"type":"e/InvalidRequest","title":"t","detail":")" + words + R"("})";
    const auto large = classify(answer_of(400, body), kThree, 600'000);
    CHECK(large.too_large);
    CHECK(static_cast<int>(large.next) == static_cast<int>(NextStep::kSplit));
    const auto alone = classify(answer_of(400, body), kOne, 600'000);
    CHECK(alone.rows[0].reason == "too_large");
    CHECK_FALSE(classify(answer_of(400, body), kThree, 900).too_large);
  }
}

TEST_CASE("no answer: nothing is lost and nothing is blamed") {
  Answer answer;
  answer.transport = Transport::kNotSent;
  answer.fault = "connection refused";
  auto result = classify(answer, kThree, 900);
  CHECK(fates_of(result) == "RRR");
  CHECK(static_cast<int>(result.next) == static_cast<int>(NextStep::kBackOff));
  CHECK(result.reason == "connection refused");
  CHECK_FALSE(result.suspicious);
  answer.transport = Transport::kAmbiguous;
  CHECK(classify(answer, kThree, 900).suspicious);
}

TEST_CASE("F52: hostile bodies are decided on status alone") {
  const std::string deep(200'000, '[');
  const std::string wide = "[" + std::string(400'000, ',') + "]";
  // Sound, and refused unread all the same.
  const std::string told = R"({"success":[)" + kA + "," + kB + "," + kC + R"(],"errors":[],"x":)";
  const std::string nested = told + std::string(40, '[') + std::string(40, ']') + "}";
  std::string many = told + "[0";
  for (int i = 0; i < 50'000; ++i) many += ",0";
  many += "]}";
  const std::string boxes = R"({"errors":[)" + std::string(100'000, '[') + "]}";
  check_all({
      {"deep 207", 207, deep, "???", NextStep::kSingly},
      {"wide 207", 207, wide, "???", NextStep::kSingly},
      {"boxes 207", 207, boxes, "???", NextStep::kSingly},
      {"nested 207", 207, nested, "???", NextStep::kSingly},
      {"many 207", 207, many, "???", NextStep::kSingly},
      {"deep 201", 201, deep, "AAA", NextStep::kContinue},
      {"cut 207", 207, R"({"success":["urn:ngsi-ld:S:a","urn)", "???", NextStep::kSingly},
      {"BOM", 207, "\xEF\xBB\xBF" + report(kA + "," + kB + "," + kC, ""), "AAA",
       NextStep::kContinue},
      {"BOM and a page", 200, "\xEF\xBB\xBF<!DOCTYPE html>", "RRR", NextStep::kPause},
      {"latin-1", 207, report(kA, "\"\xE9t\xE9\""), "???", NextStep::kSingly},
      {"duplicate key", 207, R"({"errors":[1],"errors":[]})", "AAA", NextStep::kContinue},
      {"errors of odd kinds", 207, R"({"success":7,"errors":[1,null,[],{}]})", "???",
       NextStep::kSplit},
      {"errors is no list", 207, R"({"success":[],"errors":{"a":1}})", "???", NextStep::kSplit},
  });
}

TEST_CASE("the broker's words are kept, at most 8 KiB and cut between characters") {
  std::string long_words;
  while (long_words.size() < 20'000) long_words += "é";
  const auto body = R"({"title":"t","detail":")" + long_words + R"("})";
  const auto row = classify(answer_of(400, body), kOne, 900).rows[0];
  CHECK(row.words.size() <= kMaxWords);
  CHECK(row.words.size() > kMaxWords - 4);
  CHECK(row.words.back() == '\xA9');
  CHECK(row.status == 400);
  CHECK(classify(answer_of(400, "no such type"), kOne, 900).rows[0].words == "no such type");
}

TEST_CASE("every byte of a good answer may be missing or wrong without harm") {
  const auto good = report(kA + "," + kB, etsi("urn:ngsi-ld:S:c", kBad));
  for (std::size_t i = 0; i < good.size(); ++i) {
    const auto cut = classify(answer_of(207, good.substr(0, i)), kThree, 900);
    CHECK(fates_of(cut) == "???");
    auto bent = good;
    bent[i] = static_cast<char>(bent[i] ^ 0x15);
    CHECK(classify(answer_of(207, bent), kThree, 900).rows.size() == 3);
  }
}

}  // namespace lamppost::ngsi_ld
