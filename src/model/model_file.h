// SPDX-License-Identifier: Apache-2.0
// One model file, TOML, named after its type: AirQualityObserved.toml
//
//   type     = "AirQualityObserved"        # required; name of the entity type
//   subject  = "dataModel.Environment"     # where the model comes from,
//   version  = "0.1.4"                     # its $schemaVersion,
//   context  = "https://..."               # and its @context; each broker's is configured
//   sentence = "Air quality at ..."        # for `lamppost models list`
//
//   [attributes]                           # required; everything an entity may carry
//   dateObserved  = { type = "date_time", required = true, fill = "observed_at" }
//   co            = { type = "number", min = 0, unit = ["GQ", "59"] }
//   windDirection = { type = "number", min = -180, max = 180, circular = true, unit = "DD" }
//   batteryLevel  = { type = "number", min = 0, max = 1, also = [-1], unit = "C62" }
//   category      = { type = "array", item = "string", values = ["fixed", "portable"] }
//   refDevice     = { kind = "Relationship", many = true }
//   location      = { kind = "GeoProperty", required = true }
//
//   kind      "Property" (default), "Relationship", "GeoProperty"
//   type      of a Property, required: number integer string uri boolean object array date_time any
//   item      type of an array's items; any when absent
//   min, max  inclusive; also: numbers allowed outside
//   circular  an angle; needs min and max, whose distance is the full turn
//   values    the only strings allowed; in an array, the only items
//   unit      Rec 20 code, or several of different dimensions with the preferred one first
//   many      of a Relationship: the schema wants an array, one target is sent
//   required  true: an entity without it does not leave
//   fill      observed_at period_start period_end: the mapping need not name it
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "core/finding.h"
#include "model/catalogue.h"

namespace lamppost::model {

// ETSI GS CIM 009, 4.6.2, without letters beyond ASCII, which brokers treat differently.
bool is_name(std::string_view text);

// nullopt after at least one error finding. Every mistake of the file is found, not the first only.
std::optional<EntityModel> read_model(const std::filesystem::path& file, Findings& findings);

}  // namespace lamppost::model
