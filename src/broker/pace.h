// SPDX-License-Identifier: Apache-2.0
// How fast a destination may be served at most, in requests and entities a second.
#pragma once

#include <chrono>
#include <cstddef>

namespace lamppost::broker {

class Pace {
 public:
  using Steady = std::chrono::steady_clock;
  // 0 = no limit.
  Pace(int requests_per_second, int entities_per_second)
      : requests_(requests_per_second), entities_(entities_per_second) {}

  // When a request of so many entities may leave: `now`, or when those before it have been paid
  // for.
  Steady::time_point reserve(std::size_t entities, Steady::time_point now);
  // So many entities at most in one request, lest a broker that asks for calm gets bursts.
  std::size_t most_entities() const;

 private:
  int requests_, entities_;
  Steady::time_point free_at_{};
};

}  // namespace lamppost::broker
