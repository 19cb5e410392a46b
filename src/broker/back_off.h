// SPDX-License-Identifier: Apache-2.0
// How long to leave a troubled destination alone, and how much to trust it with afterwards.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>

#include "config/config.h"
#include "outbox/outbox.h"

namespace lamppost::broker {

// Decorrelated jitter: each wait is random between `base` and three times the last one, so that the
// gateways of a city do not come back in step.
class BackOff {
 public:
  using Milliseconds = std::chrono::milliseconds;
  BackOff(Milliseconds base, Milliseconds cap);
  Milliseconds next();
  void reset() { last_ = base_; }
  // A random time between none and `most`.
  Milliseconds up_to(Milliseconds most);

 private:
  Milliseconds base_, cap_, last_;
  std::minstd_rand random_;
};

// How many entities and bytes the next request may carry. Starts small, also after trouble: the
// first answer shows whether the broker is well before it gets more.
class BatchSize {
 public:
  BatchSize(const config::Broker& broker, std::size_t first);
  outbox::BatchLimits limits() const;
  void answered_well(std::chrono::milliseconds took);
  void in_trouble() { entities_ = first_; }
  // The broker is well but refuses everything: look at as many as ever possible.
  void widest() { entities_ = max_entities_; }
  // A body of `bytes` was refused for its size: stay clearly below from now on.
  void too_large(std::size_t bytes);
  // No answer came to a body of `bytes`. True when that was one large body too many: some proxies
  // cut the connection instead of answering 413.
  bool broke_off(std::size_t bytes);
  void arrived(std::size_t bytes);
  // A limit learned in an earlier life; 0 = none.
  void at_most(std::size_t bytes);

 private:
  std::size_t first_, max_entities_, max_bytes_;
  std::size_t entities_;
  std::size_t broken_off_ = 0;  // the smallest large body that got no answer, 0 = none
};

}  // namespace lamppost::broker
