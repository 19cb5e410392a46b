// SPDX-License-Identifier: Apache-2.0
// Counts requests and sorts their durations into the buckets of DestinationState.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker/forwarder.h"

namespace lamppost::broker {

class RequestStats {
 public:
  RequestStats();
  void add(std::size_t entities, std::chrono::steady_clock::duration took);
  // An answer that was taken as good although it is not what the standard says. True: the first.
  bool odd(const std::string& words);
  void write(DestinationState& state) const;

 private:
  std::uint64_t requests_ = 0, entities_ = 0;
  std::vector<std::uint64_t> buckets_;  // not cumulative
  double seconds_ = 0;
  std::map<std::string, std::uint64_t> odd_;
};

}  // namespace lamppost::broker
