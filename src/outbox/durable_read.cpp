// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "outbox/check_sum.h"
#include "outbox/durable_shelf.h"
#include "outbox/schema.h"

namespace lamppost::outbox {
namespace {

constexpr std::int64_t kIdMask = (std::int64_t{1} << kKeyShift) - 1;

#define LAMPPOST_ROW_COLUMNS                                                           \
  "SELECT key, entity, bytes, born, attempts, latest, enqueued, observed_at, payload," \
  " priority, sum FROM rows "
#define LAMPPOST_LETTER_COLUMNS                                                                  \
  "SELECT id, destination, entity, reason, text, pointer, payload, source, topic, content_type," \
  " reading, mapping, arrived, died, status FROM letters "

DeadLetter letter_of(const Statement& statement) {
  DeadLetter letter;
  letter.id = statement.integer(0);
  int column = 1;
  for (auto* text : {&letter.destination, &letter.entity, &letter.reason, &letter.text,
                     &letter.pointer, &letter.payload, &letter.source, &letter.topic,
                     &letter.content_type, &letter.reading, &letter.mapping})
    *text = statement.text(column++);
  letter.arrived.ms = statement.integer(column++);
  letter.died.ms = statement.integer(column++);
  letter.status = static_cast<int>(statement.integer(column));
  return letter;
}

}  // namespace

RowId RowCursor::id() const { return statement_.integer(0) & kIdMask; }
std::string RowCursor::entity() const { return statement_.text(1); }
std::uint64_t RowCursor::bytes() const {
  return static_cast<std::uint64_t>(counted_bytes(statement_.integer(2)));
}
std::int64_t RowCursor::born_ms() const { return statement_.integer(3); }
Timestamp RowCursor::observed_at() const { return Timestamp{statement_.integer(7)}; }
Priority RowCursor::priority() const { return row_priority(statement_.integer(9)); }

Row RowCursor::row() const {
  Row row;
  row.id = id();
  row.destination = destination_;
  row.entity = entity();
  row.enqueued.ms = statement_.integer(6);
  row.observed_at = observed_at();
  row.born_ms = born_ms();
  row.attempts = static_cast<int>(statement_.integer(4));
  row.kind = row_kind(statement_.integer(5));
  row.priority = priority();
  unpack_into(row, statement_.integer(0), statement_.bytes(8), statement_.integer(10), packer_);
  return row;
}

std::unique_ptr<DurableShelf> DurableShelf::open_readonly(const std::filesystem::path& path) {
  // Without write permission a WAL database opens only while somebody else has it open; when nobody
  // has, and its WAL is empty, it does not change under us.
  for (const auto mode : {Database::Mode::kReadOnly, Database::Mode::kImmutable}) {
    std::unique_ptr<DurableShelf> shelf(new DurableShelf(path));
    shelf->db_.open(path, mode);
    shelf->db_.execute("BEGIN");  // one moment for everything that is read through it
    const bool ours = shelf->db_.integer("PRAGMA application_id") == kApplicationId &&
                      shelf->db_.integer("PRAGMA user_version") == migrations().count;
    if (ours && shelf->load()) return shelf;
  }
  return nullptr;
}

std::optional<std::int64_t> DurableShelf::known_lane(const std::string& destination) const {
  const auto found = lanes_.find(destination);
  if (found == lanes_.end()) return std::nullopt;
  return found->second;
}

bool DurableShelf::scan(const std::string& destination, RowId from, const Look& look) {
  return scan_with(db_.use(LAMPPOST_ROW_COLUMNS "WHERE key >= ? AND key < ? ORDER BY key"),
                   destination, from, look);
}

bool DurableShelf::scan_low(const std::string& destination, const Look& look) {
  return scan_with(
      db_.use(LAMPPOST_ROW_COLUMNS "WHERE priority = 0 AND key >= ? AND key < ? ORDER BY key"),
      destination, 0, look);
}

bool DurableShelf::scan_with(Statement& rows, const std::string& destination, RowId from,
                             const Look& look) {
  const auto lane = known_lane(destination);
  if (!lane) return true;
  rows.bind(*lane << kKeyShift | from).bind((*lane + 1) << kKeyShift);
  const RowCursor cursor(rows, destination, packer_);
  while (rows.step())
    if (!look(cursor)) break;
  rows.reset();  // an open read would keep the WAL from being reused
  return !read_failed();
}

Result<std::optional<Row>> DurableShelf::find(const std::string& destination, RowId id) {
  std::optional<Row> row;
  const auto lane = known_lane(destination);
  if (!lane || id < 0 || id > kIdMask) return row;
  auto& found = db_.use(LAMPPOST_ROW_COLUMNS "WHERE key = ?");
  found.bind(*lane << kKeyShift | id);
  if (found.step()) row = RowCursor(found, destination, packer_).row();
  found.reset();
  const bool damaged = db_.damaged();
  if (read_failed() && !damaged) return Error{Fault::kTransient, trouble_, ""};
  return row;
}

// A time that the flash has altered would let everything expire.
std::int64_t DurableShelf::newest_born_ms() {
  std::int64_t newest = 0;
  for (const auto& [name, lane] : lanes_) {
    auto& rows =
        db_.use(LAMPPOST_ROW_COLUMNS "WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT 100");
    rows.bind(lane << kKeyShift).bind((lane + 1) << kKeyShift);
    const RowCursor cursor(rows, name, packer_);
    while (rows.step()) {
      if (cursor.row().damaged) continue;
      newest = std::max(newest, cursor.born_ms());
      break;
    }
    rows.reset();
  }
  read_failed();
  return newest;
}

std::optional<Row> DurableShelf::latest(const std::string& destination, const std::string& entity) {
  const auto lane = known_lane(destination);
  if (!lane || !may_have_latest_) return std::nullopt;
  std::optional<Row> row;
  auto& found = db_.use(LAMPPOST_ROW_COLUMNS
                        "WHERE latest = 1 AND entity = ? AND key >= ? AND key < ?"
                        " ORDER BY key DESC LIMIT 1");
  found.bind(entity).bind(*lane << kKeyShift).bind((*lane + 1) << kKeyShift);
  if (found.step()) row = RowCursor(found, destination, packer_).row();
  found.reset();
  read_failed();
  if (row && row->damaged) row.reset();
  return row;
}

bool DurableShelf::check_rows(Stretch& stretch, const std::function<bool()>& go_on) {
  const std::string any;
  auto& rows = db_.use(LAMPPOST_ROW_COLUMNS "WHERE key > ? ORDER BY key LIMIT ?");
  rows.bind(stretch.after).bind(static_cast<std::int64_t>(stretch.most));
  const RowCursor cursor(rows, any, packer_);
  while (rows.step()) {
    stretch.after = rows.integer(0);
    ++stretch.looked_at;
    stretch.damaged += cursor.row().damaged ? 1 : 0;
    if (--stretch.most == 0 || !go_on()) break;
  }
  if (!go_on()) stretch.most = 0;
  rows.reset();
  return !read_failed();
}

bool DurableShelf::check_letters(Stretch& stretch, const std::function<bool()>& go_on) {
  auto& letters = db_.use(LAMPPOST_LETTER_COLUMNS "WHERE id > ? ORDER BY id LIMIT ?");
  letters.bind(stretch.after).bind(static_cast<std::int64_t>(stretch.most));
  while (letters.step()) {
    stretch.after = letter_of(letters).id;
    ++stretch.looked_at;
    if (--stretch.most == 0 || !go_on()) break;
  }
  if (!go_on()) stretch.most = 0;
  letters.reset();
  return !read_failed();
}

std::vector<DeadLetter> DurableShelf::letters(std::size_t limit) {
  std::vector<DeadLetter> letters;
  auto& found = db_.use(LAMPPOST_LETTER_COLUMNS "ORDER BY id DESC LIMIT ?");
  found.bind(static_cast<std::int64_t>(limit));
  while (found.step()) letters.push_back(letter_of(found));
  read_failed();
  return letters;
}

std::optional<DeadLetter> DurableShelf::letter(std::int64_t id) {
  std::optional<DeadLetter> letter;
  auto& found = db_.use(LAMPPOST_LETTER_COLUMNS "WHERE id = ?");
  found.bind(id);
  if (found.step()) letter = letter_of(found);
  found.reset();
  read_failed();
  return letter;
}

std::vector<std::int64_t> DurableShelf::letter_ids(std::size_t limit) {
  std::vector<std::int64_t> ids;
  auto& found = db_.use("SELECT id FROM letters ORDER BY id LIMIT ?");
  found.bind(static_cast<std::int64_t>(limit));
  while (found.step()) ids.push_back(found.integer(0));
  read_failed();
  return ids;
}

std::vector<Unknown> DurableShelf::unknowns() {
  std::vector<Unknown> unknowns;
  auto& found = db_.use(
      "SELECT id, source, topic, content_type, payload, text, count, first, last FROM unknowns");
  while (found.step()) {
    Unknown unknown;
    unknown.id = found.integer(0);
    int column = 1;
    for (auto* text :
         {&unknown.source, &unknown.topic, &unknown.content_type, &unknown.payload, &unknown.text})
      *text = found.text(column++);
    unknown.count = static_cast<std::uint64_t>(found.integer(6));
    unknown.first.ms = found.integer(7);
    unknown.last.ms = found.integer(8);
    unknowns.push_back(std::move(unknown));
  }
  read_failed();
  return unknowns;
}

std::vector<Gap> DurableShelf::gaps() {
  std::vector<Gap> gaps;
  auto& found =
      db_.use("SELECT id, destination, reason, types, count, began, ended, first, last FROM gaps");
  while (found.step()) {
    Gap gap;
    gap.id = found.integer(0);
    int column = 1;
    for (auto* text : {&gap.destination, &gap.reason, &gap.types}) *text = found.text(column++);
    gap.rows = static_cast<std::uint64_t>(found.integer(column++));
    for (auto* at : {&gap.began, &gap.ended, &gap.first, &gap.last})
      at->ms = found.integer(column++);
    gaps.push_back(std::move(gap));
  }
  read_failed();
  return gaps;
}

}  // namespace lamppost::outbox
