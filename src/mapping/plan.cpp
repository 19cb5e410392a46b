// SPDX-License-Identifier: Apache-2.0
#include "mapping/plan.h"

#include "core/log.h"
#include "mapping/run.h"

namespace lamppost::mapping {
namespace {

constexpr std::string_view kSourceNames[] = {"the device's clock", "the network server's clock",
                                             "the arrival at the gateway"};

std::optional<Timestamp> device_time(const Run& run) {
  const Plan& plan = run.plan;
  if (plan.time_from.empty()) return run.group.device_time;
  const Observation* seen = run.group.find(plan.time_from);
  if (seen == nullptr) return std::nullopt;
  const auto at = parse_time(seen->value, plan.zone_minutes);
  if (!at)
    run.explain([&] {
      const bool is_local = !plan.zone_minutes && parse_time(seen->value, 0);
      return "time: " + plan.time_from + " is " + printable(to_text(seen->value), 60) +
             (is_local ? ", a local time; zone = \"+01:00\" beside from would place it"
                       : ", no time");
    });
  return at;
}

// The fallback order device, network, arrival; what is not plausible is passed over.
void choose_time(Run& run, Timestamp arrived) {
  run.at = arrived;
  const std::optional<Timestamp> candidates[] = {device_time(run), run.group.network_time};
  for (const auto candidate : {TimeSource::kDevice, TimeSource::kNetwork}) {
    const auto& at = candidates[static_cast<int>(candidate)];
    if (!at) continue;
    if (!is_plausible(*at, arrived)) {
      run.implausible_time = true;
      run.explain([&] {
        return "time: " + to_iso8601(*at) + " of " +
               std::string(kSourceNames[static_cast<int>(candidate)]) + " is not plausible";
      });
      continue;
    }
    run.at = *at;
    run.time_source = candidate;
    break;
  }
  run.explain([&] {
    return "time: " + to_iso8601(run.at) + " from " +
           std::string(kSourceNames[static_cast<int>(run.time_source)]);
  });
}

void capture_from_payload(Run& run) {
  for (const auto& [name, from] : run.plan.payload_captures) {
    const Observation* seen = run.group.find(from);
    if (seen != nullptr && !seen->value.is_null() && !seen->value.is_structured())
      run.captures.emplace_back(name, to_text(seen->value));
  }
  if (!run.group.device.empty()) run.captures.emplace_back("device", run.group.device);
}

// The row of devices.csv this group belongs to: by the decoded device id, else by any capture.
Result<void> find_device(Run& run) {
  const config::Devices& devices = *run.plan.devices;
  if (!devices.file) return {};
  for (auto capture = run.captures.rbegin(); capture != run.captures.rend(); ++capture) {
    const auto found = devices.by_key.find(capture->second);
    if (found == devices.by_key.end()) continue;
    run.device = &found->second;
    run.explain([&] { return "device: " + run.device->key + " of " + devices.file->value; });
    return {};
  }
  if (devices.unknown == config::UnknownDevice::kMap) return {};
  std::string keys;
  for (const auto& [name, value] : run.captures) keys += (keys.empty() ? "" : ", ") + value;
  return Error{Fault::kMalformed,
               "device " + (keys.empty() ? "without a key" : printable(keys)) +
                   " is not listed in " + devices.file->value,
               "device"};
}

void add(EntityUpdate& update, std::string name, AttributeKind kind, Json value) {
  update.attributes.push_back({std::move(name), kind, std::move(value), "", std::nullopt});
}

// Payload, then devices.csv, then the mapping's fixed place.
Result<void> add_location(const Run& run, const EntityPlan& entity, EntityUpdate& update) {
  if (!entity.lon_from.empty()) {
    const Observation* lon = run.group.find(entity.lon_from);
    const Observation* lat = run.group.find(entity.lat_from);
    if (lon != nullptr && lat != nullptr && !lon->value.is_null() && !lat->value.is_null()) {
      const auto x = to_number(lon->value), y = to_number(lat->value);
      if (!x || !y)
        return Error{Fault::kMalformed,
                     (x ? entity.lat_from : entity.lon_from) + " is no coordinate",
                     x ? entity.lat_from : entity.lon_from};
      add(update, "location", AttributeKind::kGeoProperty, point(Json::array({*x, *y})));
      update.attributes.back().observed_at = run.at;
      return {};
    }
  }
  if (run.device != nullptr && run.device->location && entity.model->find("location") != nullptr)
    add(update, "location", AttributeKind::kGeoProperty, point(*run.device->location));
  else if (entity.fixed_location)
    add(update, "location", AttributeKind::kGeoProperty, *entity.fixed_location);
  return {};
}

Result<void> add_relationships(const Run& run, const EntityPlan& entity, EntityUpdate& update) {
  for (const auto& [name, target] : entity.relationships) {
    auto id = target.expand(run.captures);
    if (!id) return Error{Fault::kMalformed, name + ": " + id.error().text, ""};
    add(update, name, AttributeKind::kRelationship, std::move(*id));
  }
  return {};
}

void add_statics(const Run& run, const EntityPlan& entity, EntityUpdate& update) {
  for (const auto& [attribute, value] : entity.statics)
    add(update, attribute->name, attribute->kind, value);
  if (run.device == nullptr) return;
  for (const auto& [name, value] : run.device->statics) {
    const auto* attribute = entity.model->find(name);
    if (attribute == nullptr || value.is_null()) continue;
    // What the table says of this one device beats what the mapping says of all.
    std::erase_if(update.attributes,
                  [&name = name](const Attribute& seen) { return seen.name == name; });
    add(update, name, attribute->kind, as_static(*attribute, value));
  }
}

// dateObserved and its kin, where the mapping does not set them itself.
void add_times(const Run& run, const EntityPlan& entity, EntityUpdate& update) {
  for (const auto* attribute : entity.filled) {
    Timestamp at = run.at;
    if (attribute->fill == model::Fill::kPeriodStart) at.ms -= run.plan.period_ms;
    add(update, attribute->name, AttributeKind::kProperty,
        attribute->type == model::JsonType::kDateTime ? date_time(at) : Json(to_iso8601(at)));
  }
}

Result<Mapped> map_entity(const Run& run, const EntityPlan& entity) {
  Mapped mapped;
  EntityUpdate& update = mapped.update;
  update.type = entity.model->type;
  update.observed_at = run.at;
  update.attributes.reserve(entity.rules.size() + entity.relationships.size() +
                            entity.statics.size() + entity.filled.size() + 1);
  mapped.time_source = run.time_source;
  mapped.implausible_time = run.implausible_time;
  mapped.device = run.device;
  mapped.is_main = entity.is_main;
  if (run.device != nullptr && !run.device->id.empty() && run.plan.named_by_device &&
      entity.is_main) {
    update.id = run.device->id;
  } else {
    auto id = entity.id.expand(run.captures);
    if (!id) return Error{Fault::kMalformed, "id: " + id.error().text, ""};
    update.id = std::move(*id);
  }
  run.explain([&] { return "entity: " + printable(update.id); });
  if (auto done = add_observed(run, entity, mapped); !done) return done.error();
  for (const auto step : {add_location, add_relationships})
    if (auto done = step(run, entity, update); !done) return done.error();
  if (entity.derives && mapped.open.empty()) add_derived(entity, update, run.explanation);
  // Statics and times alone are no news: a partial message that holds nothing of ours sends
  // nothing. A rule that looks for nothing in the payload says "this device was heard" and is
  // always news.
  bool observed = entity.rules.empty() && entity.lon_from.empty();
  for (const auto& attribute : update.attributes) observed |= attribute.observed_at.has_value();
  if (!observed) {
    run.explain([] { return "  nothing observed, nothing to send"; });
    update.attributes.clear();
    return mapped;
  }
  add_statics(run, entity, update);
  add_times(run, entity, update);
  if (mapped.open.empty())
    check_entity(*entity.model, mapped);
  else
    mapped.plan = &entity;
  return mapped;
}

}  // namespace

void check_entity(const model::EntityModel& model, Mapped& mapped) {
  if (const auto broken = model::check(model, mapped.update)) {
    mapped.reason = broken->reason;
    mapped.pointer = broken->pointer;
  }
}

Json point(const Json& lon_lat) { return Json{{"type", "Point"}, {"coordinates", lon_lat}}; }

Result<std::vector<Mapped>> map(const Plan& plan, const Captures& topic_captures,
                                const ObservationGroup& group, Timestamp arrived,
                                Explanation* explanation) {
  Run run{plan, group, topic_captures};
  run.at = arrived;
  run.explanation = explanation;
  capture_from_payload(run);
  for (const auto& capture : run.captures)
    run.explain([&] { return "capture: " + capture.first + " = " + printable(capture.second); });
  if (auto found = find_device(run); !found) return found.error();
  choose_time(run, arrived);
  if (!plan.calibrations.empty()) run.calibrations = plan.calibrations.find(run.captures);
  std::vector<Mapped> all;
  for (const EntityPlan& entity : plan.entities) {
    auto mapped = map_entity(run, entity);
    if (!mapped) return mapped.error();
    if (!mapped->update.attributes.empty()) all.push_back(std::move(*mapped));
  }
  return all;
}

bool is_unknown_device(const Error& error) { return error.pointer == "device"; }

}  // namespace lamppost::mapping
