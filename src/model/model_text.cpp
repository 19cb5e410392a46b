// SPDX-License-Identifier: Apache-2.0
// to_toml(): a model as a person would write its file.
#include <algorithm>

#include "core/json_text.h"
#include "model/schema_import.h"

namespace lamppost::model {
namespace {

constexpr std::size_t kWidth = 100;

// A TOML basic string; JSON's escapes are TOML's.
std::string quoted(const std::string& text) {
  std::string result;
  append_string(result, text);
  return result;
}

const char* word(JsonType type) {
  switch (type) {
    case JsonType::kAny:
      return "any";
    case JsonType::kNumber:
      return "number";
    case JsonType::kInteger:
      return "integer";
    case JsonType::kString:
      return "string";
    case JsonType::kUri:
      return "uri";
    case JsonType::kBoolean:
      return "boolean";
    case JsonType::kObject:
      return "object";
    case JsonType::kArray:
      return "array";
    case JsonType::kDateTime:
      return "date_time";
  }
  return "any";
}

const char* word(Fill fill) {
  switch (fill) {
    case Fill::kNone:
      return "";
    case Fill::kObservedAt:
      return "observed_at";
    case Fill::kPeriodStart:
      return "period_start";
    case Fill::kPeriodEnd:
      return "period_end";
  }
  return "";
}

void add(std::string& line, const std::string& key, const std::string& value) {
  line += (line.ends_with("{ ") ? "" : ", ") + key + " = " + value;
}

void add(std::string& line, const std::string& key, const std::optional<double>& number) {
  if (!number) return;
  std::string text;
  append_number(text, *number);
  add(line, key, text);
}

void add_property(std::string& line, const AttributeModel& a) {
  add(line, "type", quoted(word(a.type)));
  if (a.item != JsonType::kAny) add(line, "item", quoted(word(a.item)));
  add(line, "min", a.min);
  add(line, "max", a.max);
  for (const double number : a.also) {
    std::string text = "[";
    append_number(text, number);
    add(line, "also", text + "]");
  }
  if (a.circular) add(line, "circular", "true");
  if (!a.unit.empty()) add(line, "unit", quoted(a.unit));
}

// `values`, on one line where they fit, else wrapped.
void add_values(std::string& line, const std::vector<std::string>& values) {
  std::string all, wrapped, row;
  for (const auto& value : values) {
    const std::string one = quoted(value);
    all += (all.empty() ? "" : ", ") + one;
    if (row.size() + one.size() + 6 > kWidth) wrapped += "   " + row + "\n", row.clear();
    row += " " + one + ",";
  }
  if (line.size() + all.size() + 16 <= kWidth)
    add(line, "values", "[" + all + "]");
  else
    add(line, "values", "[\n" + wrapped + "   " + row + "\n]");
}

std::string line_of(const AttributeModel& a, std::size_t width) {
  std::string line = a.name + std::string(width - a.name.size(), ' ') + " = { ";
  if (a.kind == AttributeKind::kProperty) add_property(line, a);
  if (a.kind == AttributeKind::kRelationship) add(line, "kind", quoted("Relationship"));
  if (a.kind == AttributeKind::kGeoProperty) add(line, "kind", quoted("GeoProperty"));
  if (a.many) add(line, "many", "true");
  if (a.required) add(line, "required", "true");
  if (a.fill != Fill::kNone) add(line, "fill", quoted(word(a.fill)));
  if (!a.values.empty()) add_values(line, a.values);
  return line + " }\n";
}

std::string comments_of(const std::vector<Note>& notes, const std::string& attribute) {
  std::string text;
  for (const auto& note : notes)
    if (note.attribute == attribute) text += "# " + note.text + "\n";
  return text;
}

}  // namespace

std::string to_toml(const Imported& imported) {
  const EntityModel& model = imported.model;
  std::string text =
      "# Facts stated after the Smart Data Models (smartdatamodels.org), licence CC BY 4.0.\n" +
      comments_of(imported.notes, "") + "type     = " + quoted(model.type) +
      "\nsubject  = " + quoted(model.subject) + "\nversion  = " + quoted(model.version) +
      "\ncontext  = " + quoted(model.context) + "\nsentence = " + quoted(model.sentence) +
      "\n\n[attributes]\n";
  std::size_t width = 0;
  for (const auto& attribute : model.attributes) width = std::max(width, attribute.name.size());
  for (const auto& attribute : model.attributes)
    text += comments_of(imported.notes, attribute.name) + line_of(attribute, width);
  return text;
}

}  // namespace lamppost::model
