// SPDX-License-Identifier: Apache-2.0
// The door to time. The daemon opens it on the system's clocks, tests on a ManualClock.
#pragma once

#include <chrono>

#include "core/timestamp.h"

namespace lamppost {

// Before this a gateway's clock has not been set: 2024-01-01T00:00:00Z.
inline constexpr Timestamp kFirstPlausible{1'704'067'200'000};

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
