// SPDX-License-Identifier: Apache-2.0
// Decode and map: what `map` shows and what accept() stores, in one place.
#include <algorithm>

#include "core/log.h"
#include "ingest/ingest.h"
#include "ngsi_ld/serialize.h"

namespace lamppost::ingest {
namespace {

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
  Yield::Entity entity{&route, std::move(mapped), ""};
  if (entity.mapped.reason.empty())
    if (auto broken = ngsi_ld::check_id(entity.mapped.update.id)) {
      entity.mapped.reason = "id \"" + printable(entity.mapped.update.id) + "\": " + *broken;
      entity.mapped.pointer = "/id";
    }
  entity.json = ngsi_ld::to_json(entity.mapped.update);
  return entity;
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
    for (auto& one : *mapped) yield.entities.push_back(finish(route, std::move(one)));
  }
  // Elements of an array may come in any order; an entity must not see time run backwards.
  std::stable_sort(yield.entities.begin() + first, yield.entities.end(),
                   [](const Yield::Entity& a, const Yield::Entity& b) {
                     return a.mapped.update.observed_at < b.mapped.update.observed_at;
                   });
}

}  // namespace

Yield transform(const Pipeline& pipeline, const Reading& reading,
                mapping::Explanation* explanation) {
  Yield yield;
  mapping::Captures captures;
  for (const Route* route : pipeline.routes(reading.source)) {
    if (!route->topic.match(reading.topic, captures)) continue;
    yield.matched = true;
    if (explanation != nullptr)
      explanation->push_back("mapping: " + route->mapping->name + " (match " +
                             route->mapping->match.value + ", format " +
                             route->mapping->format.value + ")");
    run_route(*route, reading, captures, yield, explanation);
  }
  return yield;
}

}  // namespace lamppost::ingest
