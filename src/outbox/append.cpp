// SPDX-License-Identifier: Apache-2.0
// Taking readings in, or refusing them.
#include <algorithm>

#include "outbox/merge.h"
#include "outbox/store.h"

namespace lamppost::outbox {
namespace {

// The fresh shelf is memory: beyond this it is emptied on the appending thread, or refuses.
constexpr std::uint64_t kFreshBytes = std::uint64_t{64} << 20;

const char* word_of(ReadingFate fate) {
  switch (fate) {
    case ReadingFate::kStored:
      return "stored";
    case ReadingFate::kEmpty:
      return "empty";
    case ReadingFate::kDead:
      return "dead";
    case ReadingFate::kHeld:
      return "held";
    case ReadingFate::kRejected:
      return "rejected";
    case ReadingFate::kLate:
      return "late";
    case ReadingFate::kDuplicate:
      return "duplicate";
  }
  return "rejected";
}

Priority highest_priority(const Change& change) {
  auto highest = Priority::kLow;
  for (const auto& row : change.puts) highest = std::max(highest, row.priority);
  for (const auto& replacement : change.replacements)
    highest = std::max(highest, replacement.row.priority);
  return highest;
}

void count_notes(Change& change, const Deposit& deposit) {
  const Notes& notes = deposit.notes;
  if (notes.late_drop) change.count(Book::kNotes, deposit.source, "late_drop");
  if (notes.late_temporal) change.count(Book::kNotes, deposit.source, "late_temporal");
  if (notes.late_send) change.count(Book::kNotes, deposit.source, "late_send");
  if (notes.implausible_time) change.count(Book::kNotes, deposit.source, "implausible_time");
  for (const auto word : notes.words) change.count(Book::kNotes, deposit.source, word);
  for (const auto& destination : deposit.late) {
    change.count(Book::kBroker, destination, "stored");
    change.count(Book::kBroker, destination, "dropped");
    change.count(Book::kDropped, destination, "late");
  }
}

std::int64_t growth_of(const Change& change) {
  std::int64_t growth = 0;
  for (const auto& row : change.puts) growth += static_cast<std::int64_t>(row.bytes());
  for (const auto& [row, old_bytes] : change.replacements)
    growth += static_cast<std::int64_t>(row.bytes()) - static_cast<std::int64_t>(old_bytes);
  return growth;
}

}  // namespace

Appended Store::append(std::span<const Deposit> deposits) {
  std::shared_ptr<const std::function<void()>> wake;
  Appended appended;
  {
    const std::lock_guard lock(mutex_);
    appended = take_what_fits(deposits);
    wake = wake_;
  }
  const auto brings_rows = [](const Deposit& deposit) { return !deposit.rows.empty(); };
  const auto stored = deposits.first(appended.count);
  if (wake && *wake && std::any_of(stored.begin(), stored.end(), brings_rows)) (*wake)();
  return appended;
}

Appended Store::take_what_fits(std::span<const Deposit> deposits) {
  auto taken = take(deposits);
  if (taken) return {deposits.size(), ""};
  if (deposits.size() == 1) return {0, taken.error().text};
  for (std::size_t count = 0; count < deposits.size(); ++count)
    if (taken = take(deposits.subspan(count, 1)); !taken) return {count, taken.error().text};
  return {deposits.size(), ""};
}

// All of them or none.
Result<void> Store::take(std::span<const Deposit> deposits) {
  std::size_t ids = 0;
  for (const auto& deposit : deposits) ids += deposit.rows.size() + deposit.dead.size() + 1;
  // Enough for planning it twice.
  if (!have_ids(2 * ids)) return Error{Fault::kRefused, gate_.reason(), ""};
  auto change = plan(deposits);
  const auto before = rearrangements_;
  const auto admitted = admit(change);
  if (!admitted) return admitted.error();
  // Making room may have taken away a row that this one was to merge into.
  if (rearrangements_ != before) change = plan(deposits);
  if (*admitted == Admission::kOutranked) drop_arrivals(change);
  const auto unknowns = change.unknowns;
  const auto gaps = change.gaps;
  const bool letters = !change.letters.empty();
  if (auto done = commit_newest(std::move(change)); !done) return done;
  for (const auto& entry : unknowns) inbox_.load(entry);
  keep_gaps(gaps);
  if (letters) note_letters(Milliseconds{0});
  return {};
}

Change Store::plan(std::span<const Deposit> deposits) {
  Change change;
  for (const auto& deposit : deposits) plan_deposit(change, deposit);
  return change;
}

void Store::plan_deposit(Change& change, const Deposit& deposit) {
  change.count(Book::kSource, deposit.source, "received");
  change.count(Book::kSource, deposit.source, word_of(deposit.fate));
  if (deposit.fate == ReadingFate::kDead) {
    const auto& tally = fresh_ ? fresh_->state().tally() : durable_->tally();
    change.count(Book::kFaults, deposit.source,
                 tally.bounded_word(Book::kFaults, deposit.source, deposit.reason));
  }
  count_notes(change, deposit);
  for (const auto& row : deposit.rows) plan_row(change, row);
  for (const auto& letter : deposit.dead) plan_letter(change, letter);
  if (deposit.unknown) plan_unknown(change, *deposit.unknown);
}

void Store::plan_unknown(Change& change, const Unknown& reading) {
  auto entry = inbox_.entry_for(reading, take_id());
  const auto same_topic = [&reading](const Unknown& planned) {
    return planned.topic == reading.topic && planned.source == reading.source;
  };
  auto& unknowns = change.unknowns;
  const auto planned = std::find_if(unknowns.begin(), unknowns.end(), same_topic);
  if (planned == unknowns.end()) return unknowns.push_back(std::move(entry));
  entry.id = planned->id;
  entry.first = planned->first;
  entry.count = planned->count + std::max<std::uint64_t>(1, reading.count);
  *planned = std::move(entry);
}

void Store::plan_row(Change& change, const NewRow& arriving) {
  change.count(Book::kBroker, arriving.destination, "stored");
  if (arriving.keep_latest && merge_into_queued(change, arriving)) {
    change.count(Book::kBroker, arriving.destination, "merged");
    return;
  }
  Row row;
  row.id = take_id();
  row.destination = arriving.destination;
  row.entity = arriving.entity;
  row.payload = arriving.payload;
  row.enqueued = clock_.now();
  row.observed_at = arriving.observed_at;
  row.born_ms = age_.now_ms();
  row.kind = arriving.temporal      ? RowKind::kHistory
             : arriving.keep_latest ? RowKind::kLatest
                                    : RowKind::kState;
  row.priority = arriving.priority;
  change.puts.push_back(std::move(row));
}

// Only into the last queued row of the entity, and never into one that is being sent. On the fresh
// shelf rows merge here; what lies on the durable shelf already merges when this row gets there,
// for a merge must not cost a write on flash.
bool Store::merge_into_queued(Change& change, const NewRow& arriving) {
  const auto merge = [&arriving](Row& row) {
    auto merged =
        merge_updates({row.payload, row.observed_at}, {arriving.payload, arriving.observed_at});
    if (!merged) return false;
    row.payload = std::move(*merged);
    row.observed_at = std::max(row.observed_at, arriving.observed_at);
    return true;
  };
  const auto same = [&arriving](const Row& row) {
    return row.entity == arriving.entity && row.destination == arriving.destination;
  };
  for (auto at = change.puts.rbegin(); at != change.puts.rend(); ++at)
    if (same(*at)) return at->latest() && merge(*at);
  for (auto& replacement : change.replacements)
    if (same(replacement.row)) return merge(replacement.row);

  std::optional<Row> queued;
  if (!fresh_) {
    queued = durable_->latest(arriving.destination, arriving.entity);
  } else if (const auto* row = fresh_->state().latest(arriving.destination, arriving.entity)) {
    queued = *row;
  }
  if (!queued || lanes_[arriving.destination].in_flight(queued->id)) return false;
  const auto old_bytes = queued->bytes();
  if (!merge(*queued)) return false;
  change.replacements.push_back({std::move(*queued), old_bytes});
  return true;
}

Result<Store::Admission> Store::admit(const Change& change) {
  const auto growth = growth_of(change);
  auto admission = Admission::kAdmitted;
  if (change.puts.empty() && change.replacements.empty() && change.letters.empty())
    return admission;
  if (auto reason = gate_.disk_reason(); !reason.empty())
    return Error{Fault::kRefused, std::move(reason), ""};
  if (growth > 0) {
    const auto fits = admit_bytes(static_cast<std::uint64_t>(growth), highest_priority(change));
    if (!fits) return fits.error();
    admission = *fits;
  }
  if (!fresh_ || fresh_->live_bytes() < kFreshBytes) return admission;
  if (transfer_what_is_due()) return admission;
  gate_.close(Gate::Cause::kFlash, "outbox cannot write " + options_.path.string() + " and holds " +
                                       size_text(fresh_->live_bytes()) +
                                       " in memory: refusing readings until the disk works again");
  return Error{Fault::kRefused, gate_.reason(), ""};
}

Result<Store::Admission> Store::admit_bytes(std::uint64_t need, Priority arriving) {
  reopen_when_roomy();
  const bool fits = queued_bytes() + need <= options_.max_bytes;
  if (fits && (options_.drop_oldest || !gate_.closed(Gate::Cause::kFull)))
    return Admission::kAdmitted;
  if (options_.drop_oldest)
    if (const auto made = make_room(need, arriving)) return *made;
  gate_.close(Gate::Cause::kFull, "outbox full (" + std::to_string(queued_rows()) + " rows, " +
                                      size_text(queued_bytes()) +
                                      "): refusing readings until it is below " +
                                      size_text(options_.max_bytes / 20 * 19));
  return Error{Fault::kRefused, gate_.reason(), ""};
}

// Not at the first free byte: a full outbox that lets single readings through would cost its sender
// a reconnection for each.
void Store::reopen_when_roomy() {
  if (queued_bytes() <= options_.max_bytes / 20 * 19) gate_.open(Gate::Cause::kFull);
}

Result<void> Store::commit_newest(Change change) {
  if (fresh_) {
    Entry entry;
    entry.change = std::move(change);
    auto done = fresh_->commit(std::move(entry));
    if (done)
      gate_.open(Gate::Cause::kMemory);
    else
      gate_.close(Gate::Cause::kMemory,
                  "outbox cannot write " + done.error().text + ": refusing readings until it can");
    return done;
  }
  auto done = durable_->commit(change);
  note_flash(done);
  if (done) return {};
  gate_.close(Gate::Cause::kFlash, "outbox cannot write " + options_.path.string() + " (" +
                                       done.error().text + "): refusing readings until it can");
  return Error{Fault::kRefused, gate_.reason(), ""};
}

}  // namespace lamppost::outbox
