// SPDX-License-Identifier: Apache-2.0
#include "mapping/series.h"

#include <cmath>

#include "core/json_text.h"

namespace lamppost::mapping {
namespace {

using config::Flag;

Difference none(std::string why) { return {std::nullopt, std::move(why), false, false, false}; }

Difference reset(const config::DeltaRule& rule, double before, double count) {
  Difference result =
      none("counter set back or replaced, " + number_text(before) + " -> " + number_text(count));
  result.is_reset = true;
  if (rule.restarts_at_zero) result.value = count;
  return result;
}

// Faster than max_rate since the last good value, so that a step that lasts is forgiven in time.
bool runs(const config::QualityRule& rule, const Track& before, double value, Timestamp at) {
  if (!rule.max_rate) return false;
  const double passed = static_cast<double>(at.ms - before.good_at_ms);
  if (passed <= 0) return false;
  return std::abs(value - before.good) >
         *rule.max_rate * passed / static_cast<double>(rule.per.count());
}

// Away from the last good value. A second value beside the first that jumped makes it a step.
bool jumps(const config::QualityRule& rule, const Track& before, double value) {
  if (!rule.spike || std::abs(value - before.good) <= *rule.spike) return false;
  return !before.suspect || std::abs(value - before.last) > *rule.spike;
}

}  // namespace

Difference difference(const config::DeltaRule& rule, const std::optional<Track>& before,
                      double count, Timestamp at) {
  if (!before) {
    Difference first = none("no earlier reading is known");
    first.is_first = true;
    return first;
  }
  if (at.ms < before->at_ms) {
    Difference late = none("older than the reading before");
    late.is_late = true;
    return late;
  }
  double passed = count - before->last;
  const bool falls = passed < 0;
  if (falls && !rule.wraps_at) return reset(rule, before->last, count);
  if (falls) passed += *rule.wraps_at;
  // Without a limit, whoever falls by less than half a turn was set back and did not wrap.
  const double most = rule.most ? *rule.most : falls ? *rule.wraps_at / 2 : HUGE_VAL;
  if (passed < 0 || passed > most) return reset(rule, before->last, count);
  return {passed,
          std::string(falls ? "rolled over, " : "") + number_text(before->last) + " -> " +
              number_text(count),
          false, false, false};
}

std::uint8_t flags_in_series(const config::QualityRule& rule, const std::optional<Track>& before,
                             double value, Timestamp at, std::optional<Track>& after) {
  if (!before) {
    after = Track{at.ms, value, at.ms, value, at.ms, false};
    return 0;
  }
  if (at.ms < before->at_ms) return 0;
  const bool is_spike = jumps(rule, *before, value), is_fast = runs(rule, *before, value, at);
  const bool is_step = rule.spike && !is_spike && std::abs(value - before->good) > *rule.spike;
  const auto since = value == before->last ? before->since_ms : at.ms;
  const bool is_flat = rule.flat.count() > 0 && at.ms - since >= rule.flat.count();
  after = Track{at.ms, value, since, before->good, before->good_at_ms, is_spike};
  if (is_step || !(is_spike || is_fast)) {
    after->good = value;
    after->good_at_ms = at.ms;
  }
  return static_cast<std::uint8_t>((is_fast ? config::bit(Flag::kRate) : 0) |
                                   (is_flat ? config::bit(Flag::kFlat) : 0) |
                                   (is_spike ? config::bit(Flag::kSpike) : 0));
}

std::string quality_text(std::uint8_t flags) {
  if (flags == 0) return kGood;
  std::string text;
  for (std::size_t i = 0; i < config::kFlagWords.size(); ++i)
    if ((flags >> i & 1) != 0)
      text += (text.empty() ? "" : " ") + std::string(config::kFlagWords[i]);
  return text;
}

}  // namespace lamppost::mapping
