// SPDX-License-Identifier: Apache-2.0
// Decode and map: what `map` shows and what accept() stores, in one place.
#include <algorithm>
#include <map>
#include <utility>

#include "core/fingerprint.h"
#include "core/log.h"
#include "ingest/ingest.h"
#include "ngsi_ld/serialize.h"

namespace lamppost::ingest {
namespace {

const char* what_becomes_of_late(config::Late late) {
  switch (late) {
    case config::Late::kSend:
      return "sent even when newer has been stored";
    case config::Late::kTemporal:
      return "only into the broker's history once newer has been stored";
    case config::Late::kDrop:
      break;
  }
  return "dropped once newer has been stored";
}

void explain_decoded(const Observations& groups, mapping::Explanation* explanation) {
  if (explanation == nullptr) return;
  if (std::all_of(groups.begin(), groups.end(),
                  [](const auto& group) { return group.observations.empty(); }))
    explanation->push_back("decoded: nothing that this mapping asks for");
  for (const auto& group : groups)
    for (const auto& seen : group.observations)
      explanation->push_back(
          "decoded: " + printable(seen.name) + " = " +
          printable(seen.value.dump(-1, ' ', false, Json::error_handler_t::replace)) +
          (seen.unit.empty() ? "" : " " + seen.unit));
}

Yield::Entity finish(const Route& route, mapping::Mapped mapped) {
  Yield::Entity entity{&route, std::move(mapped), "", 0};
  if (entity.mapped.reason.empty())
    if (auto broken = ngsi_ld::check_id(entity.mapped.update.id)) {
      entity.mapped.reason = "id \"" + printable(entity.mapped.update.id) + "\": " + *broken;
      entity.mapped.pointer = "/id";
    }
  if (entity.mapped.open.empty()) entity.json = ngsi_ld::to_json(entity.mapped.update);
  return entity;
}

// A device does not measure twice at one time of its own, nor give one number to two readings of
// one entity. Equal bytes alone are no evidence: a value may stay as it is.
void add_evidence(Yield::Entity& entity, const Reading& reading, const ObservationGroup& group,
                  mapping::Explanation* explanation) {
  const auto& rules = *entity.route->mapping;
  const bool is_dated = entity.mapped.time_source != mapping::TimeSource::kArrival;
  const Observation* counted =
      rules.counter.value.empty() ? nullptr : group.find(rules.counter.value);
  if (rules.duplicate_window.count() > 0) {
    if (counted != nullptr && !counted->value.is_null())
      entity.evidence =
          Fingerprint()
              .add(rules.name)
              .add(entity.mapped.update.id)
              .add(counted->value.dump(-1, ' ', false, Json::error_handler_t::replace))
              .value();
    else if (is_dated)
      entity.evidence =
          Fingerprint().add(reading.source).add(reading.topic).add(reading.payload).value();
  }
  if (explanation == nullptr) return;
  if (is_dated) explanation->push_back(std::string("  late: ") + what_becomes_of_late(rules.late));
  if (entity.evidence != 0)
    explanation->push_back(
        "  duplicate: known again by " +
        (counted != nullptr ? printable(rules.counter.value) : std::string("its time and bytes")));
}

enum class Turn { kYes, kNo, kUnknownDevice };

// Whether a route with {profile} is for this device, which the topic names.
Turn turn_of(const Route& route, const config::Devices& devices,
             const mapping::Captures& captures) {
  if (!route.mapping->device_profile) return Turn::kYes;
  for (const auto& [name, value] : captures) {
    const auto found = devices.by_key.find(value);
    if (found == devices.by_key.end()) continue;
    return found->second.profile == *route.mapping->device_profile ? Turn::kYes : Turn::kNo;
  }
  return Turn::kUnknownDevice;
}

Error unknown_device(const config::Devices& devices, const mapping::Captures& captures) {
  std::string keys;
  for (const auto& [name, value] : captures) keys += (keys.empty() ? "" : ", ") + value;
  return {Fault::kMalformed,
          "device " + (keys.empty() ? "without a key" : printable(keys)) + " is not listed in " +
              devices.file->value + ", so its profile is not known",
          "device"};
}

void run_route(const Route& route, const Reading& reading, const mapping::Captures& captures,
               Yield& yield, mapping::Explanation* explanation) {
  auto groups = route.decode(reading);
  if (!groups) {
    yield.faults.emplace_back(&route, groups.error());
    return;
  }
  explain_decoded(*groups, explanation);
  const auto first = static_cast<std::ptrdiff_t>(yield.entities.size());
  for (const auto& group : *groups) {
    auto mapped = mapping::map(*route.plan, captures, group, reading.arrived, explanation);
    if (!mapped) {
      yield.faults.emplace_back(&route, mapped.error());
      continue;
    }
    for (auto& one : *mapped) {
      yield.entities.push_back(finish(route, std::move(one)));
      add_evidence(yield.entities.back(), reading, group, explanation);
    }
  }
  // Elements of an array may come in any order; an entity must not see time run backwards.
  std::stable_sort(yield.entities.begin() + first, yield.entities.end(),
                   [](const Yield::Entity& a, const Yield::Entity& b) {
                     return a.mapped.update.observed_at < b.mapped.update.observed_at;
                   });
}

}  // namespace

void complete_alone(Yield& yield, mapping::Explanation* explanation) {
  struct Alone : mapping::SeriesMemory {
    std::map<std::uint64_t, mapping::Track> tracks;
    std::optional<mapping::Track> recall(std::uint64_t key) override {
      const auto found = tracks.find(key);
      return found == tracks.end() ? std::nullopt : std::optional(found->second);
    }
    void remember(std::uint64_t key, const mapping::Track& track) override { tracks[key] = track; }
  } memory;
  for (auto& entity : yield.entities) {
    if (entity.mapped.open.empty()) continue;
    if (explanation != nullptr)
      explanation->push_back("beside earlier readings, of which only this payload's are known: " +
                             printable(entity.mapped.update.id));
    mapping::complete(entity.mapped, memory, explanation);
    entity.json = ngsi_ld::to_json(entity.mapped.update);
  }
  std::erase_if(yield.entities, [](const Yield::Entity& entity) {
    return entity.mapped.update.attributes.empty();
  });
}

Yield transform(const Pipeline& pipeline, const Reading& reading,
                mapping::Explanation* explanation) {
  Yield yield;
  mapping::Captures captures;
  for (const Route* route : pipeline.routes(reading.source)) {
    if (!route->topic.match(reading.topic, captures)) continue;
    const bool first = !std::exchange(yield.matched, true);
    const Turn turn = turn_of(*route, pipeline.config().devices, captures);
    if (turn == Turn::kUnknownDevice && first)
      yield.faults.emplace_back(route, unknown_device(pipeline.config().devices, captures));
    if (turn != Turn::kYes) continue;
    if (explanation != nullptr)
      explanation->push_back("mapping: " + route->mapping->name + " (match " +
                             route->mapping->match.value + ", format " +
                             route->mapping->format.value + ")");
    run_route(*route, reading, captures, yield, explanation);
  }
  return yield;
}

}  // namespace lamppost::ingest
