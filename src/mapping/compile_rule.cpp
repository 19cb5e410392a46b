// SPDX-License-Identifier: Apache-2.0
// What does not fit between a line of [mapping.attributes] and the attribute of the model.
#include "core/json_text.h"
#include "core/suggest.h"
#include "mapping/value_rule.h"

namespace lamppost::mapping {
namespace {

using model::JsonType;

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

void compile_derived_unit(const config::AttributeRule& rule, ValueRule& result,
                          Findings& findings) {
  result.unit = find_unit("CEL");
  result.leaving = model::leaving_unit(*result.target, *result.unit);
  if (!result.leaving)
    findings.error(rule.derive.where, rule.name.value + " is no temperature in its model");
}

// Beyond a limit of the model the value would be a dead letter, and its flag would go nowhere.
void check_range(const config::AttributeRule& rule, const model::AttributeModel& target,
                 Findings& findings) {
  const auto& quality = *rule.quality;
  if ((quality.drop & config::bit(config::Flag::kRange)) != 0) return;
  const bool below = quality.least && target.min && *quality.least <= *target.min;
  const bool above = quality.most && target.max && *quality.most >= *target.max;
  if (below || above)
    findings.warning(rule.name.where,
                     "what lies " + std::string(below ? "below" : "above") + " the range of " +
                         rule.name.value + " is a dead letter by its model, which says " +
                         (below ? "min " : "max ") + number_text(below ? *target.min : *target.max),
                     "drop = [\"range\"] leaves the value out and sends the rest");
}

// A difference of degrees Fahrenheit is no temperature in degrees Fahrenheit.
void compile_series(const config::AttributeRule& rule, ValueRule& result, Findings& findings) {
  if (rule.delta) result.delta = &*rule.delta;
  if (rule.quality) {
    result.quality = &*rule.quality;
    check_range(rule, *result.target, findings);
  }
  if (rule.delta && result.unit && result.leaving && result.unit->zero != result.leaving->zero)
    findings.error(rule.unit.where,
                   "a difference does not convert from " + std::string(result.unit->code) + " to " +
                       std::string(result.leaving->code),
                   "write the unit in which " + rule.name.value + " leaves, and a scale");
  if (result.is_open() && !is_numeric(*result.target))
    findings.error(rule.name.where, rule.name.value + " is no number in its model",
                   "delta and quality are for numbers");
}

// A share has no unit, whatever the distance came in.
void check_distance(const config::AttributeRule& rule, ValueRule& result, Findings& findings) {
  if (!rule.empty && !rule.full && !rule.reference) return;
  result.distance = &rule;
  if (rule.reference) return;
  if (!rule.unit.value.empty() && rule.unit.value != "C62")
    return findings.error(rule.unit.where,
                          "empty and full make a share from 0 to 1, which has no unit",
                          "leave unit out: empty and full are in the unit of the distance");
  result.unit = find_unit("C62");
  result.leaving = model::leaving_unit(*result.target, *result.unit);
  if (!result.leaving)
    findings.error(rule.name.where, "a share from 0 to 1 cannot become " +
                                        described(*find_unit(result.target->unit)) +
                                        ", the unit of " + rule.name.value);
}

}  // namespace

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
  check_distance(rule, result, findings);
  compile_series(rule, result, findings);
  if (!rule.derive.value.empty()) compile_derived_unit(rule, result, findings);
  const bool arithmetic = rule.scale || rule.offset || rule.decimals || rule.min || rule.max ||
                          result.distance != nullptr || !rule.derive.value.empty() ||
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

}  // namespace lamppost::mapping
