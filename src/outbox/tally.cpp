// SPDX-License-Identifier: Apache-2.0
#include "outbox/tally.h"

#include <string_view>

namespace lamppost::outbox {
namespace {

constexpr std::size_t kMaxWord = 64;
constexpr std::size_t kMaxWords = 50;  // of one broker or source

// A counter below zero would be a bug elsewhere; it must not show as 2^64.
std::uint64_t unsigned_of(std::int64_t value) {
  return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

void fill_broker(Ledger& ledger, std::string_view word, std::uint64_t value) {
  if (word == "stored") ledger.stored = value;
  if (word == "delivered") ledger.delivered = value;
  if (word == "merged") ledger.merged = value;
  if (word == "dead") ledger.dead = value;
  if (word == "dropped") ledger.dropped = value;
}

void fill_source(SourceLedger& ledger, std::string_view word, std::uint64_t value) {
  if (word == "received") ledger.received = value;
  if (word == "stored") ledger.stored = value;
  if (word == "empty") ledger.empty = value;
  if (word == "dead") ledger.dead = value;
  if (word == "held") ledger.held = value;
  if (word == "rejected") ledger.rejected = value;
  if (word == "late") ledger.late = value;
  if (word == "duplicate") ledger.duplicate = value;
}

void fill_queue(Totals& totals, const CounterKey& key, std::uint64_t value) {
  auto& ledger = totals.destinations[key.name];
  (key.word == "rows" ? ledger.queued : ledger.queued_bytes) = value;
}

// How the rows and bytes of a queue in memory move with a change.
std::vector<Count> queue_counts(const Change& change) {
  std::vector<Count> counts;
  const auto note = [&counts](const std::string& name, std::int64_t rows, std::uint64_t more,
                              std::uint64_t less) {
    add_count(counts, Book::kQueue, name, "rows", rows);
    add_count(counts, Book::kQueue, name, "bytes",
              static_cast<std::int64_t>(more) - static_cast<std::int64_t>(less));
  };
  for (const auto& row : change.puts) note(row.destination, 1, row.bytes(), 0);
  for (const auto& [row, old_bytes] : change.replacements)
    note(row.destination, 0, row.bytes(), old_bytes);
  for (const auto& erased : change.erasures) note(erased.destination, -1, 0, erased.bytes);
  return counts;
}

}  // namespace

void Tally::add(const CounterKey& key, std::int64_t by) {
  counters_[key] += by;
  if (key.book != Book::kQueue) return;
  (key.word == "rows" ? rows_ : bytes_) += static_cast<std::uint64_t>(by);
}

void Tally::apply(const Change& change) {
  for (const auto& [key, by] : change.counts) add(key, by);
  for (const auto& [key, by] : queue_counts(change)) add(key, by);
}

void Tally::merge(const Tally& other) {
  for (const auto& [key, value] : other.counters_) add(key, value);
}

std::int64_t Tally::get(Book book, const std::string& name, const std::string& word) const {
  const auto found = counters_.find({book, name, word});
  return found == counters_.end() ? 0 : found->second;
}

std::uint64_t Tally::rows(const std::string& destination) const {
  return unsigned_of(get(Book::kQueue, destination, "rows"));
}

std::uint64_t Tally::bytes(const std::string& destination) const {
  return unsigned_of(get(Book::kQueue, destination, "bytes"));
}

std::string Tally::bounded_word(Book book, const std::string& name, const std::string& word) const {
  CounterKey key{book, name, word.substr(0, kMaxWord)};
  if (key.word.empty()) key.word = "unknown";
  if (counters_.count(key) != 0) return key.word;
  std::size_t words = 0;
  for (auto at = counters_.lower_bound({book, name, ""});
       at != counters_.end() && at->first.book == book && at->first.name == name; ++at)
    ++words;
  return words < kMaxWords ? key.word : "other";
}

void Tally::fill(Totals& totals) const {
  for (const auto& [key, value] : counters_) {
    const auto count = unsigned_of(value);
    switch (key.book) {
      case Book::kQueue:
        fill_queue(totals, key, count);
        break;
      case Book::kBroker:
        fill_broker(totals.destinations[key.name], key.word, count);
        break;
      case Book::kDead:
        totals.dead_by_reason[key.name][key.word] = count;
        break;
      case Book::kDropped:
        totals.dropped_by_reason[key.name][key.word] = count;
        break;
      case Book::kSource:
        fill_source(totals.sources[key.name], key.word, count);
        break;
      case Book::kFaults:
        totals.sources[key.name].dead_by_reason[key.word] = count;
        break;
      case Book::kOutbox:
        totals.dead_letters_purged = count;
        break;
      case Book::kLearned:
        break;
      case Book::kNotes:
        totals.sources[key.name].notes[key.word] = count;
        break;
    }
  }
  totals.rows = rows_;
  totals.bytes = bytes_;
}

}  // namespace lamppost::outbox
