// SPDX-License-Identifier: Apache-2.0
// The model as a whole: its type, version and subject, its attributes through allOf.
#include "model/schema_import.h"

#include <algorithm>
#include <set>

#include "core/log.h"
#include "model/attribute_import.h"
#include "model/model_file.h"

namespace lamppost::model {
namespace {

constexpr std::size_t kMaxAttributes = 1000;  // model_file.h takes no more

// What NGSI-LD carries itself, and what brokers keep by themselves.
constexpr std::string_view kSystem[] = {"id", "type", "dateCreated", "dateModified", "@context"};

struct Parts {
  std::vector<std::pair<std::string, const SchemaJson*>> properties;  // the later definition wins
  std::set<std::string> required;
};

void collect(const SchemaJson& schema, Parts& parts) {
  if (!schema.is_object()) return;
  if (const auto all = schema.find("allOf"); all != schema.end() && all->is_array())
    for (const auto& part : *all) collect(part, parts);
  if (const auto names = schema.find("required"); names != schema.end() && names->is_array())
    for (const auto& name : *names)
      if (name.is_string()) parts.required.insert(name.get<std::string>());
  const auto properties = schema.find("properties");
  if (properties == schema.end() || !properties->is_object()) return;
  for (const auto& [name, property] : properties->items()) {
    const auto known = std::find_if(parts.properties.begin(), parts.properties.end(),
                                    [&name = name](const auto& one) { return one.first == name; });
    if (known != parts.properties.end())
      known->second = &property;
    else
      parts.properties.emplace_back(name, &property);
  }
}

std::string text_of(const SchemaJson& schema, const char* key) {
  const auto found = schema.find(key);
  return found != schema.end() && found->is_string() ? found->get<std::string>() : "";
}

// "dataModel.Environment" out of ".../dataModel.Environment/AirQualityObserved/schema.json".
std::string subject_of_id(const std::string& id) {
  const std::size_t at = id.find("dataModel.");
  return at == id.npos ? "" : id.substr(at, std::min(id.find('/', at), id.size()) - at);
}

// The only word that `type` may be.
std::string type_of(const Parts& parts) {
  for (const auto& [name, property] : parts.properties) {
    if (name != "type" || !property->is_object()) continue;
    const auto words = property->find("enum");
    if (words != property->end() && words->is_array() && words->size() == 1 &&
        (*words)[0].is_string())
      return (*words)[0].get<std::string>();
    return text_of(*property, "const");
  }
  return "";
}

// The first sentence of the description, without quotes and line breaks.
std::string sentence_of(const SchemaJson& schema) {
  std::string text = printable(text_of(schema, "description"), 160);
  std::replace(text.begin(), text.end(), '"', '\'');
  std::replace(text.begin(), text.end(), '\\', '/');
  const std::size_t end = text.find(". ");
  return end == text.npos ? text : text.substr(0, end + 1);
}

void describe(const SchemaJson& schema, const std::string& subject, Imported& imported) {
  EntityModel& model = imported.model;
  model.version = text_of(schema, "$schemaVersion");
  if (model.version.empty()) imported.notes.push_back({"", "the schema says no $schemaVersion"});
  model.subject = subject.empty() ? subject_of_id(text_of(schema, "$id")) : subject;
  if (model.subject.empty())
    imported.notes.push_back({"", "neither $id nor --subject names a subject: no @context"});
  else
    model.context = "https://raw.githubusercontent.com/smart-data-models/" + model.subject +
                    "/master/context.jsonld";
  model.sentence = sentence_of(schema);
}

bool is_system(const std::string& name) {
  return std::find(std::begin(kSystem), std::end(kSystem), name) != std::end(kSystem);
}

void add_attribute(const std::string& name, const SchemaJson& property, bool required,
                   Imported& imported) {
  if (is_system(name)) return;
  if (!is_name(name)) {
    imported.notes.push_back({"", "\"" + printable(name, 60) +
                                      "\" is left out: it is no NGSI-LD name" +
                                      (required ? ", although it is required" : "")});
    return;
  }
  if (name == "value" || name == "object") {
    imported.notes.push_back({"", "\"" + name + "\" is left out: NGSI-LD reserves the word"});
    return;
  }
  AttributeImport reader(name, property);
  reader.read();
  reader.attribute.required = required;
  for (auto& text : reader.notes) imported.notes.push_back({name, std::move(text)});
  imported.model.attributes.push_back(std::move(reader.attribute));
}

}  // namespace

Result<Imported> import_schema(const SchemaJson& schema, const std::string& subject,
                               const SchemaSource& source) {
  const auto expanded = expand(schema, source);
  if (!expanded) return expanded.error();
  Parts parts;
  collect(expanded->schema, parts);
  Imported imported;
  imported.model.type = type_of(parts);
  if (!is_name(imported.model.type))
    return Error{Fault::kMalformed,
                 "describes no entity: its property \"type\" must have one word in its enum", ""};
  if (parts.properties.size() > kMaxAttributes)
    return Error{Fault::kMalformed, "describes more than 1000 attributes", ""};
  describe(schema, subject, imported);
  for (const auto& ref : expanded->missing)
    imported.notes.push_back(
        {"", "what \"" + printable(ref, 200) + "\" describes is not at hand and left out"});
  for (const auto& [name, property] : parts.properties)
    add_attribute(name, *property, parts.required.count(name) != 0, imported);
  return imported;
}

}  // namespace lamppost::model
