// SPDX-License-Identifier: Apache-2.0
// Damaging the durable shelf, and knowing what ought to be lost: where SQLite itself says that
// rows lie (its table dbstat).
#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/batch.h"
#include "support/simulated_disk.h"

namespace lamppost::outbox {

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline DiskImage read_directory(const std::filesystem::path& directory) {
  DiskImage image;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    image[entry.path().filename().string()] = read_bytes(entry.path());
  return image;
}

inline void write_directory(const std::filesystem::path& directory, const DiskImage& image) {
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  for (const auto& [name, bytes] : image) write_bytes(directory / name, bytes);
}

inline void clear_directory(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    std::filesystem::remove(entry.path());
}

inline std::size_t count_of_files(const std::filesystem::path& directory, const char* words) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    count += entry.path().string().find(words) != std::string::npos ? 1 : 0;
  return count;
}

struct Places {
  std::map<RowId, std::set<std::size_t>> of_row;  // pages that hold a part of it, from 1 on
  std::set<std::size_t> used;                     // pages of the trees of any table or index
};

// Of a file that was closed in order.
inline Places places_in(const std::filesystem::path& path) {
  Places places;
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  const auto each = [database](const char* sql, const auto& take) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) take(statement);
    sqlite3_finalize(statement);
  };
  std::vector<RowId> ids;
  each("SELECT key & 0xFFFFFFFFFFFF FROM rows ORDER BY key",
       [&](sqlite3_stmt* row) { ids.push_back(sqlite3_column_int64(row, 0)); });
  // The path of an overflow page is that of its leaf and the number of its cell: "/01c/00a+000000".
  std::map<std::string, std::size_t> first_of_leaf;
  std::size_t next = 0;
  const auto path_of = [](sqlite3_stmt* page) {
    return std::string(reinterpret_cast<const char*>(sqlite3_column_text(page, 0)));
  };
  const auto number_of = [](sqlite3_stmt* page) {
    return static_cast<std::size_t>(sqlite3_column_int64(page, 1));
  };
  each(
      "SELECT path, pageno, ncell FROM dbstat WHERE name = 'rows' AND pagetype = 'leaf'"
      " ORDER BY path",
      [&](sqlite3_stmt* page) {
        first_of_leaf[path_of(page)] = next;
        for (auto left = sqlite3_column_int64(page, 2); left > 0; --left)
          places.of_row[ids.at(next++)].insert(number_of(page));
      });
  REQUIRE(next == ids.size());
  each("SELECT path, pageno FROM dbstat WHERE name = 'rows' AND pagetype = 'overflow'",
       [&](sqlite3_stmt* page) {
         const auto text = path_of(page);
         const auto slash = text.rfind('/') + 1;
         const auto cell = std::stoul(text.substr(slash), nullptr, 16);
         places.of_row[ids.at(first_of_leaf.at(text.substr(0, slash)) + cell)].insert(
             number_of(page));
       });
  each("SELECT path, pageno FROM dbstat WHERE pagetype <> 'overflow'",
       [&](sqlite3_stmt* page) { places.used.insert(number_of(page)); });
  sqlite3_close(database);
  return places;
}

}  // namespace lamppost::outbox
