// SPDX-License-Identifier: Apache-2.0
#include "ngsi_ld/row_by_row.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "ngsi_ld/problem_fate.h"

namespace lamppost::ngsi_ld {
namespace {

using Failures = std::unordered_map<std::string_view, const Problem*>;
using Names = std::unordered_set<std::string_view>;

// A failure of this broker outweighs one of a registered source; otherwise the first counts.
Failures failures_of(const BatchReport& report) {
  Failures failures;
  for (const auto& [id, problem] : report.errors) {
    const auto [at, fresh] = failures.emplace(id, &problem);
    if (!fresh && at->second->remote && !problem.remote) at->second = &problem;
  }
  return failures;
}

// Brokers write "No Entity::id", "unknown" and the like for what they could not name.
const Problem* stray_failure(const Failures& failures, const Names& sent) {
  for (const auto& [id, problem] : failures)
    if (!sent.contains(id)) return problem;
  return nullptr;
}

// An id in both lists has failed: Orion-LD adds it to `success` after a database error. The one
// exception is its note that it merged several instances of an id.
bool merely_merged(const Problem& problem, bool succeeded) {
  return succeeded && problem.title == "Duplicated Entity";
}

RowOutcome outcome_of(RowFate fate, std::string reason = "") {
  RowOutcome outcome;
  outcome.fate = fate;
  outcome.reason = std::move(reason);
  return outcome;
}

// Nothing got through and nothing is settled: that is a destination in trouble, not bad rows.
bool nothing_moved(const std::vector<RowOutcome>& rows) {
  return std::all_of(rows.begin(), rows.end(), [](const RowOutcome& row) {
    return row.fate == RowFate::kRetry && row.pace != Pace::kAtOnce;
  });
}

bool has_unknown(const std::vector<RowOutcome>& rows) {
  return std::any_of(rows.begin(), rows.end(),
                     [](const RowOutcome& row) { return row.fate == RowFate::kUnknown; });
}

using FaultOf = std::optional<std::string> (*)(const Problem&);

std::optional<std::string> fault_in(const Failures& failures, FaultOf fault_of) {
  for (const auto& [id, problem] : failures)
    if (auto fault = fault_of(*problem)) return fault;
  return std::nullopt;
}

RowOutcome row_of(const std::string& id, const Failures& failures, const Names& succeeded,
                  bool unnamed_is_stored) {
  const auto failure = failures.find(id);
  const bool success = succeeded.contains(id);
  if (failure == failures.end() && (success || unnamed_is_stored))
    return outcome_of(RowFate::kAccept);
  if (failure == failures.end()) return outcome_of(RowFate::kUnknown, "unnamed");
  if (merely_merged(*failure->second, success)) return outcome_of(RowFate::kAccept);
  return fate_of(*failure->second);
}

void blame_destination(Classification& result, int status, const Failures& failures) {
  const auto broken = fault_in(failures, operation_fault);
  const auto fault = broken ? broken : fault_in(failures, config_fault);
  if (!fault) return;
  result.next = broken ? NextStep::kFallBack : NextStep::kPause;
  result.suspicious = false;
  result.reason = named(status, *fault);
}

// What the rows' fates add up to.
void conclude(Classification& result, const Sent& sent, const Failures& failures) {
  const int status = sent.answer.status;
  if (nothing_moved(result.rows)) {
    result.next = NextStep::kBackOff;
    result.suspicious = result.rows[0].pace != Pace::kSlow;
    result.reason = named(status, "no entity stored: " + result.rows[0].reason);
    blame_destination(result, status, failures);
  } else if (has_unknown(result.rows)) {
    result.next = sent.alone() ? NextStep::kSingly : NextStep::kSplit;
    result.reason = named(status, "the answer does not name every entity");
  }
}

}  // namespace

Classification lone_row(const Sent& sent, Problem problem) {
  if (problem.status == 0) problem.status = sent.answer.status;
  if (auto fault = config_fault(problem)) return pause(sent, named(sent.answer.status, *fault));
  if (auto fault = operation_fault(problem))
    return fall_back(sent, named(sent.answer.status, *fault));
  Classification result;
  result.rows = {fate_of(problem)};
  return result;
}

Classification by_row(const Sent& sent, const BatchReport& report) {
  const Failures failures = failures_of(report);
  const Names names(sent.ids.begin(), sent.ids.end());
  const Names succeeded(report.success.begin(), report.success.end());
  if (const Problem* stray = stray_failure(failures, names); stray != nullptr && sent.alone())
    return lone_row(sent, *stray);

  // Where a failure has a name that we never sent, nothing follows from not being named.
  const bool complete = sent.answers != Answers::kFull && report.has_errors &&
                        stray_failure(failures, names) == nullptr;
  Classification result;
  for (const auto& id : sent.ids) result.rows.push_back(row_of(id, failures, succeeded, complete));
  conclude(result, sent, failures);
  return result;
}

}  // namespace lamppost::ngsi_ld
