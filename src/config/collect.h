// SPDX-License-Identifier: Apache-2.0
// What all files together say, table by table, before any table is read: which sources, brokers and
// mappings there are, and the single tables put together.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/section.h"

namespace lamppost::config {

// A [source.NAME] or [broker.NAME].
struct NamedTable {
  std::string name;
  const toml::table* table;
};

struct Collected {
  std::vector<NamedTable> sources, brokers;  // names are unique
  std::vector<const toml::table*> mappings, calibrations, examples;
  std::map<std::string_view, Layers>
      singles;  // gateway, outbox, clock, status, devices; may be empty
};

// The main file and conf.d/*.toml beside it, in name order. Files with syntax errors are left out
// and reported.
std::vector<const toml::table*> read_files(const std::filesystem::path& main_file,
                                           Loading& loading);

Collected collect(const std::vector<const toml::table*>& files, Loading& loading);

}  // namespace lamppost::config
