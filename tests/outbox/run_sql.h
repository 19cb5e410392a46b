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

}  // namespace lamppost::outbox
