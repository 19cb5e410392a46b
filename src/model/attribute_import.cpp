// SPDX-License-Identifier: Apache-2.0
#include "model/attribute_import.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/ascii.h"
#include "core/log.h"
#include "model/prose.h"
#include "model/schema_shape.h"

namespace lamppost::model {
namespace {

std::string text_of(const SchemaJson& schema, const char* key) {
  if (!schema.is_object()) return "";
  const auto found = schema.find(key);
  return found != schema.end() && found->is_string() ? found->get<std::string>() : "";
}

bool begins_like_a_reference(const std::string& name) {
  const auto begins = [&](std::string_view with) {
    return name.starts_with(with) && name.size() > with.size() && name[with.size()] >= 'A' &&
           name[with.size()] <= 'Z';
  };
  return begins("ref") || begins("has");
}

bool contains(const std::string& text, std::string_view part) {
  return to_lower(text).find(part) != std::string::npos;
}

// The moments that a reading brings along, by the names the models give them.
constexpr std::pair<std::string_view, Fill> kFills[] = {
    {"dateObserved", Fill::kObservedAt},      {"observationDateTime", Fill::kObservedAt},
    {"dateIssued", Fill::kObservedAt},        {"dateLastValueReported", Fill::kObservedAt},
    {"dateObservedFrom", Fill::kPeriodStart}, {"dateObservedTo", Fill::kPeriodEnd},
};

bool is_numeric(const AttributeModel& attribute) {
  return attribute.type == JsonType::kNumber || attribute.type == JsonType::kInteger;
}

}  // namespace

AttributeImport::AttributeImport(const std::string& name, const SchemaJson& property)
    : property_(property), description_(text_of(property, "description")) {
  attribute.name = name;
}

void AttributeImport::read() {
  read_shape();
  read_kind();
  if (attribute.kind != AttributeKind::kProperty) {
    AttributeModel bare;
    bare.name = attribute.name;
    bare.kind = attribute.kind;
    bare.many =
        attribute.kind == AttributeKind::kRelationship && attribute.type == JsonType::kArray;
    attribute = std::move(bare);
    return;
  }
  read_angle();
  read_unit();
  read_fill();
}

// Names weigh more than prose: a "Property. Reference to the device" is a Relationship all the
// same, and so is what only its description calls one.
void AttributeImport::read_kind() {
  const auto said = kind_of_prose(description_);
  if (attribute.name == "location" || said == AttributeKind::kGeoProperty) {
    attribute.kind = AttributeKind::kGeoProperty;
    return;
  }
  const bool named = begins_like_a_reference(attribute.name);
  const bool can_be_id = attribute.type == JsonType::kUri || attribute.type == JsonType::kString ||
                         attribute.type == JsonType::kArray || attribute.type == JsonType::kAny;
  if ((named || said == AttributeKind::kRelationship) && can_be_id) {
    attribute.kind = AttributeKind::kRelationship;
    if (!named || said != AttributeKind::kRelationship)
      note(named ? "a Relationship by its name, not by its description"
                 : "a Relationship by its description, not by its name");
  }
}

void AttributeImport::read_shape() {
  const Shape shape = shape_of(property_);
  attribute.type = shape.type;
  attribute.item = shape.item;
  attribute.min = shape.min;
  attribute.max = shape.max;
  attribute.also = shape.also;
  attribute.values = shape.values;
  for (const auto& text : shape.unchecked) note(text);
}

// Numbers that run round a circle: folding keeps them inside.
void AttributeImport::read_angle() {
  const bool full = attribute.min && attribute.max && *attribute.max - *attribute.min == 360;
  if (!is_numeric(attribute) || !full) return;
  attribute.circular = true;
  attribute.unit = "DD";
  note("a direction, because its range is a full turn");
}

void AttributeImport::read_unit() {
  const bool measurable = is_numeric(attribute) || attribute.type == JsonType::kAny;
  if (!measurable || !attribute.unit.empty()) return;
  const std::string units = printable(units_of_prose(description_), 60);
  attribute.unit = code_of_prose(units);
  if (!units.empty()) {
    if (attribute.unit.empty())
      note("no Rec 20 code is certain for the unit '" + units + "'");
    else if (units != attribute.unit)
      note("unit '" + units + "' in the description");
    return;
  }
  if (attribute.type != JsonType::kNumber) return;
  if (attribute.min == 0.0 && attribute.max == 1.0) {
    attribute.unit = "C62";
  } else if (!contains(attribute.name, "count") && !contains(attribute.name, "number") &&
             !contains(attribute.name, "index")) {
    note("no unit in the schema");
  }
}

void AttributeImport::read_fill() {
  if (attribute.type != JsonType::kDateTime && attribute.type != JsonType::kString) return;
  for (const auto& [name, fill] : kFills)
    if (name == attribute.name) attribute.fill = fill;
}

}  // namespace lamppost::model
