// SPDX-License-Identifier: Apache-2.0
// A table seen through the tables it inherits from: `extends` and `profile` in a mapping, and
// [gateway] spread over several files. Nothing is copied, so every value still knows its place.
#pragma once

#include <vector>

#include "config/document.h"

namespace lamppost::config {

class Layers {
 public:
  Layers() = default;
  explicit Layers(const toml::table& own) : tables_{{&own, false}} {}

  // `table` answers for the keys that none of the tables before it has.
  void add(const toml::table& table) { tables_.push_back({&table, false}); }
  void add_profile(const toml::table& table) { tables_.push_back({&table, true}); }

  bool empty() const { return tables_.empty(); }
  const toml::table& own() const { return *tables_.front().table; }

  Entry find(std::string_view key) const;
  // The entries of all tables under `key`, nearest first.
  std::vector<Entry> find_all(std::string_view key) const;
  // Every key once, those of the own table first, each table in file order.
  std::vector<Entry> entries() const;
  // The tables under `key`, merged the same way; a value that is no table hides those behind it.
  Layers at(std::string_view key) const;

  // Somewhere in the chain a table is missing, so an absent key proves nothing.
  bool incomplete = false;

 private:
  struct Layer {
    const toml::table* table;
    bool is_profile;
  };
  std::vector<Layer> tables_;
};

}  // namespace lamppost::config
