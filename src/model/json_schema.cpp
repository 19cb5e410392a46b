// SPDX-License-Identifier: Apache-2.0
#include "model/json_schema.h"

#include <string>

namespace lamppost::model {
namespace {

constexpr const char* kDialect = "https://json-schema.org/draft/2020-12/schema";

Json uri() { return {{"type", "string"}, {"format", "uri"}}; }

Json point_line_or_polygon() {
  return {{"type", "object"},
          {"required", {"type", "coordinates"}},
          {"properties",
           {{"type", {{"enum", {"Point", "LineString", "Polygon"}}}},
            {"coordinates", {{"type", "array"}}}}}};
}

Json of_type(JsonType type) {
  switch (type) {
    case JsonType::kAny:
      return Json::object();
    case JsonType::kNumber:
      return {{"type", "number"}};
    case JsonType::kInteger:
      return {{"type", "integer"}};
    case JsonType::kString:
      return {{"type", "string"}};
    case JsonType::kUri:
      return uri();
    case JsonType::kBoolean:
      return {{"type", "boolean"}};
    case JsonType::kObject:
      return {{"type", "object"}};
    case JsonType::kArray:
      return {{"type", "array"}, {"minItems", 1}};
    case JsonType::kDateTime:
      return {{"type", "string"}, {"format", "date-time"}};
  }
  return Json::object();
}

Json range_of(const AttributeModel& attribute) {
  Json range = Json::object();
  if (attribute.min) range["minimum"] = *attribute.min;
  if (attribute.max) range["maximum"] = *attribute.max;
  return range;
}

Json property_of(const AttributeModel& attribute) {
  Json schema = of_type(attribute.type);
  if (attribute.type == JsonType::kArray) {
    schema["items"] = of_type(attribute.item);
    if (!attribute.values.empty()) {
      schema["items"]["enum"] = attribute.values;
      schema["uniqueItems"] = true;
    }
    return schema;
  }
  const Json range = range_of(attribute);
  if (attribute.type == JsonType::kAny && (!range.empty() || !attribute.values.empty())) {
    Json word{{"type", "string"}}, number{{"type", "number"}};
    if (!attribute.values.empty()) word["enum"] = attribute.values;
    number.update(range);
    return {{"anyOf", {word, number}}};
  }
  if (!attribute.values.empty()) schema["enum"] = attribute.values;
  if (attribute.also.empty()) {
    schema.update(range);
    return schema;
  }
  return {{"type", schema["type"]}, {"anyOf", {range, {{"enum", attribute.also}}}}};
}

Json schema_of(const AttributeModel& attribute) {
  if (attribute.kind == AttributeKind::kGeoProperty) return point_line_or_polygon();
  if (attribute.kind == AttributeKind::kRelationship) {
    Json schema = uri();
    schema["description"] = "Relationship";
    return schema;
  }
  Json schema = property_of(attribute);
  std::string units = attribute.unit;
  for (const auto& other : attribute.other_units) units += " or " + other;
  if (!units.empty()) schema["description"] = "unitCode " + units;
  return schema;
}

Json bare_schema(const EntityModel& model) {
  Json properties{{"id", uri()}, {"type", {{"const", model.type}}}, {"@context", Json::object()}};
  Json required{"id", "type"};
  for (const auto& attribute : model.attributes) {
    properties[attribute.name] = schema_of(attribute);
    if (attribute.required) required.push_back(attribute.name);
  }
  return {{"title", model.type},  {"description", model.sentence}, {"type", "object"},
          {"required", required}, {"properties", properties},      {"additionalProperties", false}};
}

}  // namespace

Json to_json_schema(const EntityModel& model) {
  Json schema = bare_schema(model);
  schema["$schema"] = kDialect;
  schema["$comment"] = model.subject + " " + model.version;
  return schema;
}

Json to_json_schema(const std::vector<const EntityModel*>& models) {
  Json types = Json::array(), rules = Json::array(), definitions = Json::object();
  for (const auto* model : models) {
    types.push_back(model->type);
    definitions[model->type] = bare_schema(*model);
    rules.push_back({{"if", {{"properties", {{"type", {{"const", model->type}}}}}}},
                     {"then", {{"$ref", "#/$defs/" + model->type}}}});
  }
  return {{"$schema", kDialect},
          {"title", "Entities of " + std::to_string(models.size()) + " Smart Data Models"},
          {"type", "object"},
          {"required", {"id", "type"}},
          {"properties", {{"type", {{"enum", types}}}}},
          {"allOf", rules},
          {"$defs", definitions}};
}

}  // namespace lamppost::model
