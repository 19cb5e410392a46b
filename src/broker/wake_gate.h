// SPDX-License-Identifier: Apache-2.0
// Lets any thread say "there may be rows", thousands of times a second, at the cost of an atomic
// increment; the sleeper is disturbed once, when as many have come as it waits for.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace lamppost::broker {

class WakeGate {
 public:
  static constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();

  // Any thread. True: the caller must wake the sleeper.
  bool arrived() {
    if (count_.fetch_add(1) + 1 < expected_.load()) return false;
    return !called_.exchange(true);
  }
  // The sleeper, before it looks at count() and sleeps: the order makes sure that an arrival is
  // either counted here or calls.
  void expect(std::uint32_t arrivals) {
    expected_.store(arrivals);
    called_.store(false);
  }
  std::uint32_t count() const { return count_.load(); }
  // Before the sleeper looks for rows: arrivals from now on are news.
  void clear() { count_.store(0); }

 private:
  std::atomic<std::uint32_t> count_{0}, expected_{kNever};
  std::atomic<bool> called_{false};
};

}  // namespace lamppost::broker
