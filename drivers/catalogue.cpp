// SPDX-License-Identifier: Apache-2.0
// The list. A new driver is one line in LAMPPOST_DRIVERS, and its source in
// drivers/formats/CMakeLists.txt; README.md here has the five steps.
#include "drivers/catalogue.h"

#include <algorithm>
#include <array>

namespace lamppost {

// In the order in which people see them. kSparkplugB is at the end of formats/sparkplug_b.cpp.
// clang-format off
#define LAMPPOST_DRIVERS(driver) \
  driver(kJson) \
  driver(kBytes) \
  driver(kLorawan) \
  driver(kText) \
  driver(kSenml) \
  driver(kUltralight) \
  driver(kCayenneLpp) \
  driver(kIotaJson) \
  driver(kLwm2m) \
  driver(kDsmrP1) \
  driver(kSparkplugB) \
  driver(kOcpp) \
  driver(kMbus) \
  driver(kNmea0183) \
  driver(kSensorthings)
// clang-format on

#define LAMPPOST_DECLARE(driver) extern const Driver driver;
LAMPPOST_DRIVERS(LAMPPOST_DECLARE)

namespace {

#define LAMPPOST_ADDRESS(driver) &(driver),
constexpr auto kDrivers = std::to_array<const Driver*>({LAMPPOST_DRIVERS(LAMPPOST_ADDRESS)});

}  // namespace

std::span<const Driver* const> drivers() { return kDrivers; }

const Driver* find_driver(std::string_view name) {
  const auto found = std::find_if(kDrivers.begin(), kDrivers.end(),
                                  [&](const Driver* driver) { return driver->name == name; });
  return found == kDrivers.end() ? nullptr : *found;
}

std::vector<std::string> driver_names() {
  std::vector<std::string> names;
  names.reserve(kDrivers.size());
  for (const Driver* driver : kDrivers) names.emplace_back(driver->name);
  return names;
}

}  // namespace lamppost
