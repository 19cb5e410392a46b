// SPDX-License-Identifier: Apache-2.0
#include "mapping/value_rule.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/ascii.h"
#include "core/json_text.h"
#include "core/log.h"
#include "mapping/calibration.h"
#include "mapping/derive.h"
#include "mapping/time_value.h"

namespace lamppost::mapping {
namespace {

using model::JsonType;

std::string quoted(const Json& value) { return "\"" + printable(to_text(value), 60) + "\""; }

Error malformed(const Observation& seen, std::string text) {
  return {Fault::kMalformed, seen.name + ": " + std::move(text), seen.name};
}

double rounded(double value, int decimals) {
  const double factor = std::pow(10.0, decimals);
  return std::round(value * factor) / factor;
}

// One line for --explain of several steps.
void add_step(std::string* why, const std::string& step) {
  if (why != nullptr) *why += (why->empty() ? "" : ", ") + step;
}

// What the code of the unit is that the number leaves in; kMalformed when it cannot get there.
Result<std::string> change_unit(const ValueRule& rule, const Observation& seen, double& value,
                                std::string* why) {
  std::optional<Unit> from = rule.unit, to = rule.leaving;
  if (!from && !seen.unit.empty() && (from = find_unit(seen.unit))) {
    to = model::leaving_unit(*rule.target, *from);
    if (!to)
      return malformed(seen, "comes in " + std::string(from->name) + ", which cannot become " +
                                 rule.target->unit);
  }
  if (!to) return rule.target->unit;  // a number without a unit is taken as the model's own
  value = convert(value, *from, *to);
  if (from->code != to->code)
    add_step(why, std::string(from->code) + " -> " + std::string(to->code));
  return std::string(to->code);
}

// Turns what came into the type the model wants, where that loses nothing.
Result<std::optional<Value>> shaped(const ValueRule& rule, const Observation& seen, Json value) {
  const JsonType type = rule.target->type;
  if ((type == JsonType::kString || type == JsonType::kUri) &&
      (value.is_number() || value.is_boolean()))
    return std::optional<Value>{{to_text(value), ""}};
  if (type == JsonType::kArray && !value.is_array())
    return std::optional<Value>{{Json::array({std::move(value)}), ""}};
  if (type == JsonType::kDateTime && !value.is_object()) {
    const auto at = parse_time(value, rule.zone_minutes);
    if (!at) return malformed(seen, quoted(value) + " is no time");
    return std::optional<Value>{{date_time(*at), ""}};
  }
  return std::optional<Value>{{std::move(value), ""}};
}

}  // namespace

Json as_leaving(const ValueRule& rule, double value) {
  if (rule.decimals) value = rounded(value, *rule.decimals);
  if (std::abs(value) < 9e15 && value == std::trunc(value)) return static_cast<std::int64_t>(value);
  return value;
}

bool is_numeric(const model::AttributeModel& target) {
  return target.type == JsonType::kNumber || target.type == JsonType::kInteger;
}

bool is_listed(const std::vector<Json>& list, const Json& value) {
  if (list.empty()) return false;
  const auto number = to_number(value);
  return std::any_of(list.begin(), list.end(), [&](const Json& listed) {
    if (listed == value) return true;
    const auto other = to_number(listed);
    return number && other && *number == *other;
  });
}

std::optional<double> to_number(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  std::string_view text = value.get_ref<const std::string&>();
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

std::string to_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  std::string text;
  append_json(text, value);
  return text;
}

Json date_time(Timestamp at) {
  Json::object_t value;
  value.emplace("@type", "DateTime");
  value.emplace("@value", to_iso8601(at));
  return value;
}

Result<std::optional<Value>> apply_to_number(const ValueRule& rule, const Observation& seen,
                                             double number, const Circumstances& circumstances,
                                             std::string* why) {
  double value = number * rule.scale + rule.offset;
  if (!std::isfinite(value)) return malformed(seen, "is too large a number");
  if ((rule.min && value < *rule.min) || (rule.max && value > *rule.max)) {
    add_step(why, "outside min..max, taken as no value");
    return std::optional<Value>{};
  }
  if (rule.distance != nullptr) {
    const auto derived = from_distance(*rule.distance, value, circumstances.device);
    if (!derived) {
      add_step(why, "devices.csv does not say how far");
      return std::optional<Value>{};
    }
    add_step(why, "distance " + number_text(value) + " -> " + number_text(*derived));
    value = *derived;
  }
  auto code = change_unit(rule, seen, value, why);
  if (!code) return code.error();
  std::optional<Json> raw;
  if (circumstances.calibration != nullptr) {
    raw = as_leaving(rule, model::fold(*rule.target, value));
    const double before = value;
    value = calibrated(*circumstances.calibration, value);
    if (!std::isfinite(value)) return malformed(seen, "is too large a number for its calibration");
    if (why != nullptr)
      add_step(why, "calibrated " + number_text(before) + " -> " + number_text(value));
  }
  value = model::fold(*rule.target, value);
  return std::optional<Value>{{as_leaving(rule, value), std::move(*code), std::move(raw), value}};
}

Result<std::optional<Value>> apply(const ValueRule& rule, const Observation& seen,
                                   const Circumstances& circumstances, std::string* why) {
  const Json& value = seen.value;
  if (value.is_null() || is_listed(rule.sentinel, value)) {
    if (why != nullptr) *why = value.is_null() ? "null, no value" : "sentinel, no value";
    return std::optional<Value>{};
  }
  if (!rule.map.empty()) {
    const auto found = rule.map.find(to_text(value));
    if (found != rule.map.end()) return shaped(rule, seen, found->second);
    if (rule.otherwise) return shaped(rule, seen, *rule.otherwise);
    return malformed(seen, quoted(value) + " is not listed in map");
  }
  const auto number = to_number(value);
  const bool arithmetic = rule.unit || rule.scale != 1 || rule.offset != 0 || rule.decimals ||
                          rule.min || rule.max || rule.distance != nullptr;
  if (is_numeric(*rule.target) || (arithmetic && number)) {
    if (value.is_string() && to_text(value).find_first_not_of(" \t\r\n") == std::string::npos)
      return std::optional<Value>{};
    if (!number) return malformed(seen, quoted(value) + " is no number");
    if (rule.delta != nullptr)  // the count itself, until complete() knows the one before
      return std::optional<Value>{{value, seen.unit, std::nullopt, *number}};
    return apply_to_number(rule, seen, *number, circumstances, why);
  }
  auto result = shaped(rule, seen, value);
  if (result && *result && !seen.unit.empty() && rule.target->type == JsonType::kAny)
    (*result)->unit_code = seen.unit;
  return result;
}

}  // namespace lamppost::mapping
