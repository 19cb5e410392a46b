// SPDX-License-Identifier: Apache-2.0
// Mappings written in a few words, compiled against the real catalogue.
#pragma once

#include <doctest/doctest.h>

#include "mapping/plan.h"
#include "ngsi_ld/serialize.h"

namespace lamppost::mapping {

constexpr Timestamp kNoon{1'772'366'400'000};  // 2026-03-01T12:00:00Z

inline const model::Catalogue& catalogue() {
  static const model::Catalogue kCatalogue = [] {
    Findings findings;
    auto loaded = model::Catalogue::load({LAMPPOST_SOURCE_DIR "/config/models"}, findings);
    REQUIRE_MESSAGE(findings.ok(), findings.to_text());
    return loaded;
  }();
  return kCatalogue;
}

inline config::Located<std::string> here(std::string text, int line = 1) {
  return {std::move(text), {"test.toml", line, 1, "a line"}};
}

inline config::AttributeRule rule(const std::string& name, const std::string& from,
                                  const std::string& unit = "") {
  config::AttributeRule result;
  result.name = here(name);
  result.from = {here(from)};
  result.unit = here(unit);
  return result;
}

// An air quality station; tests change what they are about.
struct Setup {
  config::Config config;
  config::Mapping mapping;
  config::EntityRule& entity;
  Findings findings;

  Setup() : entity((mapping.entities.reserve(4), mapping.entities.emplace_back())) {
    mapping.name = "air";
    mapping.match = here("air/{station}/state");
    entity.model = here("AirQualityObserved");
    entity.id = here("urn:ngsi-ld:AirQualityObserved:{station}");
    entity.location = config::LocationRule{};
    entity.location->fixed = Json::array({4.4025, 51.2194});
  }

  PlanPointer compiled() { return compile(mapping, config, catalogue(), findings); }

  Result<std::vector<Mapped>> run(const ObservationGroup& group,
                                  Explanation* explanation = nullptr) {
    plan_ = compiled();
    REQUIRE_MESSAGE(plan_ != nullptr, findings.to_text());
    return map(*plan_, {{"station", "s1"}}, group, kNoon, explanation);
  }

 private:
  PlanPointer plan_;
};

inline ObservationGroup group(std::vector<Observation> observations) {
  return {"", std::nullopt, std::nullopt, std::move(observations)};
}

// The one entity that came out, as key-values.
inline Json only(const Result<std::vector<Mapped>>& mapped) {
  REQUIRE_MESSAGE(mapped.ok(), mapped.error().text);
  REQUIRE(mapped->size() == 1);
  REQUIRE_MESSAGE((*mapped)[0].reason == "", (*mapped)[0].pointer, ": ", (*mapped)[0].reason);
  return ngsi_ld::to_key_values((*mapped)[0].update);
}

}  // namespace lamppost::mapping
