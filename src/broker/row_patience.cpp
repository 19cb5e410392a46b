// SPDX-License-Identifier: Apache-2.0
#include "broker/row_patience.h"

#include <algorithm>

namespace lamppost::broker {
namespace {

constexpr std::size_t kMaxRows = 10'000;
constexpr int kTriesAtOnce = 3;
constexpr int kPoisonTries = 8;
constexpr int kMaxDoublings = 16;

}  // namespace

ngsi_ld::RowFate RowPatience::refused(RowId row, const ngsi_ld::RowOutcome& outcome,
                                      Milliseconds now) {
  if (rows_.size() >= kMaxRows && !rows_.contains(row)) rows_.erase(rows_.begin());
  auto& trouble = rows_.try_emplace(row, Trouble{0, now}).first->second;
  ++trouble.times;
  return outcome.tries > 0 && trouble.times > outcome.tries ? outcome.in_the_end
                                                            : ngsi_ld::RowFate::kRetry;
}

RowPatience::Milliseconds RowPatience::hold(RowId row, ngsi_ld::Pace pace) const {
  const auto found = rows_.find(row);
  const int times = found == rows_.end() ? 1 : found->second.times;
  if (pace == ngsi_ld::Pace::kAtOnce && times <= kTriesAtOnce) return Milliseconds(0);
  const bool slow = pace == ngsi_ld::Pace::kSlow;
  const auto base = slow ? times_.slow_base : times_.normal_base;
  const auto cap = slow ? times_.slow_cap : times_.normal_cap;
  return std::min(cap, base * (std::int64_t{1} << std::clamp(times - 1, 0, kMaxDoublings)));
}

bool RowPatience::poison(RowId row, Milliseconds now) const {
  const auto found = rows_.find(row);
  return found != rows_.end() && found->second.times >= kPoisonTries &&
         now - found->second.since >= times_.poison_age && last_accepted_ > found->second.since;
}

void RowPatience::accepted(RowId row, Milliseconds now) {
  last_accepted_ = now;
  forget(row);
}

}  // namespace lamppost::broker
