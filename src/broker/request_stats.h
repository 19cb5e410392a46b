// SPDX-License-Identifier: Apache-2.0
// Counts requests and sorts their durations into the buckets of DestinationState.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "broker/forwarder.h"

namespace lamppost::broker {

class RequestStats {
 public:
  RequestStats();
  void add(std::size_t entities, std::chrono::steady_clock::duration took);
  void write(DestinationState& state) const;

 private:
  std::uint64_t requests_ = 0, entities_ = 0;
  std::vector<std::uint64_t> buckets_;  // not cumulative
  double seconds_ = 0;
};

}  // namespace lamppost::broker
