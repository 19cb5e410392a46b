// SPDX-License-Identifier: Apache-2.0
// What the registry of OMA says of the objects that a city meets: TLV carries bytes, and only the
// object tells whether they are a number or text. Facts after the OMNA LwM2M registry (objects 1 to
// 7, the IPSO objects, water meter, valve, air quality, filling level); resources from 2048 on mean
// the same in every object.
#pragma once

#include <cstdint>
#include <string_view>

namespace lamppost::formats {

enum class Lwm2mType { kOpaque, kInteger, kFloat, kBoolean, kString, kTime, kLink };

struct Lwm2mResource {
  Lwm2mType type = Lwm2mType::kOpaque;  // also when nothing is known
  std::string_view unit;                // Rec 20, "" when the registry has none
};

inline constexpr std::uint16_t kSensorUnits = 5701;
inline constexpr std::uint16_t kTimestamp = 5518;            // s
inline constexpr std::uint16_t kFractionalTimestamp = 6050;  // s

Lwm2mResource lwm2m_resource(std::uint16_t object, std::uint16_t resource);

// The resource that carries the time of an object's other resources.
bool is_lwm2m_time(std::uint16_t object, std::uint16_t resource);

// Resources whose unit is what Sensor Units says.
bool is_in_sensor_units(std::uint16_t resource);

// The name of an object when `resource` is what it is about: "temperature" for 3303 and 5700; ""
// otherwise.
std::string_view lwm2m_name(std::uint16_t object, std::uint16_t resource);
bool is_lwm2m_name(std::string_view name);

}  // namespace lamppost::formats
