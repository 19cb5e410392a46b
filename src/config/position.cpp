// SPDX-License-Identifier: Apache-2.0
// Positions in WGS84, longitude first, as GeoJSON has them (RFC 7946, 3.1.1).
#include <cmath>

#include "config/section.h"
#include "config/wording.h"

namespace lamppost::config {
namespace {

bool in_range(double longitude, double latitude) {
  return std::abs(longitude) <= 180 && std::abs(latitude) <= 90;
}

std::optional<double> number(const toml::node& node) {
  const auto value = node.value<double>();
  if (!node.is_number() || !value || !std::isfinite(*value)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Json> read_position(Loading& loading, std::string_view key, const toml::node& node) {
  const auto* pair = node.as_array();
  const Where at = loading.documents.where(node);
  const std::string name(key);
  if (pair == nullptr || pair->size() != 2 || !number(*pair->get(0)) || !number(*pair->get(1))) {
    loading.findings.error(at, name + ": expected two numbers, [longitude, latitude]",
                           "such as [4.4025, 51.2194]");
    return std::nullopt;
  }
  const double longitude = *number(*pair->get(0)), latitude = *number(*pair->get(1));
  Json position = to_json(node);
  if (in_range(longitude, latitude)) return position;
  // Most maps show latitude first, so the usual mistake is the order.
  const bool swapped = in_range(latitude, longitude);
  const Json other = Json::array({position[1], position[0]});
  loading.findings.error(at, name + ": longitude goes from -180 to 180 and latitude from -90 to 90",
                         swapped ? "longitude comes first: " + other.dump() : "");
  return std::nullopt;
}

}  // namespace lamppost::config
