// SPDX-License-Identifier: Apache-2.0
#include "mapping/value_rule.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/ascii.h"
#include "core/json_text.h"
#include "core/log.h"
#include "core/suggest.h"
#include "mapping/time_value.h"

namespace lamppost::mapping {
namespace {

using model::JsonType;

bool is_numeric(const model::AttributeModel& target) {
  return target.type == JsonType::kNumber || target.type == JsonType::kInteger;
}

std::string quoted(const Json& value) { return "\"" + printable(to_text(value), 60) + "\""; }

Error malformed(const Observation& seen, std::string text) {
  return {Fault::kMalformed, seen.name + ": " + std::move(text), seen.name};
}

bool is_sentinel(const ValueRule& rule, const Json& value) {
  if (rule.sentinel.empty()) return false;
  const auto number = to_number(value);
  return std::any_of(rule.sentinel.begin(), rule.sentinel.end(), [&](const Json& sentinel) {
    if (sentinel == value) return true;
    const auto other = to_number(sentinel);
    return number && other && *number == *other;
  });
}

double rounded(double value, int decimals) {
  const double factor = std::pow(10.0, decimals);
  return std::round(value * factor) / factor;
}

// Whole numbers leave as integers: 3, not 3.0, which strict readers of "integer" refuse.
Json tidy_number(double value) {
  if (std::abs(value) < 9e15 && value == std::trunc(value)) return static_cast<std::int64_t>(value);
  return value;
}

Result<std::optional<Value>> convert_number(const ValueRule& rule, const Observation& seen,
                                            double number, std::string* why) {
  double value = number * rule.scale + rule.offset;
  if (!std::isfinite(value)) return malformed(seen, "is too large a number");
  if ((rule.min && value < *rule.min) || (rule.max && value > *rule.max)) {
    if (why != nullptr) *why = "outside min..max, taken as no value";
    return std::optional<Value>{};
  }
  std::optional<Unit> from = rule.unit, to = rule.leaving;
  if (!from && !seen.unit.empty() && (from = find_unit(seen.unit))) {
    to = model::leaving_unit(*rule.target, *from);
    if (!to)
      return malformed(seen, "comes in " + std::string(from->name) + ", which cannot become " +
                                 rule.target->unit);
  }
  std::string code = rule.target->unit;  // a number without a unit is taken as the model's own
  if (to) {
    code = to->code;
    value = convert(value, *from, *to);
    if (why != nullptr && from->code != to->code) *why = std::string(from->code) + " -> " + code;
  }
  value = model::fold(*rule.target, value);
  if (rule.decimals) value = rounded(value, *rule.decimals);
  return std::optional<Value>{{tidy_number(value), std::move(code)}};
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

// What to write instead of a unit that does not fit: one that the text is a symbol or the name of
// ("°C", "Celsius"), else a similar code, else all codes that fit.
std::string suggest_unit(const std::string& written, const model::AttributeModel& target) {
  for (const Unit& unit : units_written_as(written))
    if (model::leaving_unit(target, unit))
      return "write \"" + std::string(unit.code) + "\" for " + std::string(unit.name);
  const auto preferred = find_unit(target.unit);
  std::vector<std::string> fitting;
  for (const Unit& unit : all_units())
    if (preferred && convertible(unit, *preferred)) fitting.emplace_back(unit.code);
  return suggest(written, fitting);
}

// "MTS (metre per second, a speed)"
std::string described(const Unit& unit) {
  std::string text = std::string(unit.code) + " (" + std::string(unit.name);
  if (!unit.dimension.empty()) text += ": " + std::string(unit.dimension);
  return text + ")";
}

bool is_ratio_and_mass(const Unit& a, const Unit& b) {
  return (a.dimension == "ratio" && b.dimension == "mass concentration") ||
         (b.dimension == "ratio" && a.dimension == "mass concentration");
}

void check_units(const config::AttributeRule& rule, ValueRule& result, Findings& findings) {
  const auto& code = rule.unit.value;
  if (code.empty() && rule.gas)
    findings.error(rule.name.where, "molar_mass has no effect without unit");
  if (code.empty()) return;
  result.unit = find_unit(code);
  if (!result.unit) {
    findings.error(rule.unit.where, "\"" + code + "\" is no UN/CEFACT Rec 20 unit code known here",
                   suggest_unit(code, *result.target));
    return;
  }
  if (rule.gas) {
    result.unit = of_gas(*result.unit, *rule.gas);
    if (!result.unit)
      return findings.error(rule.unit.where,
                            code + " is neither a share of the air nor a mass in it",
                            "molar_mass is for units such as 61 (ppb) and GQ (ug/m3)");
  }
  result.leaving = model::leaving_unit(*result.target, *result.unit);
  if (result.leaving) return;
  const Unit target = *find_unit(result.target->unit);
  findings.error(rule.unit.where,
                 described(*result.unit) + " cannot become " + described(target) +
                     ", the unit of " + rule.name.value,
                 is_ratio_and_mass(*result.unit, target)
                     ? "state the gas: molar_mass, gas_temperature and gas_pressure"
                     : suggest_unit(code, *result.target));
}

}  // namespace

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

ValueRule compile_rule(const config::AttributeRule& rule, const model::AttributeModel& target,
                       std::optional<int> zone_minutes, Findings& findings) {
  ValueRule result;
  result.target = &target;
  for (const auto& name : rule.from) result.from.push_back(name.value);
  result.scale = rule.scale.value_or(1);
  result.offset = rule.offset.value_or(0);
  result.decimals = rule.decimals;
  result.min = rule.min;
  result.max = rule.max;
  result.map = rule.map;
  result.otherwise = rule.otherwise;
  result.sentinel = rule.sentinel;
  result.zone_minutes = zone_minutes;
  check_units(rule, result, findings);
  const bool arithmetic = rule.scale || rule.offset || rule.decimals || rule.min || rule.max ||
                          !rule.unit.value.empty();
  const bool can_be_number = is_numeric(target) || target.type == JsonType::kAny;
  if (arithmetic && !can_be_number)
    findings.error(rule.name.where, rule.name.value + " is no number in its model",
                   "unit, scale, offset, decimals, min and max are for numbers");
  for (const auto& [key, value] : rule.map)
    if (const auto broken = model::check_value(target, value))
      findings.error(rule.name.where, "map turns \"" + key + "\" into what " + rule.name.value +
                                          " may not be: " + broken->reason);
  return result;
}

Result<std::optional<Value>> apply(const ValueRule& rule, const Observation& seen,
                                   std::string* why) {
  const Json& value = seen.value;
  if (value.is_null() || is_sentinel(rule, value)) {
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
  const bool arithmetic =
      rule.unit || rule.scale != 1 || rule.offset != 0 || rule.decimals || rule.min || rule.max;
  if (is_numeric(*rule.target) || (arithmetic && number)) {
    if (value.is_string() && to_text(value).find_first_not_of(" \t\r\n") == std::string::npos)
      return std::optional<Value>{};
    if (!number) return malformed(seen, quoted(value) + " is no number");
    return convert_number(rule, seen, *number, why);
  }
  auto result = shaped(rule, seen, value);
  if (result && *result && !seen.unit.empty() && rule.target->type == JsonType::kAny)
    (*result)->unit_code = seen.unit;
  return result;
}

}  // namespace lamppost::mapping
