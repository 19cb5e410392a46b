// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/sparkplug_payload.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/json_text.h"
#include "drivers/formats/number.h"
#include "drivers/formats/protobuf.h"

namespace lamppost::formats {
namespace {

constexpr std::uint64_t kLastMs = 253'402'300'799'999;  // end of the year 9999
constexpr std::uint64_t kGood = 192;                    // quality, section 6.4.11

enum Type : std::uint32_t {
  kInt8 = 1,
  kInt16,
  kInt32,
  kInt64,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kFloat,
  kDouble,
  kBoolean,
  kString,
  kDateTime,
  kText,
  kUuid
};
enum Kind { kInt = 10, kLong, kReal32, kReal64, kBool, kTextValue };

// The fault, or "".
std::string set_time(const ProtoField& field, std::optional<Timestamp>& time) {
  if (field.is_bytes() || field.bits > kLastMs) return "a time beyond the year 9999";
  time = Timestamp{static_cast<std::int64_t>(field.bits)};
  return "";
}

// One of the values of a property set: type 1, int 3, long 4, string 8.
struct Property {
  std::uint64_t number = 0;
  std::string_view text;
};

bool read_property(std::string_view bytes, Property& property) {
  ProtoReader reader(bytes);
  for (ProtoField field; reader.next(field);) {
    if ((field.number == 3 || field.number == 4) && !field.is_bytes()) property.number = field.bits;
    if (field.number == 8 && field.is_bytes()) property.text = field.bytes;
  }
  return reader.good();
}

// Keys (1) and values (2) of a property set, in pairs.
bool read_properties(std::string_view bytes, SparkplugMetric& metric) {
  std::vector<std::string_view> keys;
  std::vector<Property> values;
  ProtoReader reader(bytes);
  for (ProtoField field; reader.next(field);) {
    if (!field.is_bytes() || keys.size() + values.size() > 1000) return false;
    if (field.number == 1) keys.push_back(field.bytes);
    if (field.number == 2 && !read_property(field.bytes, values.emplace_back())) return false;
  }
  for (std::size_t i = 0; i < std::min(keys.size(), values.size()); ++i) {
    if (keys[i] == "engUnit") metric.unit = values[i].text;
    if (keys[i] == "Quality" && values[i].number != kGood) metric.is_null = true;
  }
  return reader.good();
}

// Whether the wire type is the one that a known field of a metric has.
bool fits(const ProtoField& field) {
  switch (field.number) {
    case 1:
    case 9:
    case kTextValue:
      return field.wire == 2;
    case kReal32:
      return field.wire == 5;
    case kReal64:
      return field.wire == 1;
    case 2:
    case 3:
    case 4:
    case 7:
    case kInt:
    case kLong:
    case kBool:
      return field.wire == 0;
    default:
      return true;
  }
}

std::string read_field(const ProtoField& field, SparkplugMetric& metric) {
  if (!fits(field))
    return "field " + std::to_string(field.number) + " of a metric is of a wrong type";
  if (field.number >= 10 && field.number <= 19) {
    metric.kind = static_cast<int>(field.number);
    metric.bits = field.bits;
    metric.text = field.bytes;
    return field.number == kTextValue && !is_utf8(field.bytes) ? "a value that is not UTF-8" : "";
  }
  switch (field.number) {
    case 1:
      metric.name = field.bytes;
      return is_utf8(field.bytes) ? "" : "a name that is not UTF-8";
    case 2:
      metric.alias = field.bits;
      return "";
    case 3:
      return set_time(field, metric.timestamp);
    case 4:
      metric.datatype = static_cast<std::uint32_t>(field.bits);
      return "";
    case 7:
      metric.is_null = metric.is_null || field.bits != 0;
      return "";
    case 9:
      return read_properties(field.bytes, metric) ? "" : "properties that are none";
    default:
      return "";
  }
}

std::string read_metric(std::string_view bytes, SparkplugMetric& metric) {
  ProtoReader reader(bytes);
  for (ProtoField field; reader.next(field);)
    if (auto fault = read_field(field, metric); !fault.empty()) return fault;
  return reader.good() ? "" : "a metric that is cut off";
}

std::string read_field(const ProtoField& field, SparkplugPayload& payload) {
  if (field.number == 1) return set_time(field, payload.timestamp);
  if (field.number == 3 && (field.wire != 0 || field.bits > 255)) return "seq is above 255";
  if (field.number == 3) payload.seq = static_cast<int>(field.bits);
  if (field.number != 2) return "";
  if (!field.is_bytes()) return "a metric that is none";
  if (payload.metrics.size() == kMaxSparkplugMetrics) return "too many metrics";
  return read_metric(field.bytes, payload.metrics.emplace_back());
}

Json real_of(double real) { return std::isfinite(real) ? Json(real) : Json(); }

}  // namespace

Result<SparkplugPayload> read_sparkplug(std::string_view bytes) {
  SparkplugPayload payload;
  ProtoReader reader(bytes);
  for (ProtoField field; reader.next(field);)
    if (const auto fault = read_field(field, payload); !fault.empty())
      return malformed_sparkplug(fault);
  if (!reader.good()) return malformed_sparkplug("it is cut off, or no protobuf");
  return payload;
}

std::optional<Json> value_of(const SparkplugMetric& metric, std::uint32_t datatype) {
  const bool whole = metric.kind == kInt || metric.kind == kLong;
  if (datatype == 0 || datatype > kUuid) return std::nullopt;
  if (metric.is_null) return Json();
  switch (datatype) {
    case kInt8:
      return whole ? std::optional<Json>(static_cast<std::int8_t>(metric.bits)) : std::nullopt;
    case kInt16:
      return whole ? std::optional<Json>(static_cast<std::int16_t>(metric.bits)) : std::nullopt;
    case kInt32:
      return whole ? std::optional<Json>(static_cast<std::int32_t>(metric.bits)) : std::nullopt;
    case kInt64:
      return whole ? std::optional<Json>(static_cast<std::int64_t>(metric.bits)) : std::nullopt;
    case kUInt8:
    case kUInt16:
    case kUInt32:
    case kUInt64:
      return whole ? std::optional<Json>(metric.bits) : std::nullopt;
    case kFloat:
    case kDouble:
      if (metric.kind == kReal64) return real_of(std::bit_cast<double>(metric.bits));
      if (metric.kind != kReal32) return std::nullopt;
      return real_of(shortest(std::bit_cast<float>(static_cast<std::uint32_t>(metric.bits))));
    case kBoolean:
      return metric.kind == kBool ? std::optional<Json>(metric.bits != 0) : std::nullopt;
    case kDateTime:
      if (!whole || metric.bits > kLastMs) return std::nullopt;
      return Json(to_iso8601(Timestamp{static_cast<std::int64_t>(metric.bits)}));
    default:
      return metric.kind == kTextValue ? std::optional<Json>(std::string(metric.text))
                                       : std::nullopt;
  }
}

std::uint32_t evident_datatype(const SparkplugMetric& metric) {
  switch (metric.kind) {
    case kReal32:
      return kFloat;
    case kReal64:
      return kDouble;
    case kBool:
      return kBoolean;
    case kTextValue:
      return kString;
    default:
      return 0;
  }
}

}  // namespace lamppost::formats
