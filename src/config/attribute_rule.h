// SPDX-License-Identifier: Apache-2.0
// One line of [mapping.attributes] as a value.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/located.h"
#include "core/json.h"
#include "core/units.h"

namespace lamppost::config {

// A number, or the column of devices.csv that has it for each device.
struct Amount {
  double number = 0;
  Located<std::string> column;  // value "" = the number
};

// One attribute line of a mapping.
struct AttributeRule {
  Located<std::string> name;               // model attribute
  std::vector<Located<std::string>> from;  // observation names, the first that is there wins
  Located<std::string> unit;  // Rec 20 code of what arrives, "" = as the payload says, else as is
  std::optional<double> scale, offset;  // value * scale + offset, before unit conversion
  std::optional<int> decimals;          // rounding of the result
  std::optional<Gas> gas;               // turns a share of the air into a mass in it, and back
  std::map<std::string, Json> map;      // text of the incoming value -> outgoing value
  std::optional<Json> otherwise;  // `else`: for what `map` does not list; default: dead letter
  std::vector<Json> sentinel;     // values that mean "no value"
  std::optional<double> min,
      max;  // of the incoming value, after scale and offset; outside = no value
  // Of a distance, after scale and offset and in the same unit: its share of the way from `empty`
  // to `full`, or how far its end lies below or above `reference`.
  std::optional<Amount> empty, full, reference;
  Located<std::string> derive;           // "dew_point": from other attributes, `from` is empty
  std::vector<Located<std::string>> of;  // which ones, in the order that `derive` has
};

}  // namespace lamppost::config
