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
// Attributes in their order. Whatever metadata an attribute has is written every time: brokers
// differ in what they keep of an old instance. For updates that passed model::check(): no null, no
// NaN, each name once.
std::string to_json(const EntityUpdate& update);

// {"id":..,"type":..,"<attr>":value}: for people and for JSON Schema validation. A typed DateTime
// becomes its text, a GeoProperty its geometry, a Relationship its target.
Json to_key_values(const EntityUpdate& update);

// Rules of NGSI-LD that brokers enforce and a mapping could break. nullopt when fine, else a
// sentence. Names: ETSI GS CIM 009, 4.6.2, in ASCII, without the words NGSI-LD uses itself.
std::optional<std::string> check_name(std::string_view attribute);
// Ids: urn:ngsi-ld:<Type>:<local>, local part of A-Z a-z 0-9 _ . : -, at most 256 characters. All
// brokers take these; beyond them each has its own alphabet.
std::optional<std::string> check_id(std::string_view id);

}  // namespace lamppost::ngsi_ld
