// SPDX-License-Identifier: Apache-2.0
#include "broker/request_stats.h"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace lamppost::broker {

RequestStats::RequestStats() : buckets_(std::size(kRequestSecondsBounds) + 1) {}

void RequestStats::add(std::size_t entities, std::chrono::steady_clock::duration took) {
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bound =
      std::lower_bound(std::begin(kRequestSecondsBounds), std::end(kRequestSecondsBounds), seconds);
  ++buckets_[static_cast<std::size_t>(bound - std::begin(kRequestSecondsBounds))];
  ++requests_;
  entities_ += entities;
  seconds_ += seconds;
}

bool RequestStats::odd(const std::string& words) { return ++odd_[words] == 1; }

void RequestStats::write(DestinationState& state) const {
  state.requests = requests_;
  state.entities_sent = entities_;
  state.odd_answers = odd_;
  state.request_seconds_sum = seconds_;
  state.request_seconds_buckets.resize(buckets_.size());
  std::partial_sum(buckets_.begin(), buckets_.end(), state.request_seconds_buckets.begin());
}

}  // namespace lamppost::broker
