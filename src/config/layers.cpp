// SPDX-License-Identifier: Apache-2.0
#include "config/layers.h"

#include <set>

namespace lamppost::config {

Entry Layers::find(std::string_view key) const {
  for (const Layer& layer : tables_)
    if (Entry entry = config::find(*layer.table, key)) {
      entry.from_profile = layer.is_profile;
      return entry;
    }
  return {};
}

std::vector<Entry> Layers::find_all(std::string_view key) const {
  std::vector<Entry> all;
  for (const Layer& layer : tables_)
    if (Entry entry = config::find(*layer.table, key)) {
      entry.from_profile = layer.is_profile;
      all.push_back(entry);
    }
  return all;
}

std::vector<Entry> Layers::entries() const {
  std::vector<Entry> all;
  std::set<std::string_view> seen;
  for (const Layer& layer : tables_)
    for (Entry entry : in_file_order(*layer.table)) {
      entry.from_profile = layer.is_profile;
      if (seen.insert(entry.key->str()).second) all.push_back(entry);
    }
  return all;
}

Layers Layers::at(std::string_view key) const {
  Layers below;
  below.incomplete = incomplete;
  for (const Layer& layer : tables_) {
    const Entry entry = config::find(*layer.table, key);
    if (!entry) continue;
    if (entry.node->as_table() == nullptr) break;
    below.tables_.push_back({entry.node->as_table(), layer.is_profile});
  }
  return below;
}

}  // namespace lamppost::config
