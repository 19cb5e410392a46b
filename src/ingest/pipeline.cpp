// SPDX-License-Identifier: Apache-2.0
#include "ingest/pipeline.h"

#include <algorithm>
#include <set>

#include "config/device_place.h"
#include "config/profile.h"
#include "core/suggest.h"
#include "drivers/catalogue.h"
#include "mapping/text_template.h"
#include "ngsi_ld/serialize.h"

namespace lamppost::ingest {
namespace {

using config::Located;

// Every observation name a mapping writes down, with its place.
std::vector<const Located<std::string>*> written_names(const config::Mapping& mapping) {
  std::vector<const Located<std::string>*> names{&mapping.time.from, &mapping.counter};
  for (const auto& [capture, from] : mapping.capture) names.push_back(&from);
  for (const auto& entity : mapping.entities) {
    for (const auto& rule : entity.attributes)
      for (const auto& from : rule.from) names.push_back(&from);
    if (entity.location) {
      names.push_back(&entity.location->lon);
      names.push_back(&entity.location->lat);
    }
  }
  std::erase_if(names, [](const auto* name) { return name->value.empty(); });
  return names;
}

Where place_of_option(const config::Mapping& mapping, const std::string& option) {
  if (option.starts_with('/') && mapping.layout != nullptr) return mapping.layout->where(option);
  const auto found = mapping.options.find(option);
  if (found != mapping.options.end()) return found->second.where;
  return option == "each" ? mapping.each.where : mapping.format.where;
}

// `decode` names neither a layout, which the loader would have put in its place, nor a format.
bool knows_decoder(const config::Mapping& mapping, const config::Config& config,
                   Findings& findings) {
  const auto found = mapping.options.find("decode");
  if (found == mapping.options.end() || !found->second.value.is_string()) return true;
  const auto name = found->second.value.get<std::string>();
  if (find_driver(name) != nullptr) return true;
  auto known = config::names_in(config.file, "layouts");
  const auto formats = driver_names();
  known.insert(known.end(), formats.begin(), formats.end());
  findings.error(found->second.where, "nothing decodes \"" + name + "\"", suggest(name, known));
  return false;
}

Decoder open_decoder(const config::Mapping& mapping, const config::Config& config,
                     Findings& findings) {
  if (mapping.format.value.empty()) return nullptr;  // already a finding
  const Driver* driver = find_driver(mapping.format.value);
  if (driver == nullptr) {
    findings.error(mapping.format.where, "unknown format \"" + mapping.format.value + "\"",
                   suggest(mapping.format.value, driver_names()));
    return nullptr;
  }
  if (!knows_decoder(mapping, config, findings)) return nullptr;
  const std::size_t errors_before = findings.errors();
  for (const auto* name : written_names(mapping))
    if (const auto complaint = driver->check_name(name->value); !complaint.empty())
      findings.error(name->where, complaint);
  if (findings.errors() > errors_before) return nullptr;
  DecoderOptions options{mapping::wanted_names(mapping), mapping.each.value, {}};
  for (const auto& [key, value] : mapping.options) options.extra.emplace(key, value.value);
  try {
    return driver->open(options);
  } catch (const OptionError& fault) {
    findings.error(place_of_option(mapping, fault.option()), fault.what());
    return nullptr;
  }
}

// An id that no reading could make valid is found now, with "x" for every capture.
void check_ids(const config::Mapping& mapping, bool sees_many_topics, Findings& findings) {
  for (const auto& entity : mapping.entities) {
    const auto text = mapping::TextTemplate::parse(entity.id.value);
    if (!text || entity.id.value.empty()) continue;  // already a finding
    mapping::Captures sample;
    for (const auto& name : text->capture_names()) sample.emplace_back(name, "x");
    if (const auto broken = ngsi_ld::check_id(*text->expand(sample)))
      findings.error(entity.id.where, "id \"" + entity.id.value + "\": " + *broken,
                     "ids look like urn:ngsi-ld:" + entity.model.value + ":{name}");
    else if (text->capture_names().empty() && sees_many_topics)
      findings.warning(entity.id.where, "every topic that matches writes one and the same entity",
                       "name the devices apart with a {capture} of match");
  }
}

void check_device_ids(const config::Devices& devices, Findings& findings) {
  config::DeviceMistakes mistakes(devices, findings);
  for (const auto& [key, device] : devices.by_key)
    if (!device.id.empty())
      if (const auto broken = ngsi_ld::check_id(device.id))
        mistakes.add(key, "id", "id \"" + device.id + "\": " + *broken);
}

std::set<std::string> used_models(const config::Config& config) {
  std::set<std::string> types;
  for (const auto& mapping : config.mappings)
    for (const auto& entity : mapping.entities) types.insert(entity.model.value);
  return types;
}

bool is_pattern(const std::string& filter) { return filter.find_first_of("+#") != filter.npos; }

std::unique_ptr<Route> compile_route(const config::Mapping& mapping, const config::Config& config,
                                     const model::Catalogue& models, Findings& findings) {
  auto topic = mapping::TopicTemplate::parse(mapping.match.value);
  if (!topic && !mapping.match.value.empty())
    findings.error(mapping.match.where,
                   "match \"" + mapping.match.value + "\" " + topic.error().text);
  Decoder decode = open_decoder(mapping, config, findings);
  auto plan = mapping::compile(mapping, config, models, findings);
  // devices.csv may give each device an id of its own.
  if (mapping.device_profile && topic && topic->capture_names().empty())
    findings.error(mapping.match.where, "match names no device, so its profile cannot be known",
                   "capture the key of devices.csv, such as \"lorawan/{device}/up\"");
  check_ids(mapping, topic && !config.devices.file && is_pattern(topic->filter()), findings);
  if (!topic || decode == nullptr || plan == nullptr) return nullptr;

  auto route = std::make_unique<Route>(
      Route{&mapping, std::move(*topic), std::move(decode), std::move(plan), {}});
  for (const auto& to : mapping.to) route->destinations.push_back(to.value);
  if (mapping.to.empty())
    for (const auto& broker : config.brokers) route->destinations.push_back(broker.name);
  return route;
}

// Two mappings that see the same topics and write the same attribute of the same entity would
// fight.
void check_conflict(const config::Mapping& first, const config::Mapping& second,
                    Findings& findings) {
  for (const auto& a : first.entities)
    for (const auto& b : second.entities) {
      if (a.model.value != b.model.value || a.id.value != b.id.value) continue;
      for (const auto& rule : b.attributes)
        for (const auto& other : a.attributes)
          if (rule.name.value == other.name.value)
            findings.error(rule.name.where,
                           "mappings \"" + first.name + "\" and \"" + second.name +
                               "\" both write " + rule.name.value + " of " + b.id.value,
                           "the other one is at " + other.name.where.file + ":" +
                               std::to_string(other.name.where.line));
    }
}

// Two mappings of one {profile}: a device has one or the other.
bool exclusive(const config::Mapping& first, const config::Mapping& second) {
  return first.device_profile && second.device_profile &&
         *first.device_profile != *second.device_profile;
}

void check_conflicts(const std::vector<std::unique_ptr<Route>>& routes, Findings& findings) {
  for (std::size_t i = 0; i < routes.size(); ++i)
    for (std::size_t j = i + 1; j < routes.size(); ++j)
      if (routes[i]->mapping->source.value == routes[j]->mapping->source.value &&
          !exclusive(*routes[i]->mapping, *routes[j]->mapping) &&
          mapping::overlap(routes[i]->topic.filter(), routes[j]->topic.filter()))
        check_conflict(*routes[i]->mapping, *routes[j]->mapping, findings);
}

}  // namespace

std::shared_ptr<const Pipeline> Pipeline::build(const std::filesystem::path& config_file,
                                                Findings& findings) {
  return build(config::load(config_file, findings), findings);
}

std::shared_ptr<const Pipeline> Pipeline::build(config::Config loaded, Findings& findings) {
  auto pipeline = std::make_shared<Pipeline>();
  pipeline->config_ = std::make_unique<config::Config>(std::move(loaded));
  const config::Config& config = *pipeline->config_;
  pipeline->models_ = std::make_unique<model::Catalogue>(model::Catalogue::load(
      config::data_dirs(config.file, "models"), used_models(config), findings));
  check_device_ids(config.devices, findings);
  for (const auto& mapping : config.mappings)
    if (auto route = compile_route(mapping, config, *pipeline->models_, findings))
      pipeline->routes_.push_back(std::move(route));
  check_conflicts(pipeline->routes_, findings);
  std::vector<const mapping::Plan*> plans;
  for (const auto& route : pipeline->routes_) plans.push_back(route->plan.get());
  if (findings.ok()) mapping::check_calibrations(config, plans, findings);
  if (!findings.ok()) return nullptr;
  for (const auto& route : pipeline->routes_)
    pipeline->by_source_[route->mapping->source.value].push_back(route.get());
  return pipeline;
}

const std::vector<const Route*>& Pipeline::routes(const std::string& source) const {
  static const std::vector<const Route*> kNone;
  const auto found = by_source_.find(source);
  return found == by_source_.end() ? kNone : found->second;
}

}  // namespace lamppost::ingest
