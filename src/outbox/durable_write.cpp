// SPDX-License-Identifier: Apache-2.0
#include "outbox/check_sum.h"
#include "outbox/durable_shelf.h"
#include "outbox/schema.h"

namespace lamppost::outbox {
namespace {

void count_queue(Counters& counts, const std::string& destination, int rows, std::int64_t bytes) {
  counts[{Book::kQueue, destination, "rows"}] += rows;
  counts[{Book::kQueue, destination, "bytes"}] += bytes;
}

// What the file takes for a row: as it is packed.
std::int64_t row_bytes(const Row& row, const std::string& packed) {
  return static_cast<std::int64_t>(packed.size() + row.entity.size() + kRowOverhead);
}

}  // namespace

Result<void> DurableShelf::commit(const Change& change, const DurableMarks* marks) {
  const auto purged = letters_to_purge(change);
  Counters counts;
  for (const auto& [key, by] : change.counts) counts[key] += by;
  if (!purged.empty())
    counts[{Book::kOutbox, "letters", "purged"}] += static_cast<std::int64_t>(purged.size());

  const auto lanes = lanes_;
  Transaction transaction(db_);
  const auto gone = write_rows(change, counts);
  write_letters(change, purged);
  write_unknowns(change);
  write_gaps(change);
  write_counts(counts);
  if (marks != nullptr) write_marks(*marks);
  if (auto done = transaction.commit(); !done) {
    lanes_ = lanes;  // a number given to a new destination went back with the transaction
    if (db_.met_damage()) suspect();
    return done;
  }
  for (const auto& [key, by] : counts) tally_.add(key, by);
  for (const auto& row : gone) census_[row.destination].remove(row.id, row.entity);
  for (const auto& row : change.puts) census_[row.destination].add(row);
  if (marks != nullptr) marks_ = *marks;
  if (!change.letters.empty() || !change.erased_letters.empty()) count_letters();
  return {};
}

std::int64_t DurableShelf::lane_of(const std::string& destination) {
  if (const auto lane = known_lane(destination)) return *lane;
  db_.use("INSERT INTO destinations (name) VALUES (?)").bind(destination).run();
  const auto lane = db_.integer("SELECT max(id) FROM destinations");
  if (!db_.failed()) lanes_[destination] = lane;
  return lane;
}

// Returns the rows that were erased.
std::vector<DurableShelf::Gone> DurableShelf::write_rows(const Change& change, Counters& counts) {
  std::vector<Gone> gone;
  gone.reserve(change.erasures.size());
  for (const auto& [destination, id, bytes] : change.erasures) {
    auto& erase = db_.use("DELETE FROM rows WHERE key = ? RETURNING entity, bytes");
    erase.bind(lane_of(destination) << kKeyShift | id);
    while (erase.step()) {
      gone.push_back({destination, erase.text(0), id});
      count_queue(counts, destination, -1, -counted_bytes(erase.integer(1)));
    }
  }
  for (const auto& replacement : change.replacements) replace(replacement.row, counts);
  for (const auto& row : change.puts) put(row, counts);
  return gone;
}

void DurableShelf::put(const Row& row, Counters& counts) {
  const auto lane = lane_of(row.destination);
  // Merging past this row would turn the order of its entity round.
  if (!row.latest() && may_have_latest_)
    db_.use("UPDATE rows SET latest = 0 WHERE latest = 1 AND entity = ? AND key >= ? AND key < ?")
        .bind(row.entity)
        .bind(lane << kKeyShift)
        .bind((lane + 1) << kKeyShift)
        .run();
  may_have_latest_ = may_have_latest_ || row.latest();
  note_entity(lane, row);
  const auto key = lane << kKeyShift | row.id;
  const auto payload = packer_.pack(row.payload);
  const auto bytes = row_bytes(row, payload);
  count_queue(counts, row.destination, 1, bytes);
  db_.use("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(key)
      .bind(row.entity)
      .bind_bytes(payload)
      .bind(row.enqueued.ms)
      .bind(row.observed_at.ms)
      .bind(row.born_ms)
      .bind(row.attempts)
      .bind(static_cast<std::int64_t>(row.kind))
      .bind(bytes)
      .bind(static_cast<std::int64_t>(row.priority))
      .bind(sum_of(key, row, payload))
      .run();
}

// Once an entity and outage: the page is written for many of them together.
void DurableShelf::note_entity(std::int64_t lane, const Row& row) {
  const auto& census = census_[row.destination];
  if (census.noted(row.entity)) return;
  const auto entity = census.to_note(row.entity);
  db_.use("INSERT OR IGNORE INTO entities VALUES (?, ?)").bind(lane).bind(entity).run();
}

void DurableShelf::replace(const Row& row, Counters& counts) {
  const auto key = lane_of(row.destination) << kKeyShift | row.id;
  const auto payload = packer_.pack(row.payload);
  const auto bytes = row_bytes(row, payload);
  auto& before = db_.use("SELECT bytes FROM rows WHERE key = ?");
  before.bind(key);
  while (before.step())
    count_queue(counts, row.destination, 0, bytes - counted_bytes(before.integer(0)));
  db_.use("UPDATE rows SET payload = ?, observed_at = ?, bytes = ?, sum = ? WHERE key = ?")
      .bind_bytes(payload)
      .bind(row.observed_at.ms)
      .bind(bytes)
      .bind(sum_of(key, row, payload))
      .bind(key)
      .run();
}

// The oldest letters that must go so that the new ones keep within the bounds.
std::vector<std::int64_t> DurableShelf::letters_to_purge(const Change& change) {
  auto count = letters_ + change.letters.size();
  auto bytes = letters_bytes_;
  for (const auto& letter : change.letters) bytes += letter_bytes(letter);
  std::vector<std::int64_t> purged;
  if (change.letters.empty() || (count <= kMaxDeadLetters && bytes <= kMaxLetterBytes))
    return purged;
  auto& oldest = db_.use("SELECT id, bytes FROM letters ORDER BY id");
  while ((count > kMaxDeadLetters || bytes > kMaxLetterBytes) && oldest.step()) {
    purged.push_back(oldest.integer(0));
    bytes -= static_cast<std::uint64_t>(oldest.integer(1));
    --count;
  }
  oldest.reset();
  return purged;
}

void DurableShelf::write_letters(const Change& change, const std::vector<std::int64_t>& purged) {
  for (const auto* ids : {&purged, &change.erased_letters})
    for (const auto id : *ids) db_.use("DELETE FROM letters WHERE id = ?").bind(id).run();
  for (const auto& letter : change.letters) {
    auto& insert =
        db_.use("INSERT INTO letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(letter.id);
    for (const auto* text :
         {&letter.destination, &letter.entity, &letter.reason, &letter.text, &letter.pointer,
          &letter.payload, &letter.source, &letter.topic, &letter.content_type})
      insert.bind(*text);
    insert.bind_bytes(letter.reading)
        .bind(letter.mapping)
        .bind(letter.arrived.ms)
        .bind(letter.died.ms)
        .bind(letter.status)
        .bind(static_cast<std::int64_t>(letter_bytes(letter)))
        .run();
  }
}

void DurableShelf::write_unknowns(const Change& change) {
  for (const auto& unknown : change.unknowns)
    db_.use("INSERT OR REPLACE INTO unknowns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(unknown.id)
        .bind(unknown.source)
        .bind(unknown.topic)
        .bind(unknown.content_type)
        .bind_bytes(unknown.payload)
        .bind(unknown.text)
        .bind(static_cast<std::int64_t>(unknown.count))
        .bind(unknown.first.ms)
        .bind(unknown.last.ms)
        .run();
  if (change.unknowns.empty()) return;
  db_.use(
         "DELETE FROM unknowns WHERE id NOT IN (SELECT id FROM unknowns ORDER BY last DESC, id DESC"
         " LIMIT ?)")
      .bind(static_cast<std::int64_t>(kMaxUnknown))
      .run();
}

// An older state of a gap, from the fresh shelf, does not overwrite a newer one.
void DurableShelf::write_gaps(const Change& change) {
  for (const auto& gap : change.gaps)
    db_.use(
           "INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET types ="
           " excluded.types, count = excluded.count, ended = excluded.ended, first ="
           " excluded.first, last = excluded.last WHERE excluded.count > count")
        .bind(gap.id)
        .bind(gap.destination)
        .bind(gap.reason)
        .bind(gap.types)
        .bind(static_cast<std::int64_t>(gap.rows))
        .bind(gap.began.ms)
        .bind(gap.ended.ms)
        .bind(gap.first.ms)
        .bind(gap.last.ms)
        .run();
  if (change.gaps.empty()) return;
  db_.use("DELETE FROM gaps WHERE id NOT IN (SELECT id FROM gaps ORDER BY id DESC LIMIT ?)")
      .bind(static_cast<std::int64_t>(kMaxGaps))
      .run();
}

void DurableShelf::write_counts(const Counters& counts) {
  for (const auto& [key, by] : counts)
    if (by != 0)
      db_.use(
             "INSERT INTO counters VALUES (?, ?, ?, ?)"
             " ON CONFLICT DO UPDATE SET count = count + excluded.count")
          .bind(static_cast<std::int64_t>(key.book))
          .bind(key.name)
          .bind(key.word)
          .bind(by)
          .run();
}

void DurableShelf::write_marks(const DurableMarks& marks) {
  db_.use(
         "UPDATE marks SET instance = ?, reserved = ?, transfer = ?, moved = ?, age = ?, wall = ?,"
         " sum = ?")
      .bind(marks.instance)
      .bind(marks.reserved)
      .bind(marks.transfer)
      .bind(marks.moved)
      .bind(marks.age_ms)
      .bind(marks.wall.ms)
      .bind(sum_of(marks))
      .run();
}

Result<void> DurableShelf::add_attempts(
    const std::map<std::string, std::map<RowId, int>>& attempts) {
  Transaction transaction(db_);
  for (const auto& [destination, rows] : attempts)
    for (const auto& [id, count] : rows)
      if (const auto lane = known_lane(destination))
        db_.use("UPDATE rows SET attempts = attempts + ? WHERE key = ?")
            .bind(count)
            .bind(*lane << kKeyShift | id)
            .run();
  return transaction.commit();
}

}  // namespace lamppost::outbox
