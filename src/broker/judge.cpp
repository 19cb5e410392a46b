// SPDX-License-Identifier: Apache-2.0
#include "broker/judge.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace lamppost::broker {
namespace {

using ngsi_ld::NextStep;
using ngsi_ld::RowFate;

bool of_destination(NextStep next) {
  return next == NextStep::kBackOff || next == NextStep::kPause || next == NextStep::kRenewToken ||
         next == NextStep::kFallBack;
}

std::vector<Part> halves(std::vector<BatchRow> rows) {
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
  std::vector<Part> parts(2);
  parts[0].rows.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(middle));
  parts[1].rows.assign(std::make_move_iterator(middle), std::make_move_iterator(rows.end()));
  return parts;
}

std::vector<Part> one_by_one(std::vector<BatchRow> rows) {
  std::vector<Part> parts(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) parts[i].rows.push_back(std::move(rows[i]));
  return parts;
}

// The unknown rows, cut up as the step says.
std::vector<Part> cut_up(std::vector<BatchRow> rows, NextStep next) {
  if (rows.empty()) return {};
  const bool split = next == NextStep::kSplit && rows.size() > 1;
  auto parts = split ? halves(std::move(rows)) : one_by_one(std::move(rows));
  for (auto& part : parts) part.asked_again = part.rows.size() == 1;
  return parts;
}

template <typename T>
void append(std::vector<T>& to, std::vector<T> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

void Judgement::keep(RowId row, std::chrono::milliseconds at_least) {
  verdict.kept.push_back(row);
  hold = hold ? std::min(*hold, at_least) : at_least;
}

void Judgement::add(Judgement other) {
  append(verdict.accepted, std::move(other.verdict.accepted));
  append(verdict.rejected, std::move(other.verdict.rejected));
  append(verdict.kept, std::move(other.verdict.kept));
  append(condemned, std::move(other.condemned));
  let_go += other.let_go;
  if (other.hold) hold = hold ? std::min(*hold, *other.hold) : other.hold;
}

Judgement Judge::judge(Part part, const ngsi_ld::Classification& answer,
                       std::chrono::milliseconds now) {
  assert(part.rows.size() == answer.rows.size());
  now_ = now;
  Judgement result;
  if (of_destination(answer.next)) {
    keep_all(part, answer, result);
    return result;
  }
  std::vector<BatchRow> unknown;
  for (std::size_t i = 0; i < part.rows.size(); ++i) {
    const bool ask = answer.rows[i].fate == RowFate::kUnknown && !part.asked_again;
    if (ask)
      unknown.push_back(std::move(part.rows[i]));
    else
      settle_row(part.rows[i], answer.rows[i], result);
  }
  result.again = cut_up(std::move(unknown), answer.next);
  return result;
}

void Judge::settle_row(const BatchRow& row, const ngsi_ld::RowOutcome& outcome, Judgement& result) {
  switch (outcome.fate) {
    case RowFate::kAccept:
    case RowFate::kUnknown:
      return store(row, result);  // asked twice, twice a 2xx
    case RowFate::kDead:
      return condemn(row, outcome, result);
    case RowFate::kRetry:
      return keep_or_end(row, outcome, result);
  }
}

void Judge::keep_or_end(const BatchRow& row, const ngsi_ld::RowOutcome& outcome,
                        Judgement& result) {
  switch (patience_.refused(row.id, outcome, now_)) {
    case RowFate::kAccept:
      ++result.let_go;
      return store(row, result);
    case RowFate::kDead:
      return condemn(row, outcome, result);
    default:
      result.keep(row.id, patience_.hold(row.id, outcome.pace));
  }
}

void Judge::condemn(const BatchRow& row, const ngsi_ld::RowOutcome& outcome, Judgement& result) {
  result.condemned.push_back({row.id, outcome});
}

void Judge::decide(Judgement& batch, std::chrono::milliseconds now) {
  for (auto& [row, outcome] : batch.condemned) {
    const auto kind =
        outcome.title.empty() ? outcome.reason : outcome.reason + ": " + outcome.title;
    if (suspicion_.may_die(row, kind, now)) {
      patience_.forget(row);
      batch.verdict.rejected.push_back({row, outcome.reason, outcome.status, outcome.words});
    } else {
      patience_.refused(row, {}, now);
      batch.keep(row, patience_.hold(row, ngsi_ld::Pace::kNormal));
    }
  }
  batch.condemned.clear();
}

void Judge::store(const BatchRow& row, Judgement& result) {
  suspicion_.stored(row.id, now_);
  patience_.accepted(row.id, now_);
  result.verdict.accepted.push_back(row.id);
}

// Nothing is known against the rows, so they keep their place. A lone row that may itself be what
// the broker stumbles over steps aside, so that the next try shows whether others pass.
void Judge::keep_all(const Part& part, const ngsi_ld::Classification& answer, Judgement& result) {
  const auto& row = part.rows.front();
  if (!answer.suspicious || part.rows.size() > 1) {
    for (const auto& each : part.rows) result.keep(each.id, std::chrono::milliseconds(0));
  } else if (patience_.poison(row.id, now_)) {
    auto outcome = answer.rows.front();
    outcome.reason = "poison";
    outcome.words = "the broker fails on this entity again and again: " + answer.reason;
    condemn(row, outcome, result);
  } else {
    keep_or_end(row, answer.rows.front(), result);
  }
}

}  // namespace lamppost::broker
