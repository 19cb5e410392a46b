// SPDX-License-Identifier: Apache-2.0
// Dead letters and the inbox of unknown readings.
#include <algorithm>

#include "outbox/store.h"

namespace lamppost::outbox {
namespace {

constexpr std::size_t kMaxReading = 256 * 1024;
// What may wait on the fresh shelf.
constexpr std::size_t kFreshLetters = 1000;
constexpr std::uint64_t kFreshLetterBytes = std::uint64_t{8} << 20;

Error no_letter(std::int64_t id) {
  return Error{Fault::kMalformed, "there is no dead letter " + std::to_string(id), ""};
}

}  // namespace

void cut_text(std::string& text, std::size_t limit) {
  if (text.size() <= limit) return;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  text.resize(limit);
}

DeadLetter letter_of(const Row& row, const Rejection& rejection, Timestamp died) {
  DeadLetter letter;
  letter.destination = row.destination;
  letter.entity = row.entity;
  letter.reason = rejection.reason;
  letter.text = rejection.answer;
  letter.payload = row.payload;
  letter.arrived = row.enqueued;
  letter.died = died;
  letter.status = rejection.status;
  if (row.kind == RowKind::kHistory) letter.source = kHistorySource;
  cut_text(letter.text, kMaxLetterText);
  return letter;
}

void Store::plan_letter(Change& change, DeadLetter letter) {
  letter.id = take_id();
  if (letter.died.ms == 0) letter.died = clock_.now();
  cut_text(letter.text, kMaxLetterText);
  if (letter.reading.size() > kMaxReading) letter.reading.clear();
  if (!letter.destination.empty()) {
    const auto& tally = fresh_ ? fresh_->state().tally() : durable_->tally();
    change.count(Book::kBroker, letter.destination, "stored");
    change.count(Book::kBroker, letter.destination, "dead");
    change.count(Book::kDead, letter.destination,
                 tally.bounded_word(Book::kDead, letter.destination, letter.reason));
  }
  change.letters.push_back(std::move(letter));
  if (fresh_) forget_flooded(change);
}

// A dead letter has come onto the fresh shelf, of a reading of this age. The power loss window is
// the reading's: dying does not begin it anew.
void Store::note_letters(Milliseconds age) {
  const auto since = clock_.monotonic() - age;
  letters_since_ = letters_since_ ? std::min(*letters_since_, since) : since;
}

// Keeps the fresh shelf within its bounds while a flood uses up its allowance of flash. Only
// readings that never became an entity are forgotten; what a broker turned down goes to flash in
// any case.
void Store::forget_flooded(Change& change) {
  const auto& letters = fresh_->state().letters();
  if (letters.size() < kFreshLetters && fresh_->state().letters_bytes() < kFreshLetterBytes) return;
  const auto going = [&change](const auto& item) {
    const auto& ids = change.erased_letters;
    return std::find(ids.begin(), ids.end(), item.first) != ids.end();
  };
  auto victim = std::find_if(letters.begin(), letters.end(), [&going](const auto& item) {
    return item.second.destination.empty() && !going(item);
  });
  if (victim == letters.end()) return;
  change.erased_letters.push_back(victim->first);
  change.count(Book::kOutbox, "letters", "purged");
}

std::vector<DeadLetter> Store::dead(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return list_letters(shelves(), limit);
}

std::optional<DeadLetter> Store::find_dead(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  return find_letter(shelves(), id);
}

// Onto the durable shelf, in one transaction with the letter's end; everything fresh goes there
// first, to stay older than this row.
Result<void> Store::requeue_dead(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const auto letter = find_letter(shelves(), id);
  if (!letter) return no_letter(id);
  if (letter->destination.empty() || letter->entity.empty() || letter->payload.empty())
    return Error{Fault::kMalformed,
                 "dead letter " + std::to_string(id) +
                     " was never an entity of a broker: replay its reading instead",
                 ""};
  if (auto moved = move_everything(); !moved) return moved;
  if (!have_ids(1)) return Error{Fault::kTransient, gate_.reason(), ""};
  Change change;
  Row row;
  row.id = take_id();
  row.destination = letter->destination;
  row.entity = letter->entity;
  row.payload = letter->payload;
  row.enqueued = row.observed_at = clock_.now();
  row.born_ms = age_.now_ms();
  if (letter->source == kHistorySource) row.kind = RowKind::kHistory;
  change.puts.push_back(std::move(row));
  change.erased_letters.push_back(id);
  change.count(Book::kBroker, letter->destination, "dead", -1);
  return durable_->commit(change);
}

Result<void> Store::forget_dead(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  if (!find_letter(shelves(), id)) return no_letter(id);
  Change change;
  change.erased_letters.push_back(id);
  if (!fresh_ || fresh_->state().letters().count(id) == 0) return durable_->commit(change);
  Entry entry;
  entry.change = std::move(change);
  fresh_->commit_surely(std::move(entry));
  return {};
}

Result<std::uint64_t> Store::purge_dead() {
  const std::lock_guard lock(mutex_);
  Change durable;
  durable.erased_letters = durable_->letter_ids(kMaxDeadLetters);
  if (auto done = durable_->commit(durable); !done) return done.error();
  std::uint64_t purged = durable.erased_letters.size();
  if (!fresh_) return purged;
  Entry entry;
  for (const auto& [id, letter] : fresh_->state().letters())
    entry.change.erased_letters.push_back(id);
  purged += entry.change.erased_letters.size();
  fresh_->commit_surely(std::move(entry));
  return purged;
}

std::vector<Unknown> Store::unknowns(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return inbox_.newest(limit);
}

}  // namespace lamppost::outbox
