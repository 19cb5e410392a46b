// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/json_text.h"
#include "core/log.h"
#include "mapping/derive.h"
#include "mapping/run.h"

namespace lamppost::mapping {
namespace {

const Observation* first_of(const ObservationGroup& group, const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (const Observation* seen = group.find(name)) return seen;
  return nullptr;
}

Circumstances circumstances_of(const Run& run, const ValueRule& rule) {
  if (run.calibrations == nullptr) return {run.device, nullptr};
  return {run.device, valid_at(*run.calibrations, rule.target->name, run.at)};
}

void push(const ValueRule& rule, Value value, Timestamp at, EntityUpdate& update) {
  auto& attribute = update.attributes.emplace_back(
      Attribute{rule.target->name, rule.target->kind, std::move(value.value), "", at});
  if (attribute.kind != AttributeKind::kProperty) return;
  attribute.unit_code = std::move(value.unit_code);
  if (value.raw)
    attribute.details.push_back({kRawValue, std::move(*value.raw), attribute.unit_code});
}

// The value of an attribute in a unit; nullopt when it is not there.
std::optional<double> value_in(const EntityUpdate& update, const model::AttributeModel& wanted,
                               std::string_view code) {
  for (const auto& attribute : update.attributes) {
    if (attribute.name != wanted.name) continue;
    const auto number = to_number(attribute.value);
    const auto from = find_unit(attribute.unit_code), to = find_unit(code);
    if (!number || !from || !to || !convertible(*from, *to)) return std::nullopt;
    return convert(*number, *from, *to);
  }
  return std::nullopt;
}

// A value is as good as what it is made of: the first quality that is not good, if there is any.
std::optional<std::string> quality_of_inputs(const ValueRule& rule, const EntityUpdate& update) {
  std::optional<std::string> quality;
  for (const auto& attribute : update.attributes)
    for (const auto& detail : attribute.details)
      if (detail.name == kQuality && (!quality || *quality == kGood) &&
          std::any_of(rule.inputs.begin(), rule.inputs.end(),
                      [&](const auto* input) { return input->name == attribute.name; }))
        quality = to_text(detail.value);
  return quality;
}

}  // namespace

Result<void> add_observed(const Run& run, const EntityPlan& entity, Mapped& mapped) {
  for (const ValueRule& rule : entity.rules) {
    if (rule.from.empty()) continue;  // derived
    const Observation* seen = first_of(run.group, rule.from);
    if (seen == nullptr) {
      run.explain([&] {
        return "  " + rule.target->name + ": " + rule.from.front() + " is not in the payload";
      });
      continue;
    }
    std::string why;
    auto value = apply(rule, *seen, circumstances_of(run, rule),
                       run.explanation != nullptr ? &why : nullptr);
    if (!value) return value.error();
    run.explain([&] {
      return "  " + rule.target->name + ": " + seen->name + " = " +
             printable(to_text(seen->value), 60) + (why.empty() ? "" : " (" + why + ")") +
             (*value ? " -> " + printable(to_text((*value)->value), 60) : " -> not sent");
    });
    if (!*value) continue;
    if (rule.is_open())
      mapped.open.push_back(
          {&rule, *seen, (*value)->exact,
           rule.quality != nullptr && is_listed(rule.quality->sentinel, seen->value)});
    push(rule, std::move(**value), run.at, mapped.update);
  }
  return {};
}

void add_derived(const EntityPlan& entity, EntityUpdate& update, Explanation* explanation) {
  for (const ValueRule& rule : entity.rules) {
    if (!rule.from.empty()) continue;
    const auto temperature = value_in(update, *rule.inputs[0], "CEL");
    const auto humidity = value_in(update, *rule.inputs[1], "C62");
    const auto dew_point =
        temperature && humidity ? dew_point_c(*temperature, *humidity) : std::nullopt;
    if (explanation != nullptr)
      explanation->push_back("  " + rule.target->name + ": dew point of " + rule.inputs[0]->name +
                             " and " + rule.inputs[1]->name + " -> " +
                             (dew_point ? number_text(*dew_point) + " CEL"
                              : temperature && humidity
                                  ? "not sent, outside -45..60 degrees or 0..1"
                                  : "not sent, one of them is missing"));
    if (!dew_point) continue;
    const double value = convert(*dew_point, *rule.unit, *rule.leaving);
    push(rule, {as_leaving(rule, value), std::string(rule.leaving->code)}, update.observed_at,
         update);
    if (auto quality = quality_of_inputs(rule, update))
      update.attributes.back().details.push_back({kQuality, std::move(*quality), ""});
  }
}

}  // namespace lamppost::mapping
