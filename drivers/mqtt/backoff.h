// SPDX-License-Identifier: Apache-2.0
// How long to wait before the next connection attempt: doubling up to a minute, with half of it
// random, so that a district of gateways does not storm a broker that comes back.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace lamppost::mqtt {

// Not thread-safe. Pauses lie in [1 s, 2 s], [2 s, 4 s], ... [30 s, 60 s].
class Backoff {
 public:
  explicit Backoff(unsigned seed) : random_(seed) {}

  std::chrono::milliseconds next() {
    const auto ceiling = ceiling_ms_;
    ceiling_ms_ = std::min<std::int64_t>(2 * ceiling_ms_, 60'000);
    return std::chrono::milliseconds(
        std::uniform_int_distribution<std::int64_t>(ceiling / 2, ceiling)(random_));
  }
  void reset() { ceiling_ms_ = 2'000; }

 private:
  std::mt19937 random_;
  std::int64_t ceiling_ms_ = 2'000;
};

}  // namespace lamppost::mqtt
