// SPDX-License-Identifier: Apache-2.0
// SQLite with lifetimes. A failure is latched: after one, every further call does nothing until
// take_error(), so a transaction reads as a list of steps and is asked once, at its end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace lamppost::outbox {

class Database;

// One prepared statement in use. Columns count from 0, in the order of the SQL; bind() fills
// parameters from left to right. Texts must live until the statement is reset.
class Statement {
 public:
  Statement(Database& database, const char* sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);
  Statement& bind_bytes(std::string_view bytes);
  // True when there is a row to look at. Resets itself after the last one.
  bool step();
  void run();
  void reset();
  bool compiled() const { return handle_ != nullptr; }

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  std::string_view bytes(int column) const;  // until the next step() or reset()

 private:
  Database& database_;
  sqlite3_stmt* handle_ = nullptr;
  int bound_ = 0;
};

// Not thread-safe: its owner holds a lock.
class Database {
 public:
  enum class Mode { kReadWrite, kReadOnly, kImmutable };

  Database() = default;
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // `vfs` names the SQLite file layer to use, nullptr for the default one.
  void open(const std::filesystem::path& path, Mode mode, const char* vfs = nullptr);
  void execute(const char* sql);
  // The cached statement of a literal, reset and ready to bind().
  Statement& use(const char* sql);
  // Uncached. The first column of the first row, 0 when there is none.
  std::int64_t integer(const char* sql);
  std::string first_text(const char* sql);

  bool failed() const { return code_ != 0; }
  bool damaged() const;        // the file is no sound database
  bool misunderstood() const;  // the SQL does not fit the schema, or there was nothing to undo
  bool busy() const;           // another process holds its locks
  bool met_damage() const { return met_damage_; }  // at any time
  void declare_damaged(std::string why);
  std::string take_error();  // clears it

 private:
  friend class Statement;
  void fail(int code);

  sqlite3* handle_ = nullptr;
  std::unordered_map<const char*, std::unique_ptr<Statement>> statements_;
  int code_ = 0;
  bool met_damage_ = false;
  std::string text_;
};

// BEGIN IMMEDIATE on construction, ROLLBACK unless commit() succeeded.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // kTransient with SQLite's words when any step failed; nothing was changed then.
  Result<void> commit();

 private:
  void roll_back();

  Database& database_;
  bool open_ = true;
};

}  // namespace lamppost::outbox
