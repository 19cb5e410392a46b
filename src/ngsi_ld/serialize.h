// SPDX-License-Identifier: Apache-2.0
// Entity update -> NGSI-LD normalized JSON (ETSI GS CIM 009, 4.5), the form every broker accepts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/entity_update.h"
#include "core/json.h"

namespace lamppost::ngsi_ld {

// {"id":..,"type":..,"<attr>":{"type":"Property","value":..,"unitCode":..,"observedAt":..},...}
// Every metadata field is written every time: brokers differ in what they keep of an old instance.
std::string to_json(const EntityUpdate& update);

// {"id":..,"type":..,"<attr>":value}: for people and for JSON Schema validation. A typed DateTime
// becomes its text, a GeoProperty its geometry, a Relationship its target.
Json to_key_values(const EntityUpdate& update);

// Rules of NGSI-LD that brokers enforce and a mapping could break (names 4.6.2, ids, characters).
// nullopt when fine, else a sentence.
std::optional<std::string> check_name(std::string_view attribute);
std::optional<std::string> check_id(std::string_view id);

}  // namespace lamppost::ngsi_ld
