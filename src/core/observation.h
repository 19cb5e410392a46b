// SPDX-License-Identifier: Apache-2.0
// What a decoder finds in a Reading: named values with meaning, before any model is involved.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/timestamp.h"

namespace lamppost {

struct Observation {
  std::string name;  // the decoder's name for it: a JSON pointer, a SenML name, an Ultralight key
  Json value;        // never NaN or infinite; null when the device said "no value"
  std::string unit;  // UN/CEFACT Rec 20 code when the payload says one, else ""
};

// Observations that belong together: same device, same time (one element of an array payload, all
// SenML records of one time). Groups come in payload order.
struct ObservationGroup {
  std::string device;                     // device id that the payload carries, "" when none
  std::optional<Timestamp> device_time;   // the device's own clock
  std::optional<Timestamp> network_time;  // the network server's clock
  std::vector<Observation> observations;

  const Observation* find(std::string_view name) const {
    for (const auto& seen : observations)
      if (seen.name == name) return &seen;
    return nullptr;
  }
};

using Observations = std::vector<ObservationGroup>;

}  // namespace lamppost
