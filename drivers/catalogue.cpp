// SPDX-License-Identifier: Apache-2.0
// The list. A new driver is one line among the declarations, one line in kDrivers, and its source
// in drivers/formats/CMakeLists.txt; README.md here has the five steps.
#include "drivers/catalogue.h"

#include <algorithm>
#include <array>

namespace lamppost {

extern const Driver kJson;          // formats/json.cpp
extern const Driver kBytes;         // formats/bytes.cpp
extern const Driver kLorawan;       // formats/lorawan.cpp
extern const Driver kText;          // formats/text.cpp
extern const Driver kSenml;         // formats/senml.cpp
extern const Driver kUltralight;    // formats/ultralight.cpp
extern const Driver kCayenneLpp;    // formats/cayenne_lpp.cpp
extern const Driver kIotaJson;      // formats/iota_json.cpp
extern const Driver kLwm2m;         // formats/lwm2m.cpp
extern const Driver kDsmrP1;        // formats/dsmr_p1.cpp
extern const Driver kSparkplugB;    // formats/sparkplug_b.cpp
extern const Driver kOcpp;          // formats/ocpp.cpp
extern const Driver kSensorthings;  // formats/sensorthings.cpp

namespace {

constexpr auto kDrivers = std::to_array<const Driver*>({
    &kJson,
    &kBytes,
    &kLorawan,
    &kText,
    &kSenml,
    &kUltralight,
    &kCayenneLpp,
    &kIotaJson,
    &kLwm2m,
    &kDsmrP1,
    &kSparkplugB,
    &kOcpp,
    &kSensorthings,
});

}  // namespace

std::span<const Driver* const> drivers() { return kDrivers; }

const Driver* find_driver(std::string_view name) {
  const auto found = std::find_if(kDrivers.begin(), kDrivers.end(),
                                  [&](const Driver* driver) { return driver->name == name; });
  return found == kDrivers.end() ? nullptr : *found;
}

std::vector<std::string> driver_names() {
  std::vector<std::string> names;
  for (const Driver* driver : kDrivers) names.emplace_back(driver->name);
  return names;
}

}  // namespace lamppost
