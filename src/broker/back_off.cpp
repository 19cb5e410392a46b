// SPDX-License-Identifier: Apache-2.0
#include "broker/back_off.h"

#include <algorithm>

namespace lamppost::broker {
namespace {

constexpr std::chrono::milliseconds kTooSlow{5000};
constexpr std::size_t kSmallestBody = std::size_t{4} << 10;
constexpr std::size_t kLargeBody = std::size_t{256} << 10;
constexpr std::size_t kGrowth = 4;  // 1, 5, 21, 85, ...

}  // namespace

BackOff::BackOff(Milliseconds base, Milliseconds cap)
    : base_(base), cap_(cap), last_(base), random_(std::random_device{}()) {}

BackOff::Milliseconds BackOff::next() {
  const auto high = std::max(base_, std::min(cap_, 3 * last_));
  std::uniform_int_distribution<std::int64_t> between(base_.count(), high.count());
  last_ = std::min(cap_, Milliseconds(between(random_)));
  return last_;
}

BackOff::Milliseconds BackOff::up_to(Milliseconds most) {
  return Milliseconds(std::uniform_int_distribution<std::int64_t>(0, most.count())(random_));
}

BatchSize::BatchSize(const config::Broker& broker, std::size_t first)
    : first_(first),
      max_entities_(static_cast<std::size_t>(std::max(1, broker.max_entities))),
      max_bytes_(std::max(kSmallestBody, broker.max_bytes)),
      entities_(first) {}

outbox::BatchLimits BatchSize::limits() const {
  return {std::min(entities_, max_entities_), max_bytes_};
}

void BatchSize::answered_well(std::chrono::milliseconds took) {
  if (took > kTooSlow)
    entities_ = std::max<std::size_t>(1, entities_ / 2);
  else
    entities_ = std::min(max_entities_, entities_ * kGrowth + 1);
}

void BatchSize::too_large(std::size_t bytes) {
  max_bytes_ = std::max(kSmallestBody, std::min(max_bytes_, bytes / 10 * 7));
}

bool BatchSize::broke_off(std::size_t bytes) {
  if (bytes <= kLargeBody) return false;
  const bool again = broken_off_ != 0;
  broken_off_ = again ? 0 : bytes;
  if (again) too_large(bytes);
  return again;
}

void BatchSize::arrived(std::size_t bytes) {
  if (bytes >= broken_off_) broken_off_ = 0;
}

void BatchSize::at_most(std::size_t bytes) {
  if (bytes > 0) max_bytes_ = std::max(kSmallestBody, std::min(max_bytes_, bytes));
}

}  // namespace lamppost::broker
