// SPDX-License-Identifier: Apache-2.0
#include "model/geometry.h"

#include <cmath>

#include "core/json_text.h"

namespace lamppost::model {
namespace {

using Reason = std::optional<std::string>;

constexpr std::size_t kMinRingPositions = 4;  // a triangle whose last position closes it

Reason out_of_range(const char* name, double degrees, double limit) {
  if (std::abs(degrees) <= limit) return std::nullopt;
  std::string text = name;
  append_number(text += ' ', degrees);
  append_number(text += " is outside -", limit);
  append_number(text += "..", limit);
  return text;
}

Reason check_position(const Json& position) {
  if (!position.is_array() || position.size() < 2 || position.size() > 3)
    return "a position is an array of longitude, latitude and perhaps altitude";
  for (const auto& number : position)
    if (!number.is_number() || !std::isfinite(number.get<double>()))
      return "a position holds numbers only";
  if (auto reason = out_of_range("longitude", position[0].get<double>(), 180)) return reason;
  auto reason = out_of_range("latitude", position[1].get<double>(), 90);
  if (reason) *reason += "; longitude comes first";
  return reason;
}

Reason check_positions(const Json& positions, const char* whose, std::size_t at_least) {
  if (!positions.is_array() || positions.size() < at_least)
    return std::string(whose) + " needs at least " + std::to_string(at_least) + " positions";
  for (const auto& position : positions)
    if (auto reason = check_position(position)) return reason;
  return std::nullopt;
}

Reason check_polygon(const Json& rings) {
  if (!rings.is_array() || rings.empty()) return "a Polygon needs at least one ring";
  for (const auto& ring : rings) {
    if (auto reason = check_positions(ring, "a ring", kMinRingPositions)) return reason;
    if (ring.front() != ring.back()) return "a ring must end at its first position";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> check_geometry(const Json& geometry) {
  if (!geometry.is_object()) return "a GeoProperty holds a GeoJSON geometry";
  const auto type = geometry.find("type");
  const auto coordinates = geometry.find("coordinates");
  if (type == geometry.end() || coordinates == geometry.end())
    return "a GeoJSON geometry has type and coordinates";
  if (*type == "Point") return check_position(*coordinates);
  if (*type == "LineString") return check_positions(*coordinates, "a LineString", 2);
  if (*type == "Polygon") return check_polygon(*coordinates);
  return "only Point, LineString and Polygon are understood by every broker";
}

}  // namespace lamppost::model
