// SPDX-License-Identifier: Apache-2.0
// GeoJSON as brokers take it (RFC 7946; ETSI GS CIM 009, 4.7): Point, LineString or Polygon in
// WGS84, longitude first, degrees. MongoDB-backed brokers refuse coordinates out of range when they
// index, long after the upsert was accepted in form.
#pragma once

#include <optional>
#include <string>

#include "core/json.h"

namespace lamppost::model {

// nullopt when it is such a geometry, else a sentence.
std::optional<std::string> check_geometry(const Json& geometry);

}  // namespace lamppost::model
