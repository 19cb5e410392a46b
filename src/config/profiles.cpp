// SPDX-License-Identifier: Apache-2.0
#include "config/profiles.h"

#include <algorithm>
#include <set>

#include "config/profile.h"
#include "config/section.h"
#include "config/wording.h"
#include "core/ascii.h"
#include "core/suggest.h"

namespace lamppost::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxProfiles = 16;  // of one mapping
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::string_view kOfDevice = "{profile}";

// A name never leaves the directory.
bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name[0] != '.' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

void check_keys(Loading& loading, const toml::table& root) {
  const std::vector<std::string> known = {"title",     "source",  "mapping",
                                          "recognise", "example", "layout"};
  for (const Entry& entry : in_file_order(root)) {
    const std::string key(entry.key->str());
    if (std::find(known.begin(), known.end(), key) == known.end())
      loading.findings.error(loading.documents.where(*entry.key),
                             "unknown key " + in_quotes(key) + " in a profile",
                             suggest(key, known));
  }
}

// The names under `profile`: a text or a list of texts.
std::vector<Located<std::string>> names_under(Loading& loading, const toml::node& node) {
  std::vector<Located<std::string>> names;
  const auto take = [&](const toml::node& one) {
    if (const auto* text = one.as_string())
      names.push_back({text->get(), loading.documents.where(one)});
    else
      loading.findings.error(loading.documents.where(one),
                             "profile: expected the name of a profile, not " + seen(one),
                             "such as \"zigbee2mqtt\", or a list of names");
  };
  if (const auto* list = node.as_array())
    for (const auto& one : *list) take(one);
  else
    take(node);
  return names;
}

// In the order in which they answer: each profile, then those that it builds on.
void add_named(Loading& loading, Layers& layers, const Located<std::string>& name,
               std::set<std::string>& known) {
  if (known.contains(name.value)) return;
  if (known.size() >= kMaxProfiles)
    return loading.findings.error(name.where, "a mapping takes at most " +
                                                  std::to_string(kMaxProfiles) +
                                                  " profiles, with those that they build on");
  known.insert(name.value);
  const toml::table* root = loading.profiles->root(loading, name);
  if (root == nullptr) {
    layers.incomplete = true;
    return;
  }
  const Entry entry = find(*root, "mapping");
  if (!entry || entry.node->as_table() == nullptr) return;
  const toml::table& mapping = *entry.node->as_table();
  layers.add_profile(mapping);
  if (const Entry base = find(mapping, "profile"))
    for (const auto& one : names_under(loading, *base.node)) add_named(loading, layers, one, known);
}

void check_mapping(Loading& loading, const toml::table& root, const fs::path& file) {
  const Entry mapping = find(root, "mapping");
  if (!mapping)
    loading.findings.error({file.string(), 0, 0, ""}, "a profile has a table [mapping]");
  else if (mapping.node->as_table() == nullptr)
    loading.findings.error(
        loading.documents.where(*mapping.node),
        "mapping: expected one table headed [mapping], not " + seen(*mapping.node));
  else
    for (const char* key : {"name", "source", "to", "extends"})
      if (const Entry entry = find(*mapping.node->as_table(), key))
        loading.findings.error(loading.documents.where(*entry.key),
                               in_quotes(key) + " belongs into the [[mapping]] that uses it");
}

}  // namespace

fs::path find_data_file(const fs::path& directory, const std::string& kind,
                        const std::string& name) {
  if (!is_file_name(name)) return {};
  for (const auto& candidate : data_dirs(directory / "lamppost.toml", kind)) {
    std::error_code failure;
    fs::path file = candidate / (name + ".toml");
    if (fs::is_regular_file(file, failure)) return file;
  }
  return {};
}

std::vector<std::string> names_in(const fs::path& config_file, const std::string& kind) {
  std::set<std::string> names;
  for (const auto& directory : data_dirs(config_file, kind)) {
    std::error_code failure;
    fs::directory_iterator at(directory, failure), end;
    for (; !failure && at != end; at.increment(failure))
      if (at->path().extension() == ".toml" && is_file_name(at->path().stem().string()))
        names.insert(at->path().stem().string());
  }
  return {names.begin(), names.end()};
}

const toml::table* Profiles::root(Loading& loading, const Located<std::string>& asked) {
  const auto known = roots_.find(asked.value);
  if (known != roots_.end()) return known->second;
  const fs::path file = find_data_file(loading.directory, "profiles", asked.value);
  if (file.empty()) {
    loading.findings.error(
        asked.where, "no profile is named " + in_quotes(asked.value),
        suggest(asked.value, names_in(loading.directory / "lamppost.toml", "profiles")));
    return nullptr;
  }
  const toml::table* root = loading.documents.read(file, loading.findings);
  if (root != nullptr) {
    check_keys(loading, *root);
    check_mapping(loading, *root, file);
  }
  return roots_[asked.value] = root;
}

bool asks_device(const Layers& layers) {
  const Entry entry = layers.find("profile");
  if (!entry) return false;
  if (entry.node->value<std::string_view>() == kOfDevice) return true;
  const auto* list = entry.node->as_array();
  return list != nullptr && std::any_of(list->begin(), list->end(), [](const auto& one) {
           return one.template value<std::string_view>() == kOfDevice;
         });
}

void add_profiles(Loading& loading, Layers& layers, const Located<std::string>& of_device) {
  const Entry entry = layers.find("profile");
  if (!entry) return;
  std::set<std::string> known;
  for (const auto& name : names_under(loading, *entry.node)) {
    if (name.value != kOfDevice)
      add_named(loading, layers, name, known);
    else if (!of_device.value.empty())
      add_named(loading, layers, of_device, known);
  }
}

}  // namespace lamppost::config
