// SPDX-License-Identifier: Apache-2.0
// [[mapping]]: what comes in, and from which mapping the rest is inherited.
#include <algorithm>

#include "config/parts.h"
#include "config/wording.h"
#include "core/suggest.h"

namespace lamppost::config {
namespace {

constexpr std::size_t kMaxExtends = 16;
constexpr std::size_t kMaxNameBytes = 128;
constexpr std::string_view kTitle = "[[mapping]]";

std::string own_text(const toml::table& table, std::string_view key) {
  const Entry entry = find(table, key);
  const auto* text = entry ? entry.node->as_string() : nullptr;
  return text == nullptr ? "" : text->get();
}

// All mappings by name; the first of a name counts.
using ByName = std::map<std::string, const toml::table*>;

ByName by_name(const std::vector<const toml::table*>& tables, Loading& loading) {
  ByName names;
  for (const auto* table : tables) {
    const std::string name = own_text(*table, "name");
    if (name.empty()) continue;
    const auto [first, fresh] = names.emplace(name, table);
    if (fresh) continue;
    const Where before = loading.documents.where(*find(*first->second, "name").node);
    loading.findings.error(
        loading.documents.where(*find(*table, "name").node),
        "mapping " + in_quotes(name) + " is already defined at " + place(before));
  }
  return names;
}

std::vector<std::string> names_of(const ByName& names) {
  std::vector<std::string> list;
  for (const auto& [name, table] : names) list.push_back(name);
  return list;
}

// The mapping that `table` extends; nullptr when it extends none or one that does not exist.
const toml::table* base_of(const toml::table& table, const ByName& names) {
  const auto at = names.find(own_text(table, "extends"));
  return at == names.end() ? nullptr : at->second;
}

// "a -> b -> a" when following `extends` from `table` comes back to it, else "".
std::string circle(const toml::table& table, const ByName& names) {
  std::string path = own_text(table, "name");
  const toml::table* at = &table;
  for (std::size_t steps = 0; steps <= names.size(); ++steps) {
    at = base_of(*at, names);
    if (at == nullptr) return "";
    path += " -> " + own_text(*at, "name");
    if (at == &table) return path;
    if (path.size() > 4096) return "";
  }
  return "";  // it leads into a circle that it is no part of
}

void check_extends(const toml::table& table, const ByName& names, Loading& loading) {
  const Entry extends = find(table, "extends");
  const std::string name = own_text(table, "extends");
  if (name.empty()) return;
  const Where at = loading.documents.where(*extends.node);
  if (!names.contains(name)) {
    if (loading.complete)
      loading.findings.error(at, "no mapping is named " + in_quotes(name),
                             suggest(name, names_of(names)));
  } else if (const std::string path = circle(table, names); !path.empty()) {
    loading.findings.error(at, "extends goes round in a circle: " + path);
  }
}

Layers layers_of(const toml::table& table, const ByName& names, Loading& loading) {
  Layers layers(table);
  const toml::table* last = &table;
  for (std::size_t depth = 0; !own_text(*last, "extends").empty(); ++depth) {
    const auto* base = base_of(*last, names);
    if (base == nullptr || base == &table || depth == kMaxExtends) {
      layers.incomplete = true;
      if (depth == kMaxExtends && circle(*last, names).empty())
        loading.findings.error(loading.documents.where(*find(table, "extends").node),
                               "extends goes through more than 16 mappings");
      break;
    }
    layers.add(*base);
    last = base;
  }
  return layers;
}

void check_own_name(const Section& section, Mapping& mapping) {
  const toml::table& own = section.layers().own();
  const Section self(section.loading(), section.title(), Layers(own), section.where(), {"mapping"});
  mapping.name = self.text("name").value;
  self.text("extends");  // its type; check_extends looks at what it names
  if (self.has("name") && find(own, "name").node->is_string() &&
      (mapping.name.empty() || mapping.name.size() > kMaxNameBytes))
    self.error("name", "a name has 1 to 128 bytes");
}

void read_destinations(const Section& section, Mapping& mapping) {
  mapping.to = section.texts("to");
  const Entry written = section.layers().find("to");
  if (written && written.node->is_array() && written.node->as_array()->empty())
    section.error("to", "an empty list sends nowhere", "leave it out for all brokers");
  for (std::size_t i = 1; i < mapping.to.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (mapping.to[i].value == mapping.to[j].value)
        section.loading().findings.error(
            mapping.to[i].where, "to: " + in_quotes(mapping.to[i].value) + " is listed twice");
}

Located<std::string> not_empty(const Section& section, std::string_view key) {
  Located<std::string> text = section.text(key);
  const Entry entry = section.layers().find(key);
  if (text.value.empty() && entry && entry.node->value<std::string_view>() == "")
    section.error(key, "is empty");
  return text;
}

void read_each(const Section& section, Mapping& mapping) {
  mapping.each = section.text("each");
  if (!mapping.each.value.empty() && !mapping.each.value.starts_with('/'))
    section.error("each",
                  "expected a JSON pointer to a list, such as \"/records\", not " +
                      in_quotes(mapping.each.value),
                  "did you mean " + in_quotes("/" + mapping.each.value) + "?");
}

Priority read_priority(const Section& section) {
  const auto word = section.word("priority");
  return word == "low" ? Priority::kLow : word == "high" ? Priority::kHigh : Priority::kNormal;
}

void read_repetition(const Section& section, Mapping& mapping) {
  const auto late = section.word("late");
  mapping.late = late == "send" ? Late::kSend : late == "temporal" ? Late::kTemporal : Late::kDrop;
  mapping.counter = not_empty(section, "counter");
  mapping.duplicate_window = section.duration("duplicate_window");
}

std::string profiles_of(const Section& section) {
  const Entry entry = section.layers().find("profile");
  if (!entry) return "";
  if (const auto* text = entry.node->as_string()) return text->get();
  std::string names;
  if (const auto* list = entry.node->as_array())
    for (const auto& one : *list)
      names += (names.empty() ? "" : ", ") + one.value_or(std::string());
  return names;
}

Mapping read_mapping(const Section& section) {
  section.refuse_unknown_keys();
  Mapping mapping;
  mapping.where = section.where();
  check_own_name(section, mapping);
  mapping.source = not_empty(section, "source");
  mapping.match = not_empty(section, "match");
  mapping.format = not_empty(section, "format");
  mapping.profiles = profiles_of(section);
  read_each(section, mapping);
  read_capture(section, mapping);
  read_options(section, mapping);
  read_time(section, mapping);
  mapping.period = section.duration("period");
  mapping.expect = section.duration("expect");
  mapping.keep_latest = section.word("history") == "latest";
  mapping.priority = read_priority(section);
  read_repetition(section, mapping);
  read_destinations(section, mapping);
  mapping.entities = read_entities(section);
  return mapping;
}

Mapping read_with_profile(Loading& loading, const toml::table& table, Layers layers,
                          const Located<std::string>& of_device) {
  add_profiles(loading, layers, of_device);
  return read_mapping({loading,
                       std::string(kTitle),
                       std::move(layers),
                       loading.documents.where(table),
                       {"mapping", "entity"}});
}

// One for each kind of device that devices.csv knows.
void read_for_devices(Loading& loading, const toml::table& table, const Layers& layers,
                      const Devices& devices, std::vector<Mapping>& mappings) {
  if (devices.profiles.empty())
    loading.findings.error(loading.documents.where(*layers.find("profile").node),
                           "profile: {profile} is a column of devices.csv, which has none",
                           "[devices] file = \"devices.csv\" with a header key,profile,...");
  for (const auto& [name, where] : devices.profiles) {
    Mapping mapping = read_with_profile(loading, table, layers, {name, where});
    mapping.name += "/" + name;
    mapping.device_profile = name;
    mappings.push_back(std::move(mapping));
  }
}

}  // namespace

std::vector<Mapping> read_mappings(Loading& loading, const std::vector<const toml::table*>& tables,
                                   const Devices& devices) {
  const ByName names = by_name(tables, loading);
  std::vector<Mapping> mappings;
  for (const auto* table : tables) {
    check_extends(*table, names, loading);
    const Layers layers = layers_of(*table, names, loading);
    if (asks_device(layers))
      read_for_devices(loading, *table, layers, devices, mappings);
    else
      mappings.push_back(read_with_profile(loading, *table, layers, {}));
  }
  return mappings;
}

}  // namespace lamppost::config
