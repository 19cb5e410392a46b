// SPDX-License-Identifier: Apache-2.0
// `lamppost models import SCHEMA.json`. References are looked for beside the file, as in a clone of
// the Smart Data Models (its repository and those next to it), then among the shipped schemas;
// never on the network, and never by $id, which often names another place.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>

#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/models_commands.h"
#include "config/config.h"
#include "config/document.h"
#include "core/finding.h"
#include "model/schema_import.h"

namespace lamppost::cli {
namespace {

namespace fs = std::filesystem;

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' &&
         name.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") == name.npos;
}

// "REPOSITORY/FILE.json" of a URL at one of the two mirrors of the data models, "" for another.
std::string place_of(std::string_view url) {
  for (const std::string_view mirror : {"https://smart-data-models.github.io/",
                                        "https://raw.githubusercontent.com/smart-data-models/"}) {
    if (!url.starts_with(mirror) || url.size() > 300) continue;
    const auto path = url.substr(mirror.size());
    const auto repository = path.substr(0, path.find('/'));
    auto file = path.substr(std::min(path.size(), repository.size() + 1));
    if (file.starts_with("master/")) file.remove_prefix(7);
    const auto stem = file.substr(0, file.find('.'));
    if (is_plain_name(repository) && is_plain_name(stem) && file.substr(stem.size()) == ".json")
      return std::string(repository) + "/" + std::string(file);
  }
  return "";
}

// The clones beside a schema: ROOT/dataModel.Subject/Model/schema.json.
class Library {
 public:
  Library(const fs::path& schema, const fs::path& config) {
    if (schema != "-")
      roots_.push_back(fs::absolute(schema).parent_path().parent_path().parent_path());
    for (const auto& directory : config::data_dirs(config, "schemas")) roots_.push_back(directory);
  }

  const model::SchemaJson* find(const std::string& url) {
    const auto place = place_of(url);
    if (place.empty()) return nullptr;
    const auto known = documents_.find(url);
    if (known != documents_.end()) return known->second ? &*known->second : nullptr;
    auto& document = documents_[url];
    for (const auto& root : roots_) {
      const auto text = config::read_text(root / place, model::kMaxSchemaBytes);
      if (!text) continue;
      if (auto schema = model::parse_schema(*text)) {
        document = std::move(*schema);
        break;
      }
    }
    return document ? &*document : nullptr;
  }

 private:
  std::vector<fs::path> roots_;
  std::map<std::string, std::optional<model::SchemaJson>> documents_;
};

// "dataModel.Environment" of a clone; "" when the directories say nothing.
std::string subject_of_path(const fs::path& schema) {
  if (schema == "-") return "";
  const auto name = fs::absolute(schema).parent_path().parent_path().filename().string();
  return name.starts_with("dataModel.") ? name : "";
}

int refuse(const std::string& name, const std::string& text, const Error& error) {
  Findings findings;
  if (error.pointer.empty())
    findings.error({name, 0, 0, ""}, error.text);
  else
    findings.error(
        config::Lines(text).at(name, static_cast<std::size_t>(std::stoull(error.pointer))),
        error.text);
  std::cerr << findings.to_text();
  return kBadData;
}

void write(const std::string& text, const std::string& file) {
  if (file == "-") {
    std::cout << text;
    return;
  }
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  if (!out) throw UsageError(file + " cannot be written");
}

}  // namespace

int import_model(const Arguments& arguments) {
  if (arguments.words().size() != 2) throw UsageError("models import wants one SCHEMA.json");
  const std::string& file = arguments.words()[1];
  const std::string text = read_input(file);
  const auto schema = model::parse_schema(text);
  if (!schema) return refuse(file, text, schema.error());
  Library library(file, arguments.config());
  const std::string subject = arguments.value("--subject", subject_of_path(file));
  const auto imported = model::import_schema(
      *schema, subject, [&](const std::string& url) { return library.find(url); });
  if (!imported) return refuse(file, text, imported.error());
  write(model::to_toml(*imported), arguments.value("--output", "-"));
  for (const auto& note : imported->notes)
    std::cerr << "warning: " << imported->model.type << (note.attribute.empty() ? "" : ".")
              << note.attribute << ": " << note.text << "\n";
  return kOk;
}

}  // namespace lamppost::cli
