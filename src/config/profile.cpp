// SPDX-License-Identifier: Apache-2.0
#include "config/profile.h"

#include "config/parts.h"
#include "config/wording.h"
#include "core/ascii.h"
#include "core/hex.h"
#include "core/timestamp.h"

namespace lamppost::config {
namespace {

// A text with lines and whatever else it holds.
std::string raw_text(const Section& section, std::string_view key) {
  const Entry entry = section.layers().find(key);
  if (!entry) return "";
  if (const auto* text = entry.node->as_string()) return text->get();
  section.text(key);  // says what is wrong
  return "";
}

std::string bytes_of(const Section& section) {
  std::string digits = raw_text(section, "hex");
  std::erase_if(digits, is_blank);
  auto bytes = from_hex(digits);
  if (bytes) return std::move(*bytes);
  section.error("hex", hex_fault(digits));
  return "";
}

std::optional<Json> value_of(const Section& section, std::string_view key) {
  const Entry entry = section.layers().find(key);
  if (!entry) return std::nullopt;
  return to_json(*entry.node);
}

void check_expectation(const Section& section, const Example& example) {
  if (!example.observations && !example.entities && example.refused.empty())
    section.loading().findings.error(section.where(), "the example expects nothing",
                                     "add observations, entities or refused");
  if (example.entities && !example.entities->is_array())
    section.error("entities", "expected a list of tables");
  if (example.observations && !example.observations->is_object())
    section.error("observations", "expected a table of names and values");
}

// How payloads are written, from the keys of a [[mapping]] of which the rest does not matter.
void read_decoder(Loading& loading, Layers layers, const Where& where, Profile& profile) {
  add_profiles(loading, layers);
  layers.incomplete = true;
  const Section section(loading, "[mapping]", layers, where, {"mapping", "entity"});
  section.refuse_unknown_keys();
  profile.match = section.text("match").value;
  profile.format = section.text("format").value;
  profile.each = section.text("each").value;
  Mapping mapping;
  read_options(section, mapping);
  for (const auto& [name, value] : mapping.options) profile.options[name] = value.value;
  profile.layout = mapping.layout;
}

bool hand_over(const Findings& found, Findings& findings) {
  for (const auto& finding : found.all()) {
    if (finding.severity == Severity::kError)
      findings.error(finding.where, finding.text, finding.hint);
    else
      findings.warning(finding.where, finding.text, finding.hint);
  }
  return found.ok();
}

void read_recognise(Loading& loading, const toml::table& root, Profile& profile) {
  const Entry entry = find(root, "recognise");
  if (!entry) return;
  const Json table = to_json(*entry.node);
  const bool good =
      table.is_object() && table.size() == 1 && table.contains("has") && table["has"].is_array();
  if (good)
    for (const Json& one : table["has"])
      if (one.is_string()) profile.has.push_back(one);
  if (!good || profile.has.size() != table["has"].size())
    loading.findings.error(loading.documents.where(*entry.node),
                           "recognise: expected has = [\"/pointer\", ...]");
}

void read_examples(Loading& loading, const toml::table& root, Profile& profile) {
  const Entry entry = find(root, "example");
  const auto* list = entry ? entry.node->as_array() : nullptr;
  if (list == nullptr) return;
  for (const auto& item : *list)
    if (const auto* table = item.as_table())
      profile.examples.push_back(read_example(
          {loading, "[[example]]", Layers(*table), loading.documents.where(item), {"example"}}));
}

}  // namespace

Example read_example(const Section& section) {
  section.refuse_unknown_keys();
  Example example;
  example.where = section.where();
  example.title = section.text("title").value;
  example.config = raw_text(section, "config");
  example.source = section.text("source").value;
  example.topic = section.text("topic").value;
  example.content_type = section.text("content_type").value;
  example.payload = section.has("hex") ? bytes_of(section) : raw_text(section, "payload");
  example.at = section.text("at").value;
  if (!parse_rfc3339(example.at)) section.error("at", "expected a time in RFC 3339");
  example.fport = section.optional_integer("fport");
  example.device = section.text("device").value;
  example.observations = value_of(section, "observations");
  example.entities = value_of(section, "entities");
  example.refused = section.text("refused").value;
  check_expectation(section, example);
  return example;
}

std::optional<Profile> load_profile(const std::filesystem::path& config_file,
                                    const std::string& name, Findings& findings) {
  Loading loading;
  loading.directory = config_file.parent_path();
  Profile profile;
  profile.name = name;
  profile.file = find_data_file(loading.directory, "profiles", name);
  const auto* root = loading.profiles->root(loading, {name, {}});
  if (root != nullptr) {
    if (const Entry title = find(*root, "title"))
      profile.title = title.node->value_or(std::string());
    if (const Entry source = find(*root, "source"))
      profile.source = source.node->value_or(std::string());
    const Entry mapping = find(*root, "mapping");
    if (mapping && mapping.node->as_table() != nullptr) {
      Layers layers;
      layers.add_profile(*mapping.node->as_table());
      read_decoder(loading, layers, loading.documents.where(*mapping.node), profile);
    }
    read_recognise(loading, *root, profile);
    read_examples(loading, *root, profile);
  }
  if (!hand_over(loading.findings, findings) || root == nullptr) return std::nullopt;
  return profile;
}

std::optional<Profile> profile_of_mapping(std::string mapping,
                                          const std::filesystem::path& config_file,
                                          Findings& findings) {
  Loading loading;
  loading.directory = config_file.parent_path();
  Profile profile;
  profile.file = "command line";
  const auto* root = loading.documents.parse(std::move(mapping), "command line", loading.findings);
  if (root != nullptr) read_decoder(loading, Layers(*root), {"command line", 0, 0, ""}, profile);
  if (!hand_over(loading.findings, findings)) return std::nullopt;
  return profile;
}

}  // namespace lamppost::config
