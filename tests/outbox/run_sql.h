// SPDX-License-Identifier: Apache-2.0
// Changes the durable shelf behind the outbox's back.
#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>

namespace lamppost::outbox {

inline void run_sql(const std::filesystem::path& path, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
}

// What makes a file of today one of a former version.
#define LAMPPOST_WITHOUT_SUMS "ALTER TABLE rows DROP COLUMN sum; ALTER TABLE marks DROP COLUMN sum;"
#define LAMPPOST_WITHOUT_ENTITIES LAMPPOST_WITHOUT_SUMS "DROP TABLE entities;"
inline constexpr const char* kToVersion4 = LAMPPOST_WITHOUT_SUMS "PRAGMA user_version = 4";
inline constexpr const char* kToVersion3 = LAMPPOST_WITHOUT_ENTITIES "PRAGMA user_version = 3";
inline constexpr const char* kToVersion2 = LAMPPOST_WITHOUT_ENTITIES
    "DROP VIEW queue; DROP INDEX rows_low; DROP TABLE gaps;"
    "ALTER TABLE rows DROP COLUMN priority; CREATE VIEW queue AS SELECT payload FROM rows;"
    "PRAGMA user_version = 2";

}  // namespace lamppost::outbox
