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
  // Never steps; counts from the boot of the machine. For every timer and every age.
  virtual std::chrono::milliseconds monotonic() const = 0;
  // Whether now() may be believed. A gateway without a battery-backed clock boots in the past and
  // stays there until a time server answers.
  virtual bool trusted() const = 0;
};

}  // namespace lamppost
