// SPDX-License-Identifier: Apache-2.0
#include "model/catalogue.h"

#include <algorithm>
#include <cmath>

#include "model/model_file.h"

namespace lamppost::model {
namespace {

using Paths = std::vector<std::filesystem::path>;

Paths model_files(const std::filesystem::path& directory, Findings& findings) {
  Paths files;
  std::error_code failure;
  auto entry = std::filesystem::directory_iterator(directory, failure);
  while (!failure && entry != std::filesystem::directory_iterator()) {
    if (entry->path().extension() == ".toml") files.push_back(entry->path());
    entry.increment(failure);
  }
  if (failure && failure != std::errc::no_such_file_or_directory)
    findings.error({directory.string(), 0, 0, ""}, "cannot be read: " + failure.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::optional<Unit> leaving_unit(const AttributeModel& attribute, const Unit& from) {
  if (attribute.unit.empty()) return from;
  if (const auto unit = find_unit(attribute.unit); unit && convertible(from, *unit)) return unit;
  for (const auto& other : attribute.other_units)
    if (const auto unit = find_unit(other); unit && convertible(from, *unit)) return unit;
  return std::nullopt;
}

double fold(const AttributeModel& attribute, double angle) {
  if (!attribute.circular || !attribute.min || !attribute.max) return angle;
  const double low = *attribute.min, turn = *attribute.max - low;
  if (angle >= low && angle <= *attribute.max) return angle;
  const auto& also = attribute.also;  // -1 for "unknown" is no direction
  if (std::find(also.begin(), also.end(), angle) != also.end()) return angle;
  const double folded = angle - turn * std::floor((angle - low) / turn);
  return std::round(folded * 1e9) / 1e9;  // 359.9 is -0.1, not -0.10000000000002274
}

const AttributeModel* EntityModel::find(std::string_view attribute) const {
  for (const auto& known : attributes)
    if (known.name == attribute) return &known;
  return nullptr;
}

std::vector<std::string> EntityModel::attribute_names() const {
  std::vector<std::string> names;
  for (const auto& known : attributes) names.push_back(known.name);
  return names;
}

void Catalogue::load_directory(const std::filesystem::path& directory,
                               const std::set<std::string>* wanted, Findings& findings) {
  for (const auto& file : model_files(directory, findings)) {
    const std::string type = file.stem().string();
    if (!types_.insert(type).second) continue;
    if (wanted != nullptr && wanted->count(type) == 0) continue;
    auto model = read_model(file, findings);
    if (!model) continue;
    if (model->type != type)
      findings.error({file.string(), 0, 0, ""},
                     "describes " + model->type + ": name it " + model->type + ".toml");
    models_.emplace(type, std::move(*model));
  }
}

Catalogue Catalogue::load(const Paths& directories, Findings& findings) {
  Catalogue catalogue;
  for (const auto& directory : directories) catalogue.load_directory(directory, nullptr, findings);
  return catalogue;
}

Catalogue Catalogue::load(const Paths& directories, const std::set<std::string>& wanted,
                          Findings& findings) {
  Catalogue catalogue;
  for (const auto& directory : directories) catalogue.load_directory(directory, &wanted, findings);
  return catalogue;
}

const EntityModel* Catalogue::find(std::string_view type) const {
  const auto found = models_.find(type);
  return found == models_.end() ? nullptr : &found->second;
}

}  // namespace lamppost::model
