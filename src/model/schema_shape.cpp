// SPDX-License-Identifier: Apache-2.0
#include "model/schema_shape.h"

#include <algorithm>
#include <utility>

#include "core/json_text.h"
#include "core/log.h"

namespace lamppost::model {
namespace {

constexpr std::pair<std::string_view, JsonType> kTypes[] = {
    {"number", JsonType::kNumber},   {"integer", JsonType::kInteger}, {"string", JsonType::kString},
    {"boolean", JsonType::kBoolean}, {"object", JsonType::kObject},   {"array", JsonType::kArray},
};

std::string text_of(const SchemaJson& schema, const char* key) {
  const auto found = schema.find(key);
  return found != schema.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<double> number_of(const SchemaJson& schema, const char* key) {
  const auto found = schema.find(key);
  if (found == schema.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::string number_text(double number) {
  std::string text;
  append_number(text, number);
  return text;
}

void read_type(const SchemaJson& schema, Shape& shape) {
  const std::string type = text_of(schema, "type"), format = text_of(schema, "format");
  for (const auto& [name, known] : kTypes)
    if (name == type) shape.type = known;
  if (shape.type != JsonType::kString) return;
  if (format == "date-time") shape.type = JsonType::kDateTime;
  if (format == "uri") shape.type = JsonType::kUri;
  const bool held = format.empty() || format == "date-time" || format == "uri";
  if (!held) shape.unchecked.push_back("format " + printable(format, 60) + " is not checked");
}

void read_bounds(const SchemaJson& schema, Shape& shape) {
  shape.min = number_of(schema, "minimum");
  shape.max = number_of(schema, "maximum");
  const std::pair<const char*, std::optional<double>*> exclusive[] = {
      {"exclusiveMinimum", &shape.min}, {"exclusiveMaximum", &shape.max}};
  for (const auto& [key, bound] : exclusive)
    if (const auto limit = number_of(schema, key)) {
      *bound = limit;
      shape.unchecked.push_back(number_text(*limit) + " itself is excluded by the schema: " +
                                (bound == &shape.min ? "raise min" : "lower max"));
    }
}

// Words become values; numbers become the range that holds them all.
void read_enum(const SchemaJson& schema, Shape& shape) {
  const auto words = schema.find("enum");
  if (words == schema.end() || !words->is_array()) return;
  for (const auto& word : *words) {
    if (word.is_string()) {
      const auto text = word.get<std::string>();
      if (std::find(shape.values.begin(), shape.values.end(), text) == shape.values.end())
        shape.values.push_back(text);
    } else if (word.is_number()) {
      const double number = word.get<double>();
      shape.min = std::min(shape.min.value_or(number), number);
      shape.max = std::max(shape.max.value_or(number), number);
    }
  }
  if (shape.type == JsonType::kAny && !shape.values.empty()) shape.type = JsonType::kString;
  if (shape.type != JsonType::kString) shape.values.clear();
}

void read_items(const SchemaJson& schema, Shape& shape) {
  const auto items = schema.find("items");
  if (shape.type != JsonType::kArray || items == schema.end() || !items->is_object()) return;
  const Shape item = shape_of(*items);
  shape.item = item.type;
  if (item.type == JsonType::kString) shape.values = item.values;
  for (const auto& text : item.unchecked) shape.unchecked.push_back("items: " + text);
}

void read_lengths(const SchemaJson& schema, Shape& shape) {
  if (shape.type == JsonType::kString)
    for (const char* key : {"pattern", "minLength", "maxLength"})
      if (schema.contains(key)) shape.unchecked.push_back(std::string(key) + " is not checked");
}

bool holds_number(const Shape& shape) {
  return shape.type == JsonType::kNumber || shape.type == JsonType::kInteger;
}

bool holds_text(const Shape& shape) {
  return shape.type == JsonType::kString || shape.type == JsonType::kUri;
}

// A range or one number outside it, a word or a number, an identifier of an entity; else anything.
Shape shape_of_choices(const std::vector<Shape>& choices) {
  const auto every = [&](bool (*is)(const Shape&)) {
    return std::all_of(choices.begin(), choices.end(), is);
  };
  if (choices.size() == 2 && every(holds_number) && choices[1].min &&
      choices[1].min == choices[1].max) {
    Shape shape = choices[0];
    shape.also.push_back(*choices[1].min);
    return shape;
  }
  Shape shape;
  if (every(holds_text)) {
    shape.type = JsonType::kString;
    return shape;
  }
  for (const Shape& choice : choices) {
    if (!holds_text(choice) && !holds_number(choice)) return {};
    if (choice.min) shape.min = choice.min;
    if (choice.max) shape.max = choice.max;
    shape.values.insert(shape.values.end(), choice.values.begin(), choice.values.end());
  }
  return shape;
}

}  // namespace

Shape shape_of(const SchemaJson& schema) {
  Shape shape;
  if (!schema.is_object()) return shape;
  for (const char* key : {"oneOf", "anyOf"}) {
    const auto found = schema.find(key);
    if (found == schema.end() || !found->is_array() || found->empty()) continue;
    std::vector<Shape> choices;
    for (const auto& choice : *found) {
      SchemaJson whole = schema;  // what stands beside oneOf holds for each choice
      whole.erase(key);
      if (choice.is_object()) whole.update(choice);
      choices.push_back(shape_of(whole));
    }
    return shape_of_choices(choices);
  }
  read_type(schema, shape);
  read_bounds(schema, shape);
  read_enum(schema, shape);
  read_items(schema, shape);
  read_lengths(schema, shape);
  return shape;
}

}  // namespace lamppost::model
