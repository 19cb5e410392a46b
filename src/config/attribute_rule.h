// SPDX-License-Identifier: Apache-2.0
// One line of [mapping.attributes] as a value.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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
// Of a counter: what is sent is how much it has counted since the reading before.
struct DeltaRule {
  std::optional<double> wraps_at;  // the value behind its largest: 2^32, 100000; nullopt: never
  std::optional<double> most;      // a larger difference is a reset
  bool restarts_at_zero = false;   // after a reset the count itself is sent, else nothing
};

// What a value can be suspected of, in the order of `quality`.
enum class Flag : std::uint8_t { kSentinel, kRange, kRate, kFlat, kSpike };
inline constexpr std::array<std::string_view, 5> kFlagWords = {"sentinel", "range", "rate", "flat",
                                                               "spike"};
constexpr std::uint8_t bit(Flag flag) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(flag));
}

// Checks of a value as it leaves, before it is rounded; only `sentinel` is of what arrives.
struct QualityRule {
  std::vector<Json> sentinel;
  std::optional<double> least, most;  // range
  std::optional<double> max_rate;     // largest change in `per`
  Milliseconds per{0};
  Milliseconds flat{0};         // the same value for so long; 0 = not looked at
  std::optional<double> spike;  // largest jump from one reading to the next
  std::uint8_t drop = 0;        // bits of the flags with which a value is not sent

  bool needs_memory() const { return max_rate || flat.count() > 0 || spike; }
};

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
  Located<std::string> derive;  // "dew_point": from other attributes, `from` is empty
  std::optional<DeltaRule> delta;
  std::optional<QualityRule> quality;
  std::vector<Located<std::string>> of;  // which ones, in the order that `derive` has
};

}  // namespace lamppost::config
