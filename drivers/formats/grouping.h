// SPDX-License-Identifier: Apache-2.0
// Observations that carry a time of their own each, brought together by device and time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/observation.h"

namespace lamppost::formats {

// Groups stand in the order of their first observation.
class Grouping {
 public:
  // Valid until the next call.
  ObservationGroup& at(const std::string& device, std::optional<Timestamp> time) {
    const auto [place, added] = place_of_.try_emplace({device, time}, groups_.size());
    if (added) groups_.push_back({device, time, std::nullopt, {}});
    return groups_[place->second];
  }
  Observations take() { return std::move(groups_); }

 private:
  Observations groups_;
  std::map<std::pair<std::string, std::optional<Timestamp>>, std::size_t> place_of_;
};

}  // namespace lamppost::formats
