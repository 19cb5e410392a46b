// SPDX-License-Identifier: Apache-2.0
// Taking readings in, or refusing them.
#include <algorithm>

#include "outbox/merge.h"
#include "outbox/store.h"

namespace lamppost::outbox {
namespace {

// The fresh shelf is memory: beyond this it is emptied on the appending thread, or refuses.
constexpr std::uint64_t kFreshBytes = std::uint64_t{64} << 20;
constexpr std::size_t kDropAtOnce = 1000;

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
  }
  return "rejected";
}

std::int64_t growth_of(const Change& change) {
  std::int64_t growth = 0;
  for (const auto& row : change.puts) growth += static_cast<std::int64_t>(row.bytes());
  for (const auto& [row, old_bytes] : change.replacements)
    growth += static_cast<std::int64_t>(row.bytes()) - static_cast<std::int64_t>(old_bytes);
  return growth;
}

}  // namespace

Result<void> Outbox::append(const Deposit& deposit) {
  auto appended = append(std::span(&deposit, 1));
  if (appended.count == 1) return {};
  return Error{Fault::kRefused, std::move(appended.refusal), ""};
}

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
    if (taken = take(deposits.subspan(count, 1)); !taken)
      return {count, taken.error().text};
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
  if (auto admitted = admit(change); !admitted) return admitted;
  // Making room may have taken away a row that this one was to merge into.
  if (rearrangements_ != before) change = plan(deposits);
  const auto unknowns = change.unknowns;
  const bool letters = !change.letters.empty();
  if (auto done = commit_newest(std::move(change)); !done) return done;
  for (const auto& entry : unknowns) inbox_.load(entry);
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
  row.latest = arriving.keep_latest;
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
    if (same(*at)) return at->latest && merge(*at);
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

Result<void> Store::admit(const Change& change) {
  const auto growth = growth_of(change);
  if (change.puts.empty() && change.replacements.empty() && change.letters.empty()) return {};
  if (auto reason = gate_.disk_reason(); !reason.empty())
    return Error{Fault::kRefused, std::move(reason), ""};
  if (growth > 0)
    if (auto admitted = admit_bytes(growth); !admitted) return admitted;
  if (!fresh_ || fresh_->live_bytes() < kFreshBytes) return {};
  if (transfer_what_is_due()) return {};
  gate_.close(Gate::Cause::kFlash, "outbox cannot write " + options_.path.string() + " and holds " +
                                       size_text(fresh_->live_bytes()) +
                                       " in memory: refusing readings until the disk works again");
  return Error{Fault::kRefused, gate_.reason(), ""};
}

Result<void> Store::admit_bytes(std::int64_t growth) {
  reopen_when_roomy();
  const auto need = static_cast<std::uint64_t>(growth);
  const bool fits = queued_bytes() + need <= options_.max_bytes;
  if (fits && !gate_.closed(Gate::Cause::kFull)) return {};
  if (options_.drop_oldest && (fits || drop_oldest(need))) return {};
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

// A little more than needed, so that a full outbox does not pay for a transaction a reading.
bool Store::drop_oldest(std::uint64_t need) {
  if (need > options_.max_bytes) return false;
  const auto goal =
      options_.max_bytes - std::min(options_.max_bytes - need, options_.max_bytes / 100) - need;
  while (queued_bytes() + need > options_.max_bytes) {
    Change durable, fresh;
    const auto excess = queued_bytes() - std::min(goal, queued_bytes());
    if (collect_oldest(durable, fresh, excess) == 0) return false;
    if (!commit_dropped(durable, std::move(fresh))) return false;
  }
  return true;
}

// Erasures of the oldest rows that are not being sent, of at least `need` bytes if there are
// enough.
std::uint64_t Store::collect_oldest(Change& durable, Change& fresh, std::uint64_t need) {
  std::vector<Erasure> oldest;
  for (const auto& name : durable_->destinations()) {
    std::size_t taken = 0;
    durable_->scan(name, 0, [&](const RowCursor& row) {
      if (!lanes_[name].in_flight(row.id())) {
        oldest.push_back({name, row.id(), row.bytes()});
        ++taken;
      }
      return taken < kDropAtOnce;
    });
  }
  const auto by_age = [](const auto& left, const auto& right) { return left.id < right.id; };
  std::sort(oldest.begin(), oldest.end(), by_age);
  std::uint64_t bytes = 0;
  const auto drop = [&](Change& change, const Erasure& row) {
    change.erasures.push_back(row);
    change.count(Book::kBroker, row.destination, "dropped");
    change.count(Book::kDropped, row.destination, "full");
    bytes += row.bytes;
  };
  for (std::size_t i = 0; i < oldest.size() && i < kDropAtOnce && bytes < need; ++i)
    drop(durable, oldest[i]);
  if (bytes >= need || !fresh_ || oldest.size() > kDropAtOnce) return bytes;

  oldest.clear();
  for (const auto& [name, lane] : fresh_->state().lanes())
    for (const auto& [id, row] : lane.rows)
      if (!lanes_[name].in_flight(id)) oldest.push_back({name, id, row.bytes()});
  std::sort(oldest.begin(), oldest.end(), by_age);
  for (std::size_t i = 0; i < oldest.size() && bytes < need; ++i) drop(fresh, oldest[i]);
  return bytes;
}

Result<void> Store::commit_newest(Change change) {
  if (fresh_) {
    Entry entry;
    entry.change = std::move(change);
    return fresh_->commit(std::move(entry));
  }
  auto done = durable_->commit(change);
  note_flash(done);
  if (done) return {};
  gate_.close(Gate::Cause::kFlash, "outbox cannot write " + options_.path.string() + " (" +
                                       done.error().text + "): refusing readings until it can");
  return Error{Fault::kRefused, gate_.reason(), ""};
}

Result<void> Store::commit_dropped(const Change& durable, Change fresh) {
  ++rearrangements_;
  if (!durable.empty())
    if (auto done = durable_->commit(durable); !done) return done;
  for (const auto& erasure : durable.erasures) lanes_[erasure.destination].forget(erasure.id);
  for (const auto& erasure : fresh.erasures) lanes_[erasure.destination].forget(erasure.id);
  if (fresh.empty()) return {};
  Entry entry;
  entry.change = std::move(fresh);
  fresh_->commit_surely(std::move(entry));
  return {};
}

}  // namespace lamppost::outbox
