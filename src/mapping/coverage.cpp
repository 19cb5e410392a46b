// SPDX-License-Identifier: Apache-2.0
// Required attributes that nothing sets: found when the configuration is loaded, since every single
// reading would become a dead letter.
#include <algorithm>

#include "mapping/plan_parts.h"

namespace lamppost::mapping {
namespace {

bool set_by_devices(const config::Devices& devices, const std::string& name) {
  return std::any_of(devices.by_key.begin(), devices.by_key.end(), [&](const auto& entry) {
    return name == "location" ? entry.second.location.has_value()
                              : entry.second.statics.count(name) > 0;
  });
}

bool set_by_plan(const config::EntityRule& rule, const EntityPlan& plan, const std::string& name) {
  const auto named = [&](const auto& item) { return item.first == name; };
  return std::any_of(plan.rules.begin(), plan.rules.end(),
                     [&](const ValueRule& value) { return value.target->name == name; }) ||
         std::any_of(plan.statics.begin(), plan.statics.end(),
                     [&](const auto& item) { return item.first->name == name; }) ||
         std::any_of(plan.relationships.begin(), plan.relationships.end(), named) ||
         (name == "location" && rule.location);  // a location in error is a finding already
}

std::string advice(const model::AttributeModel& attribute) {
  using model::Fill;
  if (attribute.fill == Fill::kPeriodStart || attribute.fill == Fill::kPeriodEnd)
    return "give the reporting period of the device, such as period = \"15min\"";
  if (attribute.name == "location")
    return "write location = [longitude, latitude], or give it in devices.csv";
  if (attribute.kind == AttributeKind::kRelationship)
    return "name it in [mapping.relationships], or give it in devices.csv";
  return "set it in [mapping.attributes] or [mapping.static], or give it in devices.csv";
}

}  // namespace

void check_coverage(const config::Mapping& mapping, const config::EntityRule& rule,
                    const config::Devices& devices, const EntityPlan& plan, Findings& findings) {
  for (const auto& attribute : plan.model->attributes) {
    if (!attribute.required || set_by_plan(rule, plan, attribute.name) ||
        set_by_devices(devices, attribute.name))
      continue;
    const bool interval =
        attribute.fill == model::Fill::kPeriodStart || attribute.fill == model::Fill::kPeriodEnd;
    if (attribute.fill == model::Fill::kObservedAt || (interval && mapping.period.count() > 0))
      continue;
    findings.error(rule.model.where,
                   plan.model->type + " requires " + attribute.name + ", which nothing sets",
                   advice(attribute));
  }
}

}  // namespace lamppost::mapping
