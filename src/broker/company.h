// SPDX-License-Identifier: Apache-2.0
// Whether rows come so often that waiting for more of them pays. One that comes alone should not
// wait; of five hundred a second each request may carry ten.
#pragma once

#include <chrono>
#include <cstddef>

namespace lamppost::broker {

// Not thread-safe.
class Company {
 public:
  using Steady = std::chrono::steady_clock;
  static constexpr double kFew = 4;  // rows within `linger` that need not wait for each other

  explicit Company(std::chrono::milliseconds linger) : linger_(linger) {}

  void sent(std::size_t rows, Steady::time_point now) {
    recent_ = static_cast<double>(rows) + recent(now);
    at_ = now;
  }
  bool expected(Steady::time_point now) const { return recent(now) > kFew; }

 private:
  // Rows sent lately; what is `linger` old counts no more.
  double recent(Steady::time_point now) const {
    if (now - at_ >= linger_) return 0;
    const std::chrono::duration<double> passed = now - at_, whole = linger_;
    return recent_ * (1 - passed / whole);
  }

  std::chrono::milliseconds linger_;
  double recent_ = 0;
  Steady::time_point at_{};
};

}  // namespace lamppost::broker
