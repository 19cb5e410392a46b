// SPDX-License-Identifier: Apache-2.0
// Outbox time: milliseconds that only ever grow, by which rows age. Within a run it follows the
// monotonic clock, so setting the wall clock, in either direction, ages nothing. Over a restart it
// goes on by the wall time that passed, at least 0 and at most `most_offline`: a gateway that boots
// without knowing the date neither expires everything nor nothing for ever.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/clock.h"

namespace lamppost::outbox {

class AgeClock {
 public:
  explicit AgeClock(const Clock& clock) : clock_(clock), started_(clock.monotonic()) {
    base_ms_ = clock.now().ms;
  }

  // Goes on from what was saved: the age then and the wall clock then.
  void resume(std::int64_t age_ms, Timestamp wall, std::chrono::milliseconds most_offline) {
    const auto offline = clock_.now().ms - wall.ms;
    base_ms_ = age_ms + std::clamp<std::int64_t>(offline, 0, most_offline.count());
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
