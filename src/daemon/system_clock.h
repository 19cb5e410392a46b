// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/clock.h"

namespace lamppost {

class SystemClock : public Clock {
 public:
  Timestamp now() const override {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
  }
  std::chrono::milliseconds monotonic() const override {
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch());
  }
};

}  // namespace lamppost
