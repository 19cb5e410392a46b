// SPDX-License-Identifier: Apache-2.0
// A mapping compiled for use: pure functions from observations to entity updates. Everything that
// can be wrong with a mapping is found when it is compiled; at run time only the data can be.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "core/entity_update.h"
#include "core/finding.h"
#include "core/observation.h"
#include "core/result.h"
#include "mapping/series.h"
#include "model/catalogue.h"

namespace lamppost::mapping {

// Capture name -> text, from the topic and from the payload.
using Captures = std::vector<std::pair<std::string, std::string>>;

// Which clock a time came from; kept for --explain and status.
enum class TimeSource { kDevice, kNetwork, kArrival };

struct ValueRule;
struct EntityPlan;

// A value of a Mapped that only its earlier readings can finish.
struct OpenValue {
  const ValueRule* rule;
  Observation seen;
  double number;  // a count, or the value as it leaves, not rounded
  bool is_sentinel;
};

// An entity that came out, or why it may not leave.
struct Mapped {
  EntityUpdate update;
  std::string reason;   // "" = good; else the violation, for the dead letter
  std::string pointer;  // RFC 6901 pointer that goes with the reason
  TimeSource time_source = TimeSource::kArrival;
  bool implausible_time = false;           // a time that came along was passed over
  const config::Device* device = nullptr;  // its row of devices.csv
  bool is_main = true;                     // of devices.csv's id, not an entity beside it
  // Not empty: complete() has still to be called, and the update is not checked before.
  std::vector<OpenValue> open = {};
  const EntityPlan* plan = nullptr;  // with `open`
  // What complete() found, for the books: words that last as long as the program, each once.
  std::vector<std::string_view> notes = {};
};

// Everything the stages say when somebody asked (--explain). One line a step.
using Explanation = std::vector<std::string>;

class Plan;  // immutable, thread-safe
struct PlanDeleter {
  void operator()(const Plan* plan) const;
};
using PlanPointer = std::unique_ptr<const Plan, PlanDeleter>;

// Compiles one mapping; nullptr when `findings` got an error. `config` and `models` must outlive
// it.
PlanPointer compile(const config::Mapping& mapping, const config::Config& config,
                    const model::Catalogue& models, Findings& findings);

// Observation names that the plan looks up, each once: what the decoder has to find.
std::vector<std::string> wanted_names(const config::Mapping& mapping);

// Reports every [[calibration]] that is of no attribute of these plans that is a number and comes
// from the payload.
void check_calibrations(const config::Config& config, const std::vector<const Plan*>& plans,
                        Findings& findings);

// Maps one group. Device facts come from devices.csv by the plan's key capture.
// kMalformed: the group cannot become an entity (a capture is missing, an id has a bad character, a
// value does not convert). kRefused is never returned. An unknown device with unknown = "hold" or
// "reject" gives an Error whose pointer is "device" (see is_unknown_device).
Result<std::vector<Mapped>> map(const Plan& plan, const Captures& topic_captures,
                                const ObservationGroup& group, Timestamp arrived,
                                Explanation* explanation = nullptr);

// Finishes what is open: differences of counters, checks in a series, `quality`, what is derived,
// and the check against the model. `memory` learns of the reading unless the entity is dead. An
// update without attributes has nothing to send.
void complete(Mapped& mapped, SeriesMemory& memory, Explanation* explanation = nullptr);

bool is_unknown_device(const Error& error);

}  // namespace lamppost::mapping
