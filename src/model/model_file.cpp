// SPDX-License-Identifier: Apache-2.0
#include "model/model_file.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "config/document.h"
#include "core/suggest.h"
#include "core/units.h"
#include "model/words.h"

namespace lamppost::model {
namespace {

using config::Entry;

constexpr std::size_t kMaxAttributes = 1000;
constexpr const char* kNoName = " is no NGSI-LD name: a letter, then letters, digits, _";

const std::vector<std::string> kModelKeys = {"type",    "subject",  "version",
                                             "context", "sentence", "attributes"};
const std::vector<std::string> kAttributeKeys = {"kind", "type", "item",     "min",
                                                 "max",  "also", "circular", "values",
                                                 "unit", "many", "required", "fill"};

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

// The codes of a unit that somebody wrote as a symbol or in words.
std::string suggest_code(const std::string& written) {
  std::string hint;
  for (const Unit& unit : units_written_as(written))
    hint += (hint.empty() ? "Rec 20 has " : ", ") + in_quotes(unit.code) + " for " +
            std::string(unit.name);
  return hint;
}

// One file while it is read. Findings go to the place at fault; reading goes on after each.
class ModelReader {
 public:
  explicit ModelReader(Findings& findings) : findings_(findings) {}
  std::optional<EntityModel> read(const std::filesystem::path& file);

 private:
  void refuse_unknown_keys(const toml::table& table, const std::vector<std::string>& known);
  void read_attributes(const toml::table& root, EntityModel& model);
  AttributeModel read_attribute(const toml::key& name, const toml::table& table);
  void read_units(const toml::table& table, AttributeModel& attribute);
  void refuse_contradictions(const toml::table& table, const AttributeModel& attribute);
  void refuse_where(const toml::table& table, const char* key, bool wrong, const char* why);

  std::string text(const toml::table& table, const char* key);
  std::optional<double> number(const toml::table& table, const char* key);
  bool truth(const toml::table& table, const char* key);
  std::vector<std::string> texts(const toml::table& table, const char* key);
  std::vector<double> numbers(const toml::table& table, const char* key);
  template <typename T>
  T word(const toml::table& table, const char* key, Words<T> known, T otherwise);

  template <typename Place>
  void error(const Place& place, const std::string& text, const std::string& hint = "") {
    findings_.error(documents_.where(place), text, hint);
  }

  config::Documents documents_;
  Findings& findings_;
};

std::string ModelReader::text(const toml::table& table, const char* key) {
  const Entry entry = config::find(table, key);
  if (!entry) return "";
  if (const auto* text = entry.node->as_string()) return text->get();
  error(*entry.node, in_quotes(key) + " must be a string");
  return "";
}

std::optional<double> finite(const toml::node& node) {
  const auto number = node.is_number() ? node.value<double>() : std::nullopt;
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<double> ModelReader::number(const toml::table& table, const char* key) {
  const Entry entry = config::find(table, key);
  if (!entry) return std::nullopt;
  const auto number = finite(*entry.node);
  if (!number) error(*entry.node, in_quotes(key) + " must be a number");
  return number;
}

bool ModelReader::truth(const toml::table& table, const char* key) {
  const Entry entry = config::find(table, key);
  if (!entry) return false;
  if (const auto* truth = entry.node->as_boolean()) return truth->get();
  error(*entry.node, in_quotes(key) + " must be true or false");
  return false;
}

std::vector<double> ModelReader::numbers(const toml::table& table, const char* key) {
  std::vector<double> found;
  const Entry entry = config::find(table, key);
  if (!entry) return found;
  const auto* list = entry.node->as_array();
  if (list == nullptr) error(*entry.node, in_quotes(key) + " must be an array of numbers");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (const auto number = finite((*list)[i]))
      found.push_back(*number);
    else
      error((*list)[i], in_quotes(key) + " must hold numbers only");
  }
  return found;
}

std::vector<std::string> ModelReader::texts(const toml::table& table, const char* key) {
  std::vector<std::string> found;
  const Entry entry = config::find(table, key);
  if (!entry) return found;
  const auto* list = entry.node->as_array();
  if (list == nullptr || list->empty())
    error(*entry.node, in_quotes(key) + " must be an array of strings");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const auto* item = (*list)[i].as_string();
    if (item == nullptr)
      error((*list)[i], in_quotes(key) + " must hold strings only");
    else if (std::find(found.begin(), found.end(), item->get()) != found.end())
      error(*item, in_quotes(item->get()) + " is there twice");
    else
      found.push_back(item->get());
  }
  return found;
}

template <typename T>
T ModelReader::word(const toml::table& table, const char* key, Words<T> known, T otherwise) {
  const std::string found = text(table, key);
  const Entry entry = config::find(table, key);
  if (!entry || !entry.node->is_string()) return otherwise;
  std::vector<std::string> names;
  for (const auto& [name, value] : known) {
    if (found == name) return value;
    names.emplace_back(name);
  }
  error(*entry.node, "unknown " + std::string(key) + ' ' + in_quotes(found), suggest(found, names));
  return otherwise;
}

void ModelReader::refuse_unknown_keys(const toml::table& table,
                                      const std::vector<std::string>& known) {
  for (const Entry& entry : config::in_file_order(table)) {
    const std::string key(entry.key->str());
    if (std::find(known.begin(), known.end(), key) == known.end())
      error(*entry.key, "unknown key " + in_quotes(key), suggest(key, known));
  }
}

void ModelReader::read_units(const toml::table& table, AttributeModel& attribute) {
  const Entry entry = config::find(table, "unit");
  if (!entry) return;
  auto codes =
      entry.node->is_array() ? texts(table, "unit") : std::vector<std::string>{text(table, "unit")};
  for (const auto& code : codes)
    if (!code.empty() && !find_unit(code))
      error(*entry.node, "unknown unit " + in_quotes(code), suggest_code(code));
  if (codes.empty()) return;
  attribute.unit = codes.front();
  attribute.other_units.assign(codes.begin() + 1, codes.end());
}

void ModelReader::refuse_where(const toml::table& table, const char* key, bool wrong,
                               const char* why) {
  if (const Entry entry = config::find(table, key); entry && wrong)
    error(*entry.key, in_quotes(key) + ' ' + why);
}

void ModelReader::refuse_contradictions(const toml::table& table, const AttributeModel& a) {
  const bool property = a.kind == AttributeKind::kProperty;
  for (const char* key :
       {"type", "item", "min", "max", "also", "circular", "values", "unit", "fill"})
    refuse_where(table, key, !property, "belongs to a Property only");
  refuse_where(table, "many", a.kind != AttributeKind::kRelationship,
               "belongs to a Relationship only");
  if (!property) return;
  const bool any = a.type == JsonType::kAny;
  const bool numeric = a.type == JsonType::kNumber || a.type == JsonType::kInteger;
  const bool array = a.type == JsonType::kArray;
  for (const char* key : {"min", "max", "also"})
    refuse_where(table, key, !numeric && !any, "belongs to a number only");
  refuse_where(table, "unit", !numeric && !any && !array, "belongs to a number only");
  refuse_where(table, "item", !array, "belongs to an array only");
  refuse_where(table, "values",
               array ? a.item != JsonType::kString : a.type != JsonType::kString && !any,
               "belongs to strings only");
  refuse_where(table, "fill", a.type != JsonType::kString && a.type != JsonType::kDateTime,
               "belongs to a string or a date_time only");
  refuse_where(table, "circular", !numeric || !a.min || !a.max || *a.min >= *a.max,
               "needs a number with min and max");
  refuse_where(table, "min", a.min && a.max && *a.min > *a.max, "is above max");
}

AttributeModel ModelReader::read_attribute(const toml::key& name, const toml::table& table) {
  const std::size_t errors_before = findings_.errors();
  refuse_unknown_keys(table, kAttributeKeys);
  AttributeModel attribute;
  attribute.name = std::string(name.str());
  attribute.kind = word<AttributeKind>(table, "kind", kKinds, AttributeKind::kProperty);
  attribute.type = word<JsonType>(table, "type", kTypes, JsonType::kAny);
  attribute.item = word<JsonType>(table, "item", kTypes, JsonType::kAny);
  attribute.min = number(table, "min");
  attribute.max = number(table, "max");
  attribute.also = numbers(table, "also");
  attribute.circular = truth(table, "circular");
  attribute.values = texts(table, "values");
  read_units(table, attribute);
  attribute.many = truth(table, "many");
  attribute.required = truth(table, "required");
  attribute.fill = word<Fill>(table, "fill", kFills, Fill::kNone);
  refuse_contradictions(table, attribute);
  const bool typed = attribute.kind != AttributeKind::kProperty || config::find(table, "type");
  if (!typed && findings_.errors() == errors_before)
    error(name, in_quotes(attribute.name) + " needs a type");
  return attribute;
}

void ModelReader::read_attributes(const toml::table& root, EntityModel& model) {
  const Entry all = config::find(root, "attributes");
  const auto* attributes = all ? all.node->as_table() : nullptr;
  if (attributes == nullptr) return error(root, "a model needs a table [attributes]");
  if (attributes->size() > kMaxAttributes)
    return error(*all.key, "more than " + std::to_string(kMaxAttributes) + " attributes");
  for (const Entry& entry : config::in_file_order(*attributes)) {
    const std::string name(entry.key->str());
    const auto* table = entry.node->as_table();
    if (!is_name(name))
      error(*entry.key, in_quotes(name) + kNoName);
    else if (table == nullptr)
      error(*entry.node, "an attribute is described by a table: { type = \"number\" }");
    else
      model.attributes.push_back(read_attribute(*entry.key, *table));
  }
}

std::optional<EntityModel> ModelReader::read(const std::filesystem::path& file) {
  const std::size_t errors_before = findings_.errors();
  const toml::table* root = documents_.read(file, findings_);
  if (root == nullptr) return std::nullopt;
  refuse_unknown_keys(*root, kModelKeys);
  EntityModel model{text(*root, "type"),    text(*root, "subject"),  text(*root, "version"),
                    text(*root, "context"), text(*root, "sentence"), {}};
  if (const Entry type = config::find(*root, "type"); !type)
    error(*root, "a model needs a type: type = \"AirQualityObserved\"");
  else if (type.node->is_string() && !is_name(model.type))
    error(*type.node, in_quotes(model.type) + kNoName);
  read_attributes(*root, model);
  if (findings_.errors() > errors_before) return std::nullopt;
  return model;
}

}  // namespace

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_';
  });
}

std::optional<EntityModel> read_model(const std::filesystem::path& file, Findings& findings) {
  return ModelReader(findings).read(file);
}

}  // namespace lamppost::model
