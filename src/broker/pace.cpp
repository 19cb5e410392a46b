// SPDX-License-Identifier: Apache-2.0
#include "broker/pace.h"

#include <algorithm>
#include <limits>

namespace lamppost::broker {
namespace {

using Seconds = std::chrono::duration<double>;

Seconds cost(std::size_t count, int per_second) {
  return Seconds(per_second > 0 ? static_cast<double>(count) / per_second : 0.0);
}

}  // namespace

Pace::Steady::time_point Pace::reserve(std::size_t entities, Steady::time_point now) {
  const auto start = std::max(now, free_at_);
  const auto price = std::max(cost(1, requests_), cost(entities, entities_));
  free_at_ = start + std::chrono::duration_cast<Steady::duration>(price);
  return start;
}

std::size_t Pace::most_entities() const {
  return entities_ > 0 ? static_cast<std::size_t>(entities_)
                       : std::numeric_limits<std::size_t>::max();
}

}  // namespace lamppost::broker
