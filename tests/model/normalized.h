// SPDX-License-Identifier: Apache-2.0
// Reads NGSI-LD normalized entities back into updates, so that one file of entities serves the
// model's check, the serialiser and the schema validator alike.
#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/entity_update.h"

namespace lamppost::test {

using OrderedJson = nlohmann::ordered_json;  // attributes keep the order of the file

inline OrderedJson read_json(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot open " + file);
  return OrderedJson::parse(in);
}

inline Attribute attribute_of(const std::string& name, const OrderedJson& body) {
  Attribute attribute;
  attribute.name = name;
  const std::string kind = body.at("type");
  if (kind == "Relationship") attribute.kind = AttributeKind::kRelationship;
  if (kind == "GeoProperty") attribute.kind = AttributeKind::kGeoProperty;
  attribute.value = Json::parse(body.at(kind == "Relationship" ? "object" : "value").dump());
  attribute.unit_code = body.value("unitCode", "");
  if (body.contains("observedAt"))
    attribute.observed_at = parse_rfc3339(body.at("observedAt").get<std::string>());
  return attribute;
}

inline EntityUpdate update_of(const OrderedJson& entity) {
  EntityUpdate update;
  for (const auto& [key, value] : entity.items()) {
    if (key == "id")
      update.id = value;
    else if (key == "type")
      update.type = value;
    else
      update.attributes.push_back(attribute_of(key, value));
  }
  return update;
}

}  // namespace lamppost::test
