// SPDX-License-Identifier: Apache-2.0
// The payload of Sparkplug B (Eclipse Sparkplug specification 3.0, chapter 6, and its .proto):
//
//   payload   1 timestamp (ms)   2 metrics   3 seq
//   metric    1 name   2 alias   3 timestamp (ms)   4 datatype   7 is_null   9 properties
//             10 int   11 long   12 float   13 double   14 boolean   15 string   16 to 19 others
//
// Signed integers travel in unsigned fields, as two's complement of their width.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/timestamp.h"

namespace lamppost::formats {

inline constexpr std::size_t kMaxSparkplugMetrics = 10'000;  // of one payload

// Texts are views into the payload.
struct SparkplugMetric {
  std::string_view name;  // "" when only the alias is there
  std::optional<std::uint64_t> alias;
  std::optional<Timestamp> timestamp;
  std::uint32_t datatype = 0;  // 0 when it is not there
  bool is_null = false;        // also when its quality is bad or stale
  int kind = 0;                // field number of the value, 0 when there is none
  std::uint64_t bits = 0;
  std::string_view text;
  std::string_view unit;  // property engUnit, as it is written
};

struct SparkplugPayload {
  std::optional<Timestamp> timestamp;
  std::optional<int> seq;  // 0 to 255
  std::vector<SparkplugMetric> metrics;
};

// Refuses what is no such message, texts that are not UTF-8, and times beyond the year 9999.
Result<SparkplugPayload> read_sparkplug(std::string_view bytes);

// The value as a datatype has it: a number, boolean or text; a DateTime as text in UTC; null for
// is_null and for a real that is none. nullopt for data sets, templates, arrays, files and bytes,
// and when the value stands in a field that the datatype does not use.
std::optional<Json> value_of(const SparkplugMetric& metric, std::uint32_t datatype);

// The datatype that a value shows by itself: reals, booleans and text; 0 for integers.
std::uint32_t evident_datatype(const SparkplugMetric& metric);

inline Error malformed_sparkplug(const std::string& what) {
  return Error{Fault::kMalformed, "not Sparkplug B: " + what, ""};
}

}  // namespace lamppost::formats
