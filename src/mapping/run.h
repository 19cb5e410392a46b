// SPDX-License-Identifier: Apache-2.0
// One group on its way through a plan; private to this room.
#pragma once

#include "mapping/plan_parts.h"

namespace lamppost::mapping {

// One call of map(): what all its steps share.
struct Run {
  const Plan& plan;
  const ObservationGroup& group;
  Captures captures;
  const config::Device* device = nullptr;
  const DeviceCalibrations* calibrations = nullptr;
  Timestamp at{};
  TimeSource time_source = TimeSource::kArrival;
  bool implausible_time = false;
  Explanation* explanation = nullptr;

  // Takes how to make the line: nearly every reading comes without anybody asking for it.
  template <typename MakeLine>
  void explain(MakeLine make_line) const {
    if (explanation != nullptr) explanation->push_back(make_line());
  }
};

// What the payload says. kMalformed: one of the values cannot be its attribute.
Result<void> add_observed(const Run& run, const EntityPlan& entity, Mapped& mapped);

// What follows from what is in the update already.
void add_derived(const EntityPlan& entity, EntityUpdate& update, Explanation* explanation);

// Sets reason and pointer when the entity may not leave.
void check_entity(const model::EntityModel& model, Mapped& mapped);

}  // namespace lamppost::mapping
