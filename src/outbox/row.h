// SPDX-License-Identifier: Apache-2.0
// What lies on a shelf, and how a shelf changes. Every change is one transaction: after a crash all
// of it is there or none of it.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/batch.h"
#include "core/timestamp.h"
#include "outbox/outbox.h"

namespace lamppost::outbox {

// What a row costs beside its text: key, times, page headers. Counted so that max_bytes is near to
// what the file takes.
inline constexpr std::uint64_t kRowOverhead = 64;
// No row is larger; a count that says so is damaged.
inline constexpr std::int64_t kMaxRowBytes = std::int64_t{128} << 20;
// What a row on flash is counted as, whatever has become of the number that is stored with it.
inline std::int64_t counted_bytes(std::int64_t stored) {
  constexpr std::int64_t kLeast{kRowOverhead};
  return stored >= kLeast && stored <= kMaxRowBytes ? stored : kLeast;
}

// Where an update goes. Values are written to files: never renumber.
enum class RowKind : std::uint8_t {
  kState = 0,
  kLatest = 1,   // the entity's state; a newer update of it may merge into this row
  kHistory = 2,  // older than what the broker has: into its history alone
};
inline RowKind row_kind(std::int64_t stored) {
  return static_cast<RowKind>(std::clamp<std::int64_t>(stored, 0, 2));
}

inline Priority row_priority(std::int64_t stored) {
  return static_cast<Priority>(std::clamp<std::int64_t>(stored, 0, 2));
}

struct Row {
  RowId id = 0;
  std::string destination, entity, payload;
  Timestamp enqueued, observed_at;
  std::int64_t born_ms = 0;  // in outbox time (age_clock.h); never falls from one id to the next
  int attempts = 0;
  RowKind kind = RowKind::kState;
  Priority priority = Priority::kNormal;
  // The flash gave back other bytes than it got. The payload is empty, unless it is only something
  // beside it that is damaged.
  bool damaged = false;

  bool latest() const { return kind == RowKind::kLatest; }
  // In memory; on flash it is counted as it lies there (counted_bytes).
  std::uint64_t bytes() const { return payload.size() + entity.size() + kRowOverhead; }
};

// A row whose payload changed in place: a newer update was merged into it.
struct Replacement {
  Row row;
  std::uint64_t old_bytes = 0;
};

struct Erasure {
  std::string destination;
  RowId id = 0;
  std::uint64_t bytes = 0;
};

// The ledger's pages. Values are written to files: never renumber.
enum class Book : std::uint8_t {
  kQueue = 0,    // by broker: rows, bytes; follows the rows by itself
  kBroker = 1,   // by broker: stored, delivered, merged, dead, dropped
  kDead = 2,     // by broker and reason
  kDropped = 3,  // by broker and reason
  kSource = 4,   // by source: received, stored, empty, dead, held, rejected, late, duplicate
  kFaults = 5,   // by source and reason: readings that became dead letters
  kOutbox = 6,   // "letters": purged
  kLearned = 7,  // by broker and word: the number that was learned
  kNotes = 8,    // by source and note: readings
};
inline constexpr Book kLastBook = Book::kNotes;

struct CounterKey {
  Book book = Book::kQueue;
  std::string name, word;

  friend auto operator<=>(const CounterKey&, const CounterKey&) = default;
};

using Counters = std::map<CounterKey, std::int64_t>;

struct Count {
  CounterKey key;
  std::int64_t by = 0;
};

// Adds to what the list says already: a verdict counts "delivered" once a row.
inline void add_count(std::vector<Count>& counts, Book book, const std::string& name,
                      std::string_view word, std::int64_t by) {
  for (auto& [key, value] : counts)
    if (key.book == book && key.name == name && key.word == word) {
      value += by;
      return;
    }
  counts.push_back({{book, name, std::string(word)}, by});
}

struct Change {
  std::vector<Row> puts;
  std::vector<Replacement> replacements;
  std::vector<Erasure> erasures;
  std::vector<DeadLetter> letters;
  std::vector<std::int64_t> erased_letters;
  std::vector<Unknown> unknowns;  // whole entries, not differences
  std::vector<Gap> gaps;          // so are these
  std::vector<Count> counts;      // of every book but kQueue

  void count(Book book, const std::string& name, std::string_view word, std::int64_t by = 1) {
    add_count(counts, book, name, word, by);
  }
  bool empty() const {
    return puts.empty() && replacements.empty() && erasures.empty() && letters.empty() &&
           erased_letters.empty() && unknowns.empty() && gaps.empty() && counts.empty();
  }
};

struct DurableMarks {
  std::int64_t instance = 0, reserved = 1, transfer = 0;
  RowId moved = 0;
  std::int64_t age_ms = 0;
  Timestamp wall;
};

// Shortens at a character's edge.
void cut_text(std::string& text, std::size_t limit);
inline constexpr std::size_t kMaxLetterText = 8 * 1024;

// The source in a dead letter of a row that was for a broker's history alone.
inline constexpr const char* kHistorySource = "(history)";
inline constexpr const char* kDamagedReason = "damaged";
inline constexpr const char* kDamagedText =
    "the flash gave back other bytes than were written to it";

// What becomes of a row that is dead; without an id yet.
DeadLetter letter_of(const Row& row, const Rejection& rejection, Timestamp died);

// What a letter costs against kMaxLetterBytes.
std::uint64_t letter_bytes(const DeadLetter& letter);

// Dead letters are bounded by bytes as well as by number.
inline constexpr std::uint64_t kMaxLetterBytes = std::uint64_t{64} << 20;

}  // namespace lamppost::outbox
