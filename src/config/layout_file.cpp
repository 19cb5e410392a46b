// SPDX-License-Identifier: Apache-2.0
// layouts/NAME.toml, or [layout] of profiles/NAME.toml, as JSON, joined with the layouts that it
// extends, and the place of every value.
#include "config/profiles.h"
#include "config/section.h"
#include "config/wording.h"

namespace lamppost::config {
namespace {

constexpr int kMaxExtends = 4;

// RFC 6901; the keys of a layout hold neither "/" nor "~", those of a `map` are numbers.
void add_places(const toml::node& node, const std::string& pointer, const Documents& documents,
                Layout& layout) {
  layout.places[pointer] = documents.where(node);
  if (const auto* table = node.as_table())
    for (const auto& [key, value] : *table)
      add_places(value, pointer + '/' + std::string(key.str()), documents, layout);
  if (const auto* list = node.as_array())
    for (std::size_t i = 0; i < list->size(); ++i)
      add_places(*list->get(i), pointer + '/' + std::to_string(i), documents, layout);
}

// Lists go behind those that are there, other values only where there is none.
void join(const toml::table& table, const Documents& documents, Layout& layout) {
  for (const Entry& entry : in_file_order(table)) {
    const std::string key(entry.key->str());
    Json& held = layout.content[key];
    if (held.is_null()) {
      held = to_json(*entry.node);
      add_places(*entry.node, '/' + key, documents, layout);
    } else if (held.is_array() && entry.node->is_array()) {
      for (const auto& one : *entry.node->as_array()) {
        add_places(one, '/' + key + '/' + std::to_string(held.size()), documents, layout);
        held.push_back(to_json(one));
      }
    }
  }
}

}  // namespace

Profiles::Description Profiles::description(Loading& loading, const Located<std::string>& asked) {
  auto file = find_data_file(loading.directory, "layouts", asked.value);
  if (!file.empty()) return {file, loading.documents.read(file, loading.findings)};
  file = find_data_file(loading.directory, "profiles", asked.value);
  const toml::table* profile = file.empty() ? nullptr : root(loading, asked);
  const Entry inside = profile == nullptr ? Entry{} : find(*profile, "layout");
  if (!inside) return {};
  if (inside.node->as_table() == nullptr)
    loading.findings.error(loading.documents.where(*inside.node),
                           "layout: expected one table headed [layout], not " + seen(*inside.node));
  return {file, inside.node->as_table()};
}

std::shared_ptr<const Layout> Profiles::layout(Loading& loading,
                                               const Located<std::string>& asked) {
  const auto known = layouts_.find(asked.value);
  if (known != layouts_.end()) return known->second;
  auto layout = std::make_shared<Layout>();
  layout->content = Json::object();
  Located<std::string> name = asked;
  for (int depth = 0; depth < kMaxExtends && !name.value.empty(); ++depth) {
    const auto [file, table] = description(loading, name);
    if (file.empty() && depth == 0) return nullptr;  // perhaps a format
    if (file.empty()) {
      loading.findings.error(name.where, "no layout is named " + in_quotes(name.value));
      break;
    }
    if (table == nullptr) break;
    if (depth == 0) layout->places[""] = layout->places["/"] = {file.string(), 0, 0, ""};
    join(*table, loading.documents, *layout);
    const Entry base = find(*table, "extends");
    name = {base ? base.node->value_or(std::string()) : "",
            base ? loading.documents.where(*base.node) : Where{}};
    if (depth + 1 == kMaxExtends && !name.value.empty())
      loading.findings.error(name.where,
                             "a layout extends at most " + std::to_string(kMaxExtends - 1) +
                                 " others, one behind the other",
                             "perhaps they extend each other in a circle");
  }
  return layouts_[asked.value] = layout;
}

Where Layout::where(std::string pointer) const {
  auto found = places.find(pointer);
  while (found == places.end() && !pointer.empty()) {
    pointer.resize(pointer.rfind('/'));
    found = places.find(pointer);
  }
  return found == places.end() ? Where{} : found->second;
}

}  // namespace lamppost::config
