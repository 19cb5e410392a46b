// SPDX-License-Identifier: Apache-2.0
// The calibrations that one mapping can meet, found by device, attribute and time of the reading.
// docs/decisions/0017 gives the reasons.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/config.h"
#include "core/finding.h"
#include "core/timestamp.h"

namespace lamppost::mapping {

// The sub-property that keeps what the sensor said, in the unit of the attribute.
inline constexpr const char* kRawValue = "rawValue";

// Of one device, the latest first.
using DeviceCalibrations = std::vector<const config::Calibration*>;

class Calibrations {
 public:
  // `entry` must outlive this.
  void add(const config::Calibration& entry);
  void sort();

  bool empty() const { return by_device_.empty(); }
  // nullptr when none of the names has any. The last name is asked first.
  const DeviceCalibrations* find(
      const std::vector<std::pair<std::string, std::string>>& captures) const;

 private:
  std::unordered_map<std::string, DeviceCalibrations> by_device_;
};

// The one that holds at this time, nullptr when none does.
const config::Calibration* valid_at(const DeviceCalibrations& all, std::string_view attribute,
                                    Timestamp at);

double calibrated(const config::Calibration& calibration, double value);

}  // namespace lamppost::mapping
