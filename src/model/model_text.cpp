// SPDX-License-Identifier: Apache-2.0
// to_toml(): a model as a person would write its file.
#include <algorithm>

#include "core/json_text.h"
#include "model/schema_import.h"
#include "model/words.h"

namespace lamppost::model {
namespace {

constexpr std::size_t kWidth = 100;

// A TOML basic string; JSON's escapes are TOML's.
std::string toml_string(std::string_view text) {
  std::string result;
  append_string(result, text);
  return result;
}

void add(std::string& line, const std::string& key, const std::string& value) {
  line += (line.ends_with("{ ") ? "" : ", ") + key + " = " + value;
}

void add(std::string& line, const std::string& key, const std::optional<double>& number) {
  if (number) add(line, key, number_text(*number));
}

void add_property(std::string& line, const AttributeModel& a) {
  add(line, "type", toml_string(word_for(a.type)));
  if (a.item != JsonType::kAny) add(line, "item", toml_string(word_for(a.item)));
  add(line, "min", a.min);
  add(line, "max", a.max);
  std::string also;
  for (const double number : a.also) also += (also.empty() ? "" : ", ") + number_text(number);
  if (!also.empty()) add(line, "also", "[" + also + "]");
  if (a.circular) add(line, "circular", "true");
  if (!a.unit.empty()) add(line, "unit", toml_string(a.unit));
}

// `values`, on one line where they fit, else wrapped.
void add_values(std::string& line, const std::vector<std::string>& values) {
  std::string all, wrapped, row;
  for (const auto& value : values) {
    const std::string one = toml_string(value);
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
  if (a.kind != AttributeKind::kProperty) add(line, "kind", toml_string(word_for(a.kind)));
  if (a.many) add(line, "many", "true");
  if (a.required) add(line, "required", "true");
  if (a.fill != Fill::kNone) add(line, "fill", toml_string(word_for(a.fill)));
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
      comments_of(imported.notes, "") + "type     = " + toml_string(model.type) +
      "\nsubject  = " + toml_string(model.subject) + "\nversion  = " + toml_string(model.version) +
      "\ncontext  = " + toml_string(model.context) + "\nsentence = " + toml_string(model.sentence) +
      "\n\n[attributes]\n";
  std::size_t width = 0;
  for (const auto& attribute : model.attributes) width = std::max(width, attribute.name.size());
  for (const auto& attribute : model.attributes)
    text += comments_of(imported.notes, attribute.name) + line_of(attribute, width);
  return text;
}

}  // namespace lamppost::model
