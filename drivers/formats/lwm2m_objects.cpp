// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/lwm2m_objects.h"

#include <algorithm>
#include <array>

namespace lamppost::formats {
namespace {

using Type = Lwm2mType;

constexpr std::uint16_t kAny = 0;  // object 0, Security, is never read

struct Known {
  std::uint16_t object, first, last;
  Type type;
  std::string_view unit;
};

// Of two that fit the first counts.
constexpr auto kResources = std::to_array<Known>({
    {1, 0, 5, Type::kInteger, ""},  // Server
    {1, 6, 6, Type::kBoolean, ""},
    {1, 7, 7, Type::kString, ""},
    {2, 0, 3, Type::kInteger, ""},  // Access Control
    {3, 0, 3, Type::kString, ""},   // Device
    {3, 6, 6, Type::kInteger, ""},
    {3, 7, 7, Type::kInteger, "2Z"},  // voltage of a power source
    {3, 8, 8, Type::kInteger, "4K"},  // current of a power source
    {3, 9, 9, Type::kInteger, "P1"},  // battery
    {3, 10, 11, Type::kInteger, ""},
    {3, 13, 13, Type::kTime, ""},
    {3, 14, 19, Type::kString, ""},
    {3, 20, 21, Type::kInteger, ""},
    {3, 22, 22, Type::kLink, ""},
    {4, 4, 5, Type::kString, ""},  // Connectivity Monitoring
    {4, 7, 7, Type::kString, ""},
    {4, 0, 14, Type::kInteger, ""},
    {5, 1, 1, Type::kString, ""},  // Firmware Update
    {5, 6, 7, Type::kString, ""},
    {5, 3, 9, Type::kInteger, ""},
    {6, 0, 1, Type::kFloat, "DD"},  // Location
    {6, 2, 3, Type::kFloat, "MTR"},
    {6, 5, 5, Type::kTime, ""},
    {6, 6, 6, Type::kFloat, "MTS"},
    {7, 0, 8, Type::kInteger, ""},      // Connectivity Statistics
    {3424, 1, 1, Type::kFloat, "MTQ"},  // Water meter
    {3424, 3, 3, Type::kString, ""},
    {3424, 4, 6, Type::kInteger, ""},
    {3424, 7, 8, Type::kFloat, "MQS"},
    {3424, 9, 13, Type::kBoolean, ""},
    {3425, 1, 4, Type::kInteger, "P1"},  // Irrigation valve
    {3425, 5, 5, Type::kInteger, ""},
    {3425, 6, 6, Type::kBoolean, ""},
    {3428, 1, 6, Type::kFloat, "GQ"},     // Air quality: particulates
    {3428, 7, 24, Type::kFloat, "59"},    // and gases
    {3435, 1, 1, Type::kInteger, "CMT"},  // Filling level
    {3435, 2, 2, Type::kFloat, "P1"},
    {3435, 3, 3, Type::kInteger, "CMT"},
    {3435, 4, 4, Type::kFloat, "P1"},
    {3435, 6, 6, Type::kFloat, "P1"},
    {3435, 8, 8, Type::kFloat, "P1"},
    {3435, 10, 11, Type::kTime, ""},
    {3435, 14, 14, Type::kInteger, "CMT"},
    {3435, 15, 15, Type::kString, ""},
    {3435, 16, 16, Type::kFloat, "MTQ"},
    {3435, 17, 18, Type::kString, ""},
    {3435, 19, 19, Type::kInteger, ""},
    {3435, 5, 23, Type::kBoolean, ""},
    {kAny, 5500, 5500, Type::kBoolean, ""},  // IPSO
    {kAny, 5501, 5501, Type::kInteger, ""},
    {kAny, 5502, 5502, Type::kBoolean, ""},
    {kAny, 5503, 5503, Type::kInteger, "C26"},
    {kAny, 5504, 5504, Type::kInteger, ""},
    {kAny, 5506, 5506, Type::kTime, ""},
    {kAny, 5507, 5507, Type::kFloat, "SEC"},
    {kAny, 5518, 5518, Type::kTime, ""},
    {kAny, 5521, 5521, Type::kFloat, "SEC"},
    {kAny, 5525, 5525, Type::kFloat, "SEC"},
    {kAny, 5526, 5526, Type::kInteger, ""},
    {kAny, 5534, 5534, Type::kInteger, ""},
    {kAny, 5538, 5538, Type::kFloat, "SEC"},
    {kAny, 5543, 5543, Type::kBoolean, ""},
    {kAny, 5544, 5544, Type::kFloat, "SEC"},
    {kAny, 5600, 5604, Type::kFloat, ""},
    {kAny, 5650, 5650, Type::kFloat, ""},
    {kAny, 5700, 5700, Type::kFloat, ""},
    {kAny, 5701, 5701, Type::kString, ""},
    {kAny, 5702, 5704, Type::kFloat, ""},
    {kAny, 5705, 5705, Type::kFloat, "DD"},
    {kAny, 5706, 5706, Type::kString, ""},
    {kAny, 5750, 5751, Type::kString, ""},
    {kAny, 5800, 5804, Type::kFloat, "WTT"},
    {kAny, 5805, 5805, Type::kFloat, "WHR"},
    {kAny, 5806, 5806, Type::kFloat, "WTT"},
    {kAny, 5810, 5814, Type::kFloat, "D44"},
    {kAny, 5815, 5815, Type::kFloat, ""},  // varh has no code
    {kAny, 5816, 5816, Type::kFloat, "D44"},
    {kAny, 5820, 5821, Type::kFloat, ""},
    {kAny, 5850, 5850, Type::kBoolean, ""},
    {kAny, 5851, 5851, Type::kInteger, "P1"},
    {kAny, 5852, 5852, Type::kInteger, "SEC"},
    {kAny, 5853, 5853, Type::kString, ""},
    {kAny, 5903, 5904, Type::kInteger, "C26"},
    {kAny, 6042, 6042, Type::kInteger, ""},
    {kAny, 6049, 6049, Type::kInteger, ""},
    {kAny, 6050, 6050, Type::kFloat, "SEC"},
    {kAny, 6051, 6052, Type::kFloat, "DD"},
    {kAny, 6053, 6053, Type::kFloat, "MTR"},
});

struct Named {
  std::uint16_t object, resource;
  std::string_view name;
};

constexpr auto kNames = std::to_array<Named>({
    {3200, 5500, "digital_input"},  {3202, 5600, "analog_input"}, {3203, 5650, "analog_output"},
    {3300, 5700, "generic_sensor"}, {3301, 5700, "illuminance"},  {3302, 5500, "presence"},
    {3303, 5700, "temperature"},    {3304, 5700, "humidity"},     {3305, 5800, "active_power"},
    {3306, 5850, "actuation"},      {3311, 5850, "light"},        {3315, 5700, "barometer"},
    {3316, 5700, "voltage"},        {3317, 5700, "current"},      {3318, 5700, "frequency"},
    {3322, 5700, "load"},           {3323, 5700, "pressure"},     {3324, 5700, "loudness"},
    {3325, 5700, "concentration"},  {3326, 5700, "acidity"},      {3327, 5700, "conductivity"},
    {3328, 5700, "power"},          {3330, 5700, "distance"},     {3331, 5700, "energy"},
    {3346, 5700, "rate"},           {3347, 5500, "push_button"},  {3424, 1, "water_volume"},
    {3435, 2, "filling"},
});

}  // namespace

Lwm2mResource lwm2m_resource(std::uint16_t object, std::uint16_t resource) {
  for (const Known& known : kResources)
    if ((known.object == object || known.object == kAny) && known.first <= resource &&
        resource <= known.last)
      return {known.type, known.unit};
  return {};
}

bool is_lwm2m_time(std::uint16_t object, std::uint16_t resource) {
  return resource == kTimestamp || (object == 6 && resource == 5);
}

bool is_in_sensor_units(std::uint16_t resource) {
  return (resource >= 5601 && resource <= 5604) || resource == 5700 ||
         (resource >= 5702 && resource <= 5704);
}

std::string_view lwm2m_name(std::uint16_t object, std::uint16_t resource) {
  for (const Named& named : kNames)
    if (named.object == object && named.resource == resource) return named.name;
  return "";
}

bool is_lwm2m_name(std::string_view name) {
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](const Named& named) { return named.name == name; });
}

}  // namespace lamppost::formats
