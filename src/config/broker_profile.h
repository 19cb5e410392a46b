// SPDX-License-Identifier: Apache-2.0
// What `profile` of a broker stands for: defaults and nothing else. docs/brokers.md shows the same
// table; a test compares them.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace lamppost::config {

struct BrokerProfile {
  std::string_view name;
  std::span<const std::string_view> modes;
  int max_entities;
  std::size_t max_bytes;
  std::string_view tenant_header, answers, temporal;
};

std::span<const BrokerProfile> broker_profiles();
// The first of all when there is none of this name.
const BrokerProfile& broker_profile(std::string_view name);

}  // namespace lamppost::config
