// SPDX-License-Identifier: Apache-2.0
// Outbox time: milliseconds that only ever grow, by which rows age. Within a run it follows the
// monotonic clock, so setting the wall clock, in either direction, ages nothing. Over a restart it
// goes on by the wall time that passed, at most by `most_offline`; a step back or one of more than
// kBelievable is a clock that was wrong, before or after, and ages nothing. When in doubt rows live
// longer: a gateway that boots without knowing the date must not expire what it holds.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/clock.h"

namespace lamppost::outbox {

class AgeClock {
 public:
  static constexpr std::chrono::milliseconds kBelievable{30LL * 24 * 3600 * 1000};

  explicit AgeClock(const Clock& clock) : clock_(clock), started_(clock.monotonic()) {
    base_ms_ = clock.now().ms;
  }

  // Goes on from what was saved: the age then and the wall clock then.
  void resume(std::int64_t age_ms, Timestamp wall, std::chrono::milliseconds most_offline) {
    const auto offline = clock_.now().ms - wall.ms;
    const bool believable = offline > 0 && offline < kBelievable.count();
    base_ms_ = age_ms + (believable ? std::min<std::int64_t>(offline, most_offline.count()) : 0);
    started_ = clock_.monotonic();
  }
  // Never behind this, whatever was saved.
  void at_least(std::int64_t age_ms) { base_ms_ += std::max<std::int64_t>(0, age_ms - now_ms()); }

  std::int64_t now_ms() const { return base_ms_ + (clock_.monotonic() - started_).count(); }

 private:
  const Clock& clock_;
  std::int64_t base_ms_ = 0;
  std::chrono::milliseconds started_;
};

}  // namespace lamppost::outbox
