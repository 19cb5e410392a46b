// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "cli/command.h"
#include "cli/exit_codes.h"
#include "cli/models_commands.h"
#include "cli/table.h"
#include "config/config.h"
#include "core/json_text.h"
#include "core/suggest.h"
#include "model/words.h"

namespace lamppost::cli {
namespace {

using model::AttributeModel;
using model::EntityModel;
using model::JsonType;

// For people, who know it from JSON Schema.
std::string_view shown(JsonType type) {
  return type == JsonType::kDateTime ? "date-time" : model::word_for(type);
}

// "0..1", ">= 0", "free|occupied"
std::string allowed(const AttributeModel& attribute) {
  std::string text;
  for (const auto& value : attribute.values) text += (text.empty() ? "" : "|") + value;
  if (attribute.min && attribute.max)
    text += number_text(*attribute.min) + ".." + number_text(*attribute.max);
  else if (attribute.min)
    text += ">= " + number_text(*attribute.min);
  else if (attribute.max)
    text += "<= " + number_text(*attribute.max);
  return text;
}

std::string set_by(const AttributeModel& attribute) {
  switch (attribute.fill) {
    case model::Fill::kNone:
      return "";
    case model::Fill::kObservedAt:
      return "observation time";
    case model::Fill::kPeriodStart:
      return "observation time less period";
    case model::Fill::kPeriodEnd:
      return "observation time";
  }
  return "";
}

Json to_json(const EntityModel& model) {
  Json attributes = Json::array();
  for (const auto& attribute : model.attributes) {
    Json one{{"name", attribute.name},
             {"kind", model::word_for(attribute.kind)},
             {"type", shown(attribute.type)},
             {"required", attribute.required}};
    if (!attribute.unit.empty()) one["unit"] = attribute.unit;
    if (attribute.min) one["minimum"] = *attribute.min;
    if (attribute.max) one["maximum"] = *attribute.max;
    if (!attribute.values.empty()) one["enum"] = attribute.values;
    if (attribute.fill != model::Fill::kNone) one["filled"] = set_by(attribute);
    attributes.push_back(std::move(one));
  }
  return {{"type", model.type},       {"subject", model.subject},   {"version", model.version},
          {"context", model.context}, {"sentence", model.sentence}, {"attributes", attributes}};
}

int list(const model::Catalogue& catalogue, bool json) {
  Json array = Json::array();
  std::vector<Row> rows{{"TYPE", "VERSION", "SUBJECT", "WHAT IT IS"}};
  for (const auto& [type, model] : catalogue.all()) {
    rows.push_back({type, model.version, model.subject, model.sentence});
    array.push_back({{"type", type},
                     {"version", model.version},
                     {"subject", model.subject},
                     {"sentence", model.sentence}});
  }
  std::cout << (json ? to_json_lines(array) : to_table(rows));
  return kOk;
}

int show(const EntityModel& model, bool json) {
  if (json) {
    std::cout << to_json_lines(to_json(model));
    return kOk;
  }
  std::cout << model.type << " " << model.version << " (" << model.subject << ")\n"
            << model.sentence << "\n@context: " << model.context << "\n\n";
  std::vector<Row> rows{{"ATTRIBUTE", "KIND", "TYPE", "UNIT", "ALLOWED", "REQUIRED", "SET BY"}};
  for (const auto& attribute : model.attributes)
    rows.push_back({attribute.name, std::string(model::word_for(attribute.kind)),
                    std::string(shown(attribute.type)), attribute.unit, allowed(attribute),
                    attribute.required ? "yes" : "", set_by(attribute)});
  std::cout << to_table(rows);
  return kOk;
}

}  // namespace

int models(const Arguments& arguments) {
  const auto& words = arguments.words();
  if (!words.empty() && words[0] == "import") return import_model(arguments);
  if (!words.empty() && words[0] == "units") return list_units(arguments);
  Findings findings;
  const auto catalogue =
      model::Catalogue::load(config::data_dirs(arguments.config(), "models"), findings);
  if (!findings.ok()) throw ConfigError(findings.to_text());
  if (words.empty() || words[0] == "list") {
    arguments.expect_words(1);
    return list(catalogue, arguments.has("--json"));
  }
  if (words[0] == "export") return export_models(arguments, catalogue);
  if (words[0] != "show" || words.size() != 2)
    throw UsageError("models wants: list, show NAME, import SCHEMA.json, export or units");
  const auto* model = catalogue.find(words[1]);
  if (model == nullptr) {
    std::cerr << "unknown model \"" << words[1] << "\", " << suggest(words[1], catalogue.types())
              << "\n";
    return kBadData;
  }
  return show(*model, arguments.has("--json"));
}

}  // namespace lamppost::cli
