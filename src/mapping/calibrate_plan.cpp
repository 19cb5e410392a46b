// SPDX-License-Identifier: Apache-2.0
// Which calibrations a plan can meet.
#include <algorithm>
#include <set>

#include "core/suggest.h"
#include "mapping/plan_parts.h"

namespace lamppost::mapping {
namespace {

bool takes_calibration(const ValueRule& rule) {
  return is_numeric(*rule.target) && !rule.from.empty() && rule.delta == nullptr;
}

bool corrects(const Plan& plan, const config::Calibration& entry) {
  return std::any_of(plan.entities.begin(), plan.entities.end(), [&](const EntityPlan& entity) {
    return std::any_of(entity.rules.begin(), entity.rules.end(), [&](const ValueRule& rule) {
      return rule.target->name == entry.attribute.value && takes_calibration(rule);
    });
  });
}

}  // namespace

void compile_calibrations(const config::Config& config, Plan& plan) {
  for (const auto& entry : config.calibrations)
    if (corrects(plan, entry)) plan.calibrations.add(entry);
  plan.calibrations.sort();
}

void check_calibrations(const config::Config& config, const std::vector<const Plan*>& plans,
                        Findings& findings) {
  if (config.calibrations.empty()) return;
  std::set<std::string> names;
  for (const Plan* plan : plans)
    for (const auto& entity : plan->entities)
      for (const auto& rule : entity.rules)
        if (takes_calibration(rule)) names.insert(rule.target->name);
  for (const auto& entry : config.calibrations)
    if (!names.contains(entry.attribute.value) && !entry.attribute.value.empty())
      findings.error(
          entry.attribute.where,
          "attribute: no mapping takes a number \"" + entry.attribute.value + "\" from a payload",
          suggest(entry.attribute.value, {names.begin(), names.end()}));
}

}  // namespace lamppost::mapping
