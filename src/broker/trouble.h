// SPDX-License-Identifier: Apache-2.0
// What is wrong with a destination, said once when it begins or changes and once when it is over.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/log.h"

namespace lamppost::broker {

class Trouble {
 public:
  using Milliseconds = std::chrono::milliseconds;
  enum class Kind { kNone, kBackingOff, kPaused };

  Trouble(std::string destination, const Log& log) : name_(std::move(destination)), log_(log) {}

  // `broker city: connection refused; keeping readings, next try in 4 s`
  void note(Kind kind, const std::string& reason, Milliseconds next_try, Milliseconds now);
  // `broker city: back after 12 min, 3214 rows waited`
  void over(std::uint64_t waiting, Milliseconds now);

  Milliseconds lasts(Milliseconds now) const {
    return kind_ == Kind::kNone ? Milliseconds(0) : now - since_;
  }
  Kind kind() const { return kind_; }
  const std::string& reason() const { return reason_; }

 private:
  std::string name_;
  const Log& log_;
  Kind kind_ = Kind::kNone;
  std::string reason_;
  Milliseconds since_{0};
};

}  // namespace lamppost::broker
