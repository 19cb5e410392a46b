// SPDX-License-Identifier: Apache-2.0
#include "outbox/sqlite.h"

#include <sqlite3.h>

namespace lamppost::outbox {

Statement::Statement(Database& database, const char* sql) : database_(database) {
  if (database_.failed()) return;
  const int code =
      sqlite3_prepare_v3(database_.handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  if (code != SQLITE_OK) database_.fail(code);
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(handle_, ++bound_, value);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text64(handle_, ++bound_, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_bytes(std::string_view bytes) {
  // An empty view may hold a null pointer, which SQLite would take for NULL.
  const char* data = bytes.empty() ? "" : bytes.data();
  sqlite3_bind_blob64(handle_, ++bound_, data, bytes.size(), SQLITE_STATIC);
  return *this;
}

bool Statement::step() {
  if (database_.failed()) return false;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail(code);
  reset();
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() {
  sqlite3_reset(handle_);
  bound_ = 0;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string Statement::text(int column) const { return std::string(bytes(column)); }

std::string_view Statement::bytes(int column) const {
  const void* bytes = sqlite3_column_blob(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), size};
}

Database::~Database() {
  statements_.clear();
  sqlite3_close(handle_);
}

void Database::open(const std::filesystem::path& path, Mode mode, const char* vfs) {
  const int access =
      mode == Mode::kReadWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  std::string name = path.string();
  if (mode == Mode::kImmutable) {
    std::string escaped;
    for (const char c : name) {
      if (c == '%')
        escaped += "%25";
      else if (c == '?')
        escaped += "%3f";
      else if (c == '#')
        escaped += "%23";
      else
        escaped += c;
    }
    name = "file:" + escaped + "?immutable=1";
  }
  const int uri = mode == Mode::kImmutable ? SQLITE_OPEN_URI : 0;
  const int code = sqlite3_open_v2(name.c_str(), &handle_, access | uri | SQLITE_OPEN_NOMUTEX, vfs);
  if (code != SQLITE_OK) return fail(code);
  // SQLite falls back to reading when it may not write; a writer wants to know.
  if (mode == Mode::kReadWrite && sqlite3_db_readonly(handle_, "main") == 1)
    return fail(SQLITE_READONLY);
  sqlite3_busy_timeout(handle_, 1'000);
}

void Database::execute(const char* sql) {
  if (failed()) return;
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

Statement& Database::use(const char* sql) {
  auto& statement = statements_[sql];
  // One that failed to compile is compiled again, not kept as a dead one.
  if (!statement || !statement->compiled()) statement = std::make_unique<Statement>(*this, sql);
  statement->reset();
  return *statement;
}

std::int64_t Database::integer(const char* sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Database::first_text(const char* sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.text(0) : "";
}

void Database::declare_damaged(std::string why) {
  code_ = SQLITE_CORRUPT;
  text_ = std::move(why);
}

bool Database::damaged() const { return code_ == SQLITE_CORRUPT || code_ == SQLITE_NOTADB; }

bool Database::misunderstood() const { return code_ == SQLITE_ERROR; }

bool Database::busy() const { return code_ == SQLITE_BUSY || code_ == SQLITE_LOCKED; }

std::string Database::take_error() {
  code_ = 0;
  return std::move(text_);
}

void Database::fail(int code) {
  if (code_ != 0) return;
  code_ = code & 0xFF;
  met_damage_ = met_damage_ || damaged();
  const bool known = handle_ != nullptr && sqlite3_errcode(handle_) == code_;
  text_ = known ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.use("BEGIN IMMEDIATE").run();
}

Transaction::~Transaction() {
  if (open_) roll_back();
}

Result<void> Transaction::commit() {
  open_ = false;
  database_.use("COMMIT").run();
  if (!database_.failed()) return {};
  std::string text = database_.take_error();
  roll_back();
  return Error{Fault::kTransient, std::move(text), ""};
}

void Transaction::roll_back() {
  open_ = false;
  database_.take_error();
  database_.use("ROLLBACK").run();
  // After an I/O error SQLite has rolled back already and says so; that answer is of no interest.
  database_.take_error();
}

}  // namespace lamppost::outbox
