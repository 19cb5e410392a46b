// SPDX-License-Identifier: Apache-2.0
#include "config/layers.h"

#include <set>

namespace lamppost::config {

Entry Layers::find(std::string_view key) const {
  for (const auto* table : tables_)
    if (const Entry entry = config::find(*table, key)) return entry;
  return {};
}

std::vector<Entry> Layers::entries() const {
  std::vector<Entry> all;
  std::set<std::string_view> seen;
  for (const auto* table : tables_)
    for (const Entry& entry : in_file_order(*table))
      if (seen.insert(entry.key->str()).second) all.push_back(entry);
  return all;
}

Layers Layers::at(std::string_view key) const {
  Layers below;
  below.incomplete = incomplete;
  for (const auto* table : tables_) {
    const Entry entry = config::find(*table, key);
    if (!entry) continue;
    if (entry.node->as_table() == nullptr) break;
    below.add(*entry.node->as_table());
  }
  return below;
}

}  // namespace lamppost::config
