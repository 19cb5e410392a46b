// SPDX-License-Identifier: Apache-2.0
#include "model/catalogue.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/units.h"
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

bool same_dimension(std::string_view code, const Unit& unit) {
  const Unit* expected = find_unit(code);
  return expected != nullptr && expected->dimension == unit.dimension;
}

}  // namespace

std::string_view leaving_unit(const AttributeModel& attribute, std::string_view from) {
  if (attribute.unit.empty()) return from;
  const Unit* unit = find_unit(from);
  if (unit == nullptr) return "";
  if (same_dimension(attribute.unit, *unit)) return attribute.unit;
  for (const auto& other : attribute.other_units)
    if (same_dimension(other, *unit)) return other;
  return "";
}

double fold(const AttributeModel& attribute, double angle) {
  if (!attribute.circular || !attribute.min || !attribute.max) return angle;
  const double low = *attribute.min, turn = *attribute.max - low;
  if (angle >= low && angle <= *attribute.max) return angle;
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

Catalogue Catalogue::load(const std::vector<std::filesystem::path>& directories,
                          Findings& findings) {
  Catalogue catalogue;
  for (const auto& directory : directories) {
    std::set<std::string> here;
    for (const auto& file : model_files(directory, findings)) {
      auto model = read_model(file, findings);
      if (!model) continue;
      if (!here.insert(model->type).second)
        findings.error({file.string(), 0, 0, ""},
                       "another file of this directory describes " + model->type + " already");
      std::string type = model->type;
      catalogue.models_.try_emplace(std::move(type), std::move(*model));
    }
  }
  return catalogue;
}

const EntityModel* Catalogue::find(std::string_view type) const {
  const auto found = models_.find(type);
  return found == models_.end() ? nullptr : &found->second;
}

std::vector<std::string> Catalogue::types() const {
  std::vector<std::string> names;
  for (const auto& [type, model] : models_) names.push_back(type);
  return names;
}

}  // namespace lamppost::model
