// SPDX-License-Identifier: Apache-2.0
// One entity's new state in the terms of a Smart Data Model, ready to be checked and serialised.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/timestamp.h"

namespace lamppost {

// ETSI GS CIM 009, 4.5: the three attribute kinds that every broker knows.
enum class AttributeKind { kProperty, kRelationship, kGeoProperty };

// A property of a property (ETSI GS CIM 009, 4.5.2): what is said of a value beside the value.
struct SubProperty {
  std::string name;
  Json value;
  std::string unit_code;  // Rec 20, "" when it has no unit
};

struct Attribute {
  std::string name;  // short term of the model's @context
  AttributeKind kind = AttributeKind::kProperty;
  Json value;  // Property: value; Relationship: target URI; GeoProperty: GeoJSON geometry
  std::string unit_code;  // UN/CEFACT Rec 20, only on a Property, "" when it has no unit
  std::optional<Timestamp> observed_at;  // set on everything measured, absent on static facts
  std::vector<SubProperty> details = {};
};

struct EntityUpdate {
  std::string id;    // urn:ngsi-ld:<Type>:<local>
  std::string type;  // name of the model
  Timestamp observed_at;
  std::vector<Attribute> attributes;  // each name once
};

}  // namespace lamppost
