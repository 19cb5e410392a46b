// SPDX-License-Identifier: Apache-2.0
// Reads the body of an answer, whatever its form. Seen in the field:
//
//   ["id", ..]                                                 201, ids created (any order)
//   {"success":["id"],"errors":[{"entityId":"id","error":{P}}]}           ETSI 5.2.17
//   {"success":["id"],"errors":[{"id":"id","ProblemDetails":{P}}]}        Scorpio 5
//   [{"id":"id","success":[..]}, {"id":"id","failure":[{P}]}]             Scorpio 4.1
//   {"errors":[{"entityId":"id","error":["words", ..]}]}                  Stellio of 2021
//   {P}                                                        RFC 7807 problem of the whole
//   request nothing, HTML, text                                        proxies
//
// P = {"type","title","detail","status"}. Bounded: depth and number of values, never throws.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lamppost::ngsi_ld {

struct Problem {
  std::string type;  // last segment: "BadRequestData"
  std::string title;
  std::string detail;
  int status = 0;            // 0 when it names none
  bool blank_title = false;  // a title that is there and empty
  bool remote = false;       // a registered source failed, not this broker
  std::string words;         // as the broker wrote it, at most 8 KiB
};

enum class BodyForm {
  kUnreadable,  // empty, not JSON, too deep or too many values
  kIds,         // array of strings
  kReport,      // names ids that failed or succeeded
  kOther,       // JSON, but no batch result; `problem` may be filled
};

struct BatchReport {
  BodyForm form = BodyForm::kUnreadable;
  std::vector<std::string> success;
  std::vector<std::pair<std::string, Problem>> errors;  // id as the broker wrote it
  bool has_errors = false;                              // there is a list of errors, maybe empty
  bool markup = false;                                  // starts like HTML or XML
  Problem problem;                                      // of the whole request
};

BatchReport read_report(std::string_view body);

}  // namespace lamppost::ngsi_ld
