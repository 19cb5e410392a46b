// SPDX-License-Identifier: Apache-2.0
// A clock that moves only when told to. Thread-safe.
#pragma once

#include <atomic>

#include "core/clock.h"

namespace lamppost {

class ManualClock : public Clock {
 public:
  explicit ManualClock(Timestamp start = Timestamp{1'772'366'400'000})  // 2026-03-01T12:00:00Z
      : wall_ms_(start.ms) {}

  Timestamp now() const override { return Timestamp{wall_ms_}; }
  std::chrono::milliseconds monotonic() const override {
    return std::chrono::milliseconds(steady_ms_);
  }

  bool trusted() const override { return trusted_; }
  void trust(bool yes) { trusted_ = yes; }

  void advance(std::chrono::milliseconds by) {
    wall_ms_ += by.count();
    steady_ms_ += by.count();
  }
  // Somebody sets the clock: the wall steps, monotonic time does not.
  void step_wall(std::chrono::milliseconds by) { wall_ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> wall_ms_;
  std::atomic<std::int64_t> steady_ms_{1'000};
  std::atomic<bool> trusted_{true};
};

}  // namespace lamppost
