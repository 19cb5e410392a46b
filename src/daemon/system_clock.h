// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/clock.h"
#include "status/clock_trust.h"

namespace lamppost {

class SystemClock : public Clock {
 public:
  Timestamp now() const override { return status::wall_clock(); }
  std::chrono::milliseconds monotonic() const override {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch());
  }
  bool trusted() const override { return status::clock_trusted(); }
};

}  // namespace lamppost
