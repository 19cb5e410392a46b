// SPDX-License-Identifier: Apache-2.0
// The door to time. The daemon opens it on the system's clocks, tests on a ManualClock.
#pragma once

#include <chrono>

#include "core/timestamp.h"

namespace lamppost {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // UTC as the system believes it; may be wrong at boot and may step.
  virtual Timestamp now() const = 0;
  // Never steps; counts from an arbitrary origin. For every timer and every age.
  virtual std::chrono::milliseconds monotonic() const = 0;
};

}  // namespace lamppost
