// SPDX-License-Identifier: Apache-2.0
// From the configuration to a plan. Every mistake becomes a finding at its place; nothing here
// looks at a reading.
#include <algorithm>
#include <set>

#include "config/device_place.h"
#include "core/suggest.h"
#include "mapping/derive.h"
#include "mapping/plan_parts.h"
#include "mapping/topic.h"

namespace lamppost::mapping {
namespace {

using config::Located;

// What compiling one mapping shares between its entities.
struct Compiler {
  const config::Mapping& mapping;
  const config::Config& config;
  const model::Catalogue& models;
  Findings& findings;
  std::vector<std::string> captures;  // names that templates may use
  bool captures_complete;             // false when match could not be read
  std::optional<int> zone_minutes;

  // nullptr when the model has none, which is a finding unless the rule can do without it.
  const model::AttributeModel* attribute(const model::EntityModel& model,
                                         const config::EntityRule& rule, const std::string& name,
                                         const Where& where) const;
  TextTemplate text(const Located<std::string>& text) const;
};

const model::AttributeModel* Compiler::attribute(const model::EntityModel& model,
                                                 const config::EntityRule& rule,
                                                 const std::string& name,
                                                 const Where& where) const {
  const auto* found = model.find(name);
  if (found == nullptr && !rule.dispensable.contains(name))
    findings.error(where, model.type + " has no attribute \"" + name + "\"",
                   suggest(name, model.attribute_names()));
  return found;
}

TextTemplate Compiler::text(const Located<std::string>& source) const {
  auto result = TextTemplate::parse(source.value);
  if (!result) {
    findings.error(source.where, "\"" + source.value + "\" " + result.error().text);
    return {};
  }
  if (!captures_complete) return *result;  // the mistake in match is a finding already
  for (const auto& name : result->capture_names())
    if (std::find(captures.begin(), captures.end(), name) == captures.end())
      findings.error(
          source.where, "{" + name + "} is captured nowhere in this mapping",
          captures.empty() ? "match and capture define the names" : suggest(name, captures));
  return *result;
}

void compile_location(const Compiler& compiler, const config::EntityRule& rule, EntityPlan& plan) {
  if (!rule.location) return;
  if (compiler.attribute(*plan.model, rule, "location", rule.location->where) == nullptr) return;
  if (rule.location->fixed) plan.fixed_location = point(*rule.location->fixed);
  plan.lon_from = rule.location->lon.value;
  plan.lat_from = rule.location->lat.value;
}

void compile_statics(const Compiler& compiler, const config::EntityRule& rule, EntityPlan& plan) {
  for (const auto& [name, value] : rule.statics) {
    const auto* attribute = compiler.attribute(*plan.model, rule, name.value, name.where);
    if (attribute == nullptr) continue;
    Json typed = as_static(*attribute, value);
    if (const auto broken = model::check_value(*attribute, typed))
      compiler.findings.error(name.where, name.value + ": " + broken->reason);
    plan.statics.emplace_back(attribute, std::move(typed));
  }
  for (const auto& [name, target] : rule.relationships) {
    const auto* attribute = compiler.attribute(*plan.model, rule, name.value, name.where);
    if (attribute == nullptr) continue;
    if (attribute->kind != AttributeKind::kRelationship)
      compiler.findings.error(name.where, name.value + " is no Relationship in " + plan.model->type,
                              "write it in [mapping.attributes] or [mapping.static]");
    plan.relationships.emplace_back(name.value, compiler.text(target));
  }
}

void collect_filled(const Compiler& compiler, const config::EntityRule& rule, EntityPlan& plan) {
  std::set<std::string> set;
  for (const auto& attribute : rule.attributes) set.insert(attribute.name.value);
  for (const auto& [name, value] : rule.statics) set.insert(name.value);
  for (const auto& attribute : plan.model->attributes) {
    using model::Fill;
    const bool interval =
        attribute.fill == Fill::kPeriodStart || attribute.fill == Fill::kPeriodEnd;
    if (attribute.fill == Fill::kNone || set.count(attribute.name) > 0) continue;
    if (!interval || compiler.mapping.period.count() > 0) plan.filled.push_back(&attribute);
  }
}

bool check_input(const model::AttributeModel& input, std::string_view code, const Where& where,
                 Findings& findings) {
  const auto unit = find_unit(input.unit);
  if (unit && convertible(*unit, *find_unit(code))) return true;
  findings.error(where,
                 input.name + " is no " + (code == "CEL" ? "temperature" : "share from 0 to 1"),
                 "of = [temperature, relative humidity], in this order");
  return false;
}

// The inputs of derived attributes, which may stand before or behind them.
void compile_derived(const Compiler& compiler, const config::EntityRule& rule, EntityPlan& plan) {
  for (const auto& attribute : rule.attributes) {
    if (attribute.derive.value.empty()) continue;
    const auto made = std::find_if(plan.rules.begin(), plan.rules.end(), [&](const auto& one) {
      return one.target->name == attribute.name.value;
    });
    if (made == plan.rules.end()) continue;  // the model has none
    plan.derives = true;
    for (std::size_t i = 0; i < attribute.of.size(); ++i) {
      const auto& name = attribute.of[i];
      const auto input = std::find_if(plan.rules.begin(), plan.rules.end(), [&](const auto& one) {
        return one.target->name == name.value && !one.from.empty();
      });
      if (input == plan.rules.end())
        compiler.findings.error(
            name.where,
            "a dew point of " + name.value + ", which this entity does not take from the payload",
            "of = [temperature, relative humidity]: attributes beside this one");
      else if (check_input(*input->target, i == 0 ? "CEL" : "C62", name.where, compiler.findings))
        made->inputs.push_back(input->target);
    }
  }
}

std::optional<EntityPlan> compile_entity(const Compiler& compiler, const config::EntityRule& rule) {
  EntityPlan plan;
  plan.is_main = rule.is_main;
  if (rule.model.value.empty()) return std::nullopt;  // already a finding
  plan.model = compiler.models.find(rule.model.value);
  if (plan.model == nullptr) {
    compiler.findings.error(rule.model.where, "unknown model \"" + rule.model.value + "\"",
                            suggest(rule.model.value, compiler.models.types()));
    return std::nullopt;
  }
  plan.id = compiler.text(rule.id);
  for (const auto& attribute : rule.attributes) {
    const auto* target =
        compiler.attribute(*plan.model, rule, attribute.name.value, attribute.name.where);
    if (target == nullptr) continue;
    plan.rules.push_back(
        compile_rule(attribute, *target, compiler.zone_minutes, compiler.findings));
    if (attribute.delta && compiler.mapping.keep_latest)
      compiler.findings.error(attribute.name.where,
                              "history = \"latest\" keeps one difference of an outage and loses "
                              "what was counted before it",
                              "history = \"every\", or send the count itself, without delta");
    check_columns(attribute, compiler.config.devices, compiler.findings);
  }
  compile_derived(compiler, rule, plan);
  compile_location(compiler, rule, plan);
  compile_statics(compiler, rule, plan);
  collect_filled(compiler, rule, plan);
  check_coverage(compiler.mapping, rule, compiler.config.devices, plan, compiler.findings);
  return plan;
}

struct BrokenValue {
  const model::AttributeModel* attribute;
  std::string reason;
};

// Of the first entity that has such an attribute and would not take the value.
std::optional<BrokenValue> broken_value(const Plan& plan, const std::string& name,
                                        const Json& value) {
  for (const EntityPlan& entity : plan.entities) {
    const auto* attribute = entity.model->find(name);
    if (attribute == nullptr || value.is_null()) continue;
    if (auto broken = model::check_value(*attribute, as_static(*attribute, value)))
      return BrokenValue{attribute, std::move(broken->reason)};
  }
  return std::nullopt;
}

// Values of devices.csv that this mapping's models would refuse. A model without such an attribute
// simply does not get it.
void check_devices(const Compiler& compiler, const Plan& plan) {
  const config::Devices& devices = compiler.config.devices;
  if (!devices.file) return;
  config::DeviceMistakes mistakes(devices, compiler.findings);
  for (const auto& [key, device] : devices.by_key)
    for (const auto& [name, value] : device.statics)
      if (const auto broken = broken_value(plan, name, value))
        mistakes.add(key, name, name + ": " + broken->reason,
                     broken->attribute->type == model::JsonType::kObject
                         ? "a column holds no object; write it in [mapping.static]"
                         : "");
}

std::vector<std::string> capture_names(const config::Mapping& mapping,
                                       const Result<TopicTemplate>& topic) {
  std::vector<std::string> names{"device"};
  if (topic) {
    auto from_topic = topic->capture_names();
    names.insert(names.end(), from_topic.begin(), from_topic.end());
  }
  for (const auto& [name, from] : mapping.capture) names.push_back(name);
  return names;
}

}  // namespace

Json as_static(const model::AttributeModel& attribute, const Json& value) {
  using model::JsonType;
  if (attribute.type == JsonType::kArray && !value.is_array()) return Json::array({value});
  if (attribute.type == JsonType::kString && (value.is_number() || value.is_boolean()))
    return to_text(value);
  if (attribute.type == JsonType::kDateTime && value.is_string())
    if (const auto at = parse_time(value, std::nullopt)) return date_time(*at);
  return value;
}

void PlanDeleter::operator()(const Plan* plan) const { delete plan; }

PlanPointer compile(const config::Mapping& mapping, const config::Config& config,
                    const model::Catalogue& models, Findings& findings) {
  const std::size_t errors_before = findings.errors();
  const auto topic = TopicTemplate::parse(mapping.match.value);
  Compiler compiler{mapping,    config,      models, findings, capture_names(mapping, topic),
                    topic.ok(), std::nullopt};
  if (!mapping.time.zone.empty()) compiler.zone_minutes = parse_zone(mapping.time.zone);

  auto plan = std::make_unique<Plan>();
  plan->devices = &config.devices;
  plan->time_from = mapping.time.from.value;
  plan->zone_minutes = compiler.zone_minutes;
  plan->period_ms = mapping.period.count();
  for (const auto& [name, from] : mapping.capture)
    plan->payload_captures.emplace_back(name, from.value);
  plan->named_by_device = std::count_if(mapping.entities.begin(), mapping.entities.end(),
                                        [](const auto& rule) { return rule.is_main; }) == 1;
  for (const auto& rule : mapping.entities)
    if (auto entity = compile_entity(compiler, rule)) plan->entities.push_back(std::move(*entity));
  check_devices(compiler, *plan);
  compile_calibrations(config, *plan);
  if (findings.errors() > errors_before) return nullptr;
  return PlanPointer(plan.release());
}

std::vector<std::string> wanted_names(const config::Mapping& mapping) {
  std::set<std::string> names;
  names.insert(mapping.time.from.value);
  names.insert(mapping.counter.value);
  for (const auto& [capture, from] : mapping.capture) names.insert(from.value);
  for (const auto& entity : mapping.entities) {
    for (const auto& rule : entity.attributes)
      for (const auto& from : rule.from) names.insert(from.value);
    if (entity.location) {
      names.insert(entity.location->lon.value);
      names.insert(entity.location->lat.value);
    }
  }
  names.erase("");
  return {names.begin(), names.end()};
}

}  // namespace lamppost::mapping
