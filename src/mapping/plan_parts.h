// SPDX-License-Identifier: Apache-2.0
// What a compiled mapping consists of; private to this room.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mapping/calibration.h"
#include "mapping/plan.h"
#include "mapping/text_template.h"
#include "mapping/time_value.h"
#include "mapping/value_rule.h"

namespace lamppost::mapping {

struct EntityPlan {
  bool is_main = true;
  const model::EntityModel* model = nullptr;
  TextTemplate id;
  std::vector<ValueRule> rules;
  bool derives = false;                // one of them takes its value from others
  std::optional<Json> fixed_location;  // GeoJSON
  std::string lon_from, lat_from;      // "" = not from the payload
  std::vector<std::pair<const model::AttributeModel*, Json>> statics;
  std::vector<std::pair<std::string, TextTemplate>> relationships;
  std::vector<const model::AttributeModel*> filled;  // times that the model fills by itself
};

class Plan {
 public:
  const config::Devices* devices = nullptr;
  std::string time_from;
  std::optional<int> zone_minutes;
  std::int64_t period_ms = 0;
  std::vector<std::pair<std::string, std::string>> payload_captures;  // capture, observation name
  std::vector<EntityPlan> entities;
  Calibrations calibrations;     // empty when none is of its attributes
  bool named_by_device = false;  // the one main entity has the id that devices.csv gives
};

// A configured value in the form its attribute has: dates typed, single values in arrays.
Json as_static(const model::AttributeModel& attribute, const Json& value);

// [longitude, latitude] as GeoJSON (RFC 7946, 3.1.2).
Json point(const Json& lon_lat);

// Gives the plan those of its attributes.
void compile_calibrations(const config::Config& config, Plan& plan);

// Says which required attributes of the model nothing in the mapping sets (coverage.cpp).
void check_coverage(const config::Mapping& mapping, const config::EntityRule& rule,
                    const config::Devices& devices, const EntityPlan& plan, Findings& findings);

}  // namespace lamppost::mapping
