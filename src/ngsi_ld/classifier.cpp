// SPDX-License-Identifier: Apache-2.0
#include "ngsi_ld/classifier.h"

#include <cassert>

#include "ngsi_ld/batch_report.h"
#include "ngsi_ld/problem_fate.h"
#include "ngsi_ld/row_by_row.h"
#include "ngsi_ld/whole_batch.h"

namespace lamppost::ngsi_ld {
namespace {

constexpr std::size_t kSmallBody = std::size_t{64} << 10;  // no broker's limit is below this

Classification multi_status(const Sent& sent, const BatchReport& report) {
  if (sent.answers == Answers::kStatus && report.errors.empty()) return accept(sent);
  if (report.form == BodyForm::kReport && report.has_errors && report.errors.empty())
    return accept(sent, "207 without errors");
  if (report.form == BodyForm::kReport || report.form == BodyForm::kIds)
    return by_row(sent, report);
  return singly(sent, "207 without a list of results");
}

Classification created(const Sent& sent, const BatchReport& report) {
  if (report.form == BodyForm::kIds && report.success.empty() && sent.answers != Answers::kStatus)
    return singly(sent, "201 that names no entity");
  if (report.form == BodyForm::kReport && !report.errors.empty()) return by_row(sent, report);
  return accept(sent, report.form == BodyForm::kIds ? "" : "201 without a list of ids");
}

// FogFlow and djane answer 200 with nothing or with text. A page is no broker at all: captive
// portals and login pages say 200 too, and taking that for an acknowledgement would lose data.
Classification ok(const Sent& sent, const BatchReport& report) {
  if (report.markup) return pause(sent, "200 with a web page: this is no NGSI-LD broker");
  if (report.form == BodyForm::kReport) return multi_status(sent, report);
  return accept(sent, sent.answers == Answers::kStatus ? "" : "200 instead of 201 or 204");
}

Classification too_large(const Sent& sent, const BatchReport& report) {
  auto result = all(sent, sent.alone() ? NextStep::kContinue : NextStep::kSplit,
                    sent.alone() ? RowFate::kDead : RowFate::kUnknown, named(sent.answer.status));
  for (auto& row : result.rows) row.reason = "too_large";
  if (sent.alone()) result.rows[0].words = report.problem.words;
  result.too_large = true;
  return result;
}

Classification context_trouble(const Sent& sent) {
  auto result = back_off(sent, named(sent.answer.status, "the broker cannot load the @context"));
  for (auto& row : result.rows) row.pace = Pace::kSlow;
  return result;
}

Classification bad_request(const Sent& sent, const BatchReport& report) {
  Problem problem = report.problem;
  problem.status = sent.answer.status;
  if (context_unavailable(problem)) return context_trouble(sent);
  if (report.markup) return pause(sent, named(problem.status, "a web page, not a broker's words"));
  if (sent.bytes > kSmallBody && sounds_too_large(problem)) return too_large(sent, report);
  if (auto fault = config_fault(problem)) return pause(sent, named(problem.status, *fault));
  if (auto fault = operation_fault(problem)) return fall_back(sent, named(problem.status, *fault));
  if (sent.alone()) return lone_row(sent, problem);
  return all(sent, NextStep::kSplit, RowFate::kUnknown, named(problem.status, "whole batch"));
}

Classification server_error(const Sent& sent, const BatchReport& report) {
  if (context_unavailable(report.problem)) return context_trouble(sent);
  if (auto fault = config_fault(report.problem))
    return pause(sent, named(sent.answer.status, *fault));
  if (auto fault = operation_fault(report.problem))
    return fall_back(sent, named(sent.answer.status, *fault));
  auto result = back_off(sent, named(sent.answer.status));
  result.suspicious = sent.answer.status == 500;
  return result;
}

Classification conflict(const Sent& sent) {
  auto result = all(sent, NextStep::kContinue, RowFate::kRetry, named(409));
  for (auto& row : result.rows) row.pace = Pace::kAtOnce;
  return result;
}

std::string config_words(const Sent& sent, const BatchReport& report) {
  const int status = sent.answer.status;
  if (auto fault = config_fault(report.problem)) return named(status, *fault);
  if (status >= 300 && status < 400) {
    const auto& target = sent.answer.location;
    return named(status, "redirected to " + (target.empty() ? "nowhere" : target.substr(0, 200)));
  }
  if (status == 508) return named(status, "the broker sees a loop");
  return named(status);
}

// The route is missing, or the verb is.
Classification no_such_operation(const Sent& sent, const BatchReport& report) {
  if (config_fault(report.problem)) return pause(sent, config_words(sent, report));
  return fall_back(sent, named(sent.answer.status, "no such NGSI-LD operation at this URL"));
}

Classification by_status(const Sent& sent, const BatchReport& report) {
  switch (const int status = sent.answer.status) {
    case 200:
      return ok(sent, report);
    case 201:
      return created(sent, report);
    case 204:
      return accept(sent);
    case 207:
      return multi_status(sent, report);
    case 400:
    case 422:
      return bad_request(sent, report);
    case 401:
      return all(sent, NextStep::kRenewToken, RowFate::kRetry, named(status));
    case 409:
      return conflict(sent);
    case 413:
      return too_large(sent, report);
    case 408:
    case 425:
    case 429:
      return back_off(sent, named(status));
    case 404:
    case 405:
    case 501:
      return no_such_operation(sent, report);
    case 505:
    case 508:
      return pause(sent, config_words(sent, report));
    default:
      return status >= 500 ? server_error(sent, report) : pause(sent, config_words(sent, report));
  }
}

// Scorpio answers 400, 404, 409 or 503 with a list of errors when every entity failed; the status
// is guesswork then and the list is the truth.
bool list_outweighs_status(int status, const BatchReport& report) {
  return status >= 400 && status != 401 && status != 403 && report.form == BodyForm::kReport &&
         !report.errors.empty();
}

}  // namespace

Classification classify(const Answer& answer, std::span<const std::string> ids, std::size_t bytes,
                        Answers answers) {
  assert(!ids.empty());
  const Sent sent{answer, ids, bytes, answers};
  if (answer.transport != Transport::kAnswered) {
    auto result = back_off(sent, answer.fault);
    for (auto& row : result.rows) row.reason = "unanswered";
    result.suspicious = answer.transport == Transport::kAmbiguous;
    return result;
  }
  const BatchReport report = read_report(answer.body);
  if (list_outweighs_status(answer.status, report)) return by_row(sent, report);
  return by_status(sent, report);
}

}  // namespace lamppost::ngsi_ld
