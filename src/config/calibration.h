// SPDX-License-Identifier: Apache-2.0
// [[calibration]]: what a certificate or a comparison found out about one sensor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/located.h"
#include "core/timestamp.h"

namespace lamppost::config {

// Holds for readings from `valid_from` on, until the next one of the same device and attribute.
struct Calibration {
  Where where;
  Located<std::string> device;          // a capture, or the device id that the payload carries
  Located<std::string> attribute;       // of the model
  std::optional<Timestamp> valid_from;  // nullopt: from the first reading on
  // c0 + c1 x + c2 x^2 ..., x being the value in the unit in which it leaves.
  std::vector<double> polynomial;
};

}  // namespace lamppost::config
