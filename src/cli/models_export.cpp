// SPDX-License-Identifier: Apache-2.0
// `lamppost models export [NAME...]`: the catalogue, or some of it, for other software.
#include <iostream>

#include "cli/exit_codes.h"
#include "cli/models_commands.h"
#include "cli/table.h"
#include "config/config.h"
#include "config/document.h"
#include "core/suggest.h"
#include "core/units.h"
#include "model/context.h"
#include "model/json_schema.h"

namespace lamppost::cli {
namespace {

using Models = std::vector<const model::EntityModel*>;

constexpr std::size_t kMaxContextBytes = std::size_t{1} << 20;

// The models named after `export`, all when none is.
Models chosen(const std::vector<std::string>& words, const model::Catalogue& catalogue) {
  Models models;
  for (std::size_t i = 1; i < words.size(); ++i) {
    models.push_back(catalogue.find(words[i]));
    if (models.back() == nullptr)
      throw UsageError("unknown model \"" + words[i] + "\", " +
                       suggest(words[i], catalogue.types()));
  }
  if (models.empty())
    for (const auto& [type, model] : catalogue.all()) models.push_back(&model);
  return models;
}

// The terms of a subject as contexts/SUBJECT.jsonld states them; none when there is no such file.
Json terms_of(const std::string& subject, const std::filesystem::path& config) {
  if (subject.empty() || subject.find('/') != subject.npos) return Json::object();
  for (const auto& directory : config::data_dirs(config, "contexts")) {
    const auto text = config::read_text(directory / (subject + ".jsonld"), kMaxContextBytes);
    if (!text) continue;
    const Json document = Json::parse(*text, nullptr, false);
    if (document.is_object() && document.contains("@context") && document["@context"].is_object())
      return document["@context"];
    throw UsageError((directory / (subject + ".jsonld")).string() + " holds no @context");
  }
  return Json::object();
}

void print_context(const Models& models, const std::filesystem::path& config) {
  const auto composed = model::compose_context(
      models, [&](const std::string& subject) { return terms_of(subject, config); });
  std::cout << composed.context.dump(2) << "\n";
  for (const auto& term : composed.unknown)
    std::cerr << "warning: no IRI is known for " << term
              << ": left out, it stays in the default vocabulary of NGSI-LD\n";
  if (composed.ambiguous.empty()) return;
  std::cerr << "note: " << composed.ambiguous.size()
            << " terms mean different things in different types and stand inside their types;\n"
               "      a broker must know type-scoped contexts (JSON-LD 1.1), or get one context a "
               "subject\n";
}

// DCAT-AP 3: a catalogue with one dataset a model. Who publishes it, and where, only the city
// knows.
Json to_dcat(const Models& models, const std::string& publisher) {
  Json datasets = Json::array();
  for (const auto* model : models)
    datasets.push_back({{"@type", "dcat:Dataset"},
                        {"dct:identifier", model->type},
                        {"dct:title", {{"@value", model->type}, {"@language", "en"}}},
                        {"dct:description", {{"@value", model->sentence}, {"@language", "en"}}},
                        {"dct:conformsTo",
                         {{"@type", "dct:Standard"},
                          {"dct:title", "Smart Data Models " + model->type + " " + model->version},
                          {"rdfs:seeAlso",
                           {{"@id", "https://github.com/smart-data-models/" + model->subject}}}}}});
  Json catalogue{
      {"@context",
       {{"dcat", "http://www.w3.org/ns/dcat#"},
        {"dct", "http://purl.org/dc/terms/"},
        {"foaf", "http://xmlns.com/foaf/0.1/"},
        {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"}}},
      {"@type", "dcat:Catalog"},
      {"dct:title", {{"@value", "Sensor data of the city"}, {"@language", "en"}}},
      {"dct:description",
       {{"@value", "Entities that Lamppost brings to an NGSI-LD broker"}, {"@language", "en"}}},
      {"dcat:dataset", datasets}};
  if (!publisher.empty())
    catalogue["dct:publisher"] = {{"@type", "foaf:Agent"}, {"foaf:name", publisher}};
  return catalogue;
}

}  // namespace

int export_models(const Arguments& arguments, const model::Catalogue& catalogue) {
  const Models models = chosen(arguments.words(), catalogue);
  if (arguments.has("--context") && arguments.has("--dcat"))
    throw UsageError("--context and --dcat exclude each other");
  if (arguments.has("--context")) {
    print_context(models, arguments.config());
  } else if (arguments.has("--dcat")) {
    const std::string publisher = arguments.value("--publisher");
    std::cout << to_dcat(models, publisher).dump(2) << "\n";
    if (publisher.empty())
      std::cerr << "warning: DCAT-AP wants a publisher: --publisher \"City of Antwerp\"\n";
  } else {
    std::cout << (models.size() == 1 ? model::to_json_schema(*models[0])
                                     : model::to_json_schema(models))
                     .dump(2)
              << "\n";
  }
  return kOk;
}

int list_units(const Arguments& arguments) {
  arguments.expect_words(2);
  const std::string wanted = arguments.words().size() > 1 ? arguments.words()[1] : "";
  const auto named = units_written_as(wanted);
  Json array = Json::array();
  std::vector<Row> rows{{"CODE", "NAME", "DIMENSION", "SYMBOL"}};
  for (const Unit& unit : wanted.empty() ? all_units() : named) {
    rows.push_back({std::string(unit.code), std::string(unit.name), std::string(unit.dimension),
                    std::string(unit.symbol)});
    array.push_back({{"code", unit.code},
                     {"name", unit.name},
                     {"symbol", unit.symbol},
                     {"dimension", unit.dimension}});
  }
  std::cout << (arguments.has("--json") ? to_json_lines(array) : to_table(rows));
  return kOk;
}

}  // namespace lamppost::cli
