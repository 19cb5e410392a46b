// SPDX-License-Identifier: Apache-2.0
// Handing rows to a forwarder and noting what became of them.
#include <algorithm>

#include "outbox/store.h"

namespace lamppost::outbox {
namespace {

// How far a batch is looked for: in windows of this many rows a wanted one, and at most so many
// windows while nothing but blocked entities turns up. The cursor remembers what was passed.
constexpr std::size_t kWindow = 10;
constexpr std::size_t kWindows = 100;
// Entities in flight or waiting for their retry; beyond it a destination must calm down first.
constexpr std::size_t kMaxBlocked = 10'000;

}  // namespace

Batch Store::next_batch(const std::string& destination, const BatchLimits& limits) {
  const std::lock_guard lock(mutex_);
  auto& lane = lanes_[destination];
  lane.release_due(clock_.monotonic());
  const bool undone = std::any_of(unsettled_.begin(), unsettled_.end(), [&](const auto& unsettled) {
    return unsettled.destination == destination;
  });
  if (undone || limits.max_entities == 0 || lane.blocked_count() >= kMaxBlocked) return {};
  Picked picked{destination, limits, {}, lane.next_batch_number(), 0, false, {}};
  picked.batch.bytes = 2;
  pick_ahead(picked, lane);
  bool read = pick_durable(picked, lane);
  while (!picked.damaged.empty()) {
    bury_damaged(picked);
    // Nothing but damaged rows: what comes behind them is not left waiting.
    if (read && picked.batch.rows.empty() && unsettled_.empty()) read = pick_durable(picked, lane);
  }
  lane.note_read(read, clock_.monotonic());
  // What is younger must not pass rows that cannot be seen now.
  if (read && !picked.full) pick_fresh(picked, lane);
  note_trouble();
  auto& batch = picked.batch;
  if (batch.rows.empty()) return {};
  std::sort(batch.rows.begin(), batch.rows.end(),
            [](const auto& left, const auto& right) { return left.entity < right.entity; });
  return std::move(batch);
}

// False when the flash could not be read.
bool Store::pick_durable(Picked& picked, Lane& lane) {
  if (durable_->tally().rows(picked.destination) == 0) return true;
  return durable_->scan(picked.destination, lane.cursor(), [&](const RowCursor& cursor) {
    if (!look_further(picked)) return false;
    if (lane.blocked(cursor.entity())) {
      picked.batch.more = true;
      lane.advance(cursor.id() + 1);
      return true;
    }
    const auto row = cursor.row();
    if (!row.damaged) return pick(picked, lane, row);
    lane.take_off(row.id, row.entity, lane.next_batch_number());  // a batch of its own
    picked.damaged.push_back({row.id, kDamagedReason, 0, kDamagedText});
    return true;
  });
}

// One bad place costs the rows that lie there: they end as dead letters with what is left of them.
void Store::bury_damaged(Picked& picked) {
  const bool one = picked.damaged.size() == 1;
  log_.error("outbox: " + options_.path.string() + ": " + std::to_string(picked.damaged.size()) +
             (one ? " row" : " rows") + " for broker " + picked.destination +
             (one ? " is damaged; what is left of it is kept as a dead letter"
                  : " are damaged; what is left of them is kept as dead letters"));
  Unsettled unsettled{picked.destination, {{}, std::move(picked.damaged), {}}, Milliseconds{0}};
  picked.damaged.clear();
  if (!write_verdict(unsettled)) unsettled_.push_back(std::move(unsettled));
}

void Store::pick_fresh(Picked& picked, Lane& lane) {
  const auto* queue = fresh_ ? fresh_->state().lane(picked.destination) : nullptr;
  if (queue == nullptr) return;
  const auto& rows = queue->rows;
  for (auto at = rows.lower_bound(lane.cursor()); at != rows.end(); ++at) {
    if (!look_further(picked)) return;
    if (lane.blocked(at->second.entity)) {
      picked.batch.more = true;
      lane.advance(at->first + 1);
    } else if (!pick(picked, lane, at->second))
      return;
  }
}

bool Store::look_further(Picked& picked) {
  const auto window = kWindow * picked.limits.max_entities;
  const auto most = picked.batch.rows.empty() ? window * kWindows : window;
  picked.full = picked.full || ++picked.looked_at > most;
  return !picked.full;
}

// Takes the row if there is room for it.
bool Store::add(Picked& picked, Lane& lane, const Row& row) {
  auto& rows = picked.batch.rows;
  auto& bytes = picked.batch.bytes;
  const auto more = row.payload.size() + (rows.empty() ? 0 : 1);
  if (!rows.empty() && bytes + more > picked.limits.max_bytes) {
    picked.full = true;
    return false;
  }
  bytes += more;
  rows.push_back({row.id, row.entity, row.payload, lane.attempts(row.id, row.attempts),
                  row.kind == RowKind::kHistory});
  lane.take_off(row.id, row.entity, picked.number);
  picked.full = rows.size() >= picked.limits.max_entities;
  return true;
}

// The same in the order of the queue: when it was taken, it and every row before it is blocked,
// which is what lets the cursor move past it.
bool Store::pick(Picked& picked, Lane& lane, const Row& row) {
  if (!add(picked, lane, row)) return false;
  lane.advance(row.id + 1);
  return !picked.full;
}

// Behind a backlog, what arrives now and has nothing older of its entity before it does not wait
// for the end of the queue: half of the batch is for it.
void Store::pick_ahead(Picked& picked, Lane& lane) {
  const auto whole = picked.limits;
  if (durable_->tally().rows(picked.destination) <= whole.max_entities || !lane.lets_pass()) return;
  picked.limits = {(whole.max_entities + 1) / 2, whole.max_bytes / 2};
  pick_passing(picked, lane);
  if (!picked.full) pick_arrivals(picked, lane);
  picked.limits = whole;
  picked.looked_at = 0;
  picked.full = picked.batch.rows.size() >= whole.max_entities;
}

void Store::pick_passing(Picked& picked, Lane& lane) {
  for (const auto& [id, passing] : durable_->census(picked.destination).passing()) {
    if (!look_further(picked)) return;
    if (lane.blocked(passing.entity)) continue;
    const auto row = durable_->find(picked.destination, id);
    // What cannot be read now may be there again, and then goes before what follows in its entity.
    if (!row || (!*row && durable_->suspected())) return;
    if (!*row || (*row)->damaged) continue;
    if (!add(picked, lane, **row) || picked.full) return;
  }
}

void Store::pick_arrivals(Picked& picked, Lane& lane) {
  const auto* queue = fresh_ ? fresh_->state().lane(picked.destination) : nullptr;
  if (queue == nullptr) return;
  const auto& census = durable_->census(picked.destination);
  for (const auto& [id, row] : queue->rows) {
    if (!look_further(picked)) return;
    if (lane.blocked(row.entity) || census.may_have_rows_of(row.entity)) continue;
    if (!add(picked, lane, row) || picked.full) return;
  }
}

Result<void> Store::settle(const std::string& destination, const Verdict& verdict,
                           std::chrono::milliseconds retry_after) {
  const std::lock_guard lock(mutex_);
  Unsettled unsettled{destination, verdict, clock_.monotonic() + retry_after};
  auto done = write_verdict(unsettled);
  if (!done) {
    unsettled_.push_back(std::move(unsettled));
    done = Error{Fault::kTransient,
                 "outbox cannot write " + options_.path.string() + ": " + done.error().text +
                     ": what broker " + destination + " said is written when it can",
                 ""};
  }
  reopen_when_roomy();
  return done;
}

// The durable part first: it alone can fail, and then nothing has happened yet.
Result<void> Store::write_verdict(const Unsettled& unsettled) {
  auto& lane = lanes_[unsettled.destination];
  Ends ends;
  for (const auto id : unsettled.verdict.accepted)
    if (auto ended = end_row(ends, unsettled.destination, id, nullptr); !ended) return ended;
  for (const auto& rejection : unsettled.verdict.rejected)
    if (auto ended = end_row(ends, unsettled.destination, rejection.row, &rejection); !ended)
      return ended;
  if (!ends.durable.empty()) {
    auto done = durable_->commit(ends.durable);
    note_flash(done);
    if (!done) return done;
  }
  if (!ends.fresh.empty()) {
    if (!ends.fresh.letters.empty())
      note_letters(Milliseconds(age_.now_ms() - ends.oldest_dead_ms));
    Entry entry;
    entry.change = std::move(ends.fresh);
    fresh_->commit_surely(std::move(entry));
  }
  auto all = ends.rows;
  all.insert(all.end(), unsettled.verdict.kept.begin(), unsettled.verdict.kept.end());
  const auto companions = lane.companions(all);
  for (const auto id : ends.rows) lane.forget(id);
  // What the verdict does not mention is kept: nothing leaves without a word.
  for (const auto id : companions) lane.hold(id, unsettled.ready_at, clock_.monotonic());
  return {};
}

// Plans the end of a row that is in flight: delivered, or dead for this reason. Others are ignored.
Result<void> Store::end_row(Ends& ends, const std::string& destination, RowId id,
                            const Rejection* rejection) {
  if (!lanes_[destination].in_flight(id) || !ends.seen.insert(id).second) return {};
  const Row* fresh = fresh_ ? fresh_->state().find(destination, id) : nullptr;
  Result<std::optional<Row>> read{std::nullopt};  // a fresh row is not worth a copy
  if (fresh == nullptr) read = durable_->find(destination, id);
  if (!read) return read.error();
  const Row* row = fresh != nullptr ? fresh : *read ? &**read : nullptr;
  if (row == nullptr && durable_->can_be_healed())
    return Error{Fault::kTransient, "the file is damaged and about to be rebuilt", ""};
  if (row == nullptr) {  // lost with a damaged page: its entity need not wait for it
    ends.rows.push_back(id);
    return {};
  }
  auto& change = fresh != nullptr ? ends.fresh : ends.durable;
  ends.rows.push_back(id);
  change.erasures.push_back({destination, id, row->bytes()});
  change.count(Book::kBroker, destination, rejection == nullptr ? "delivered" : "dead");
  if (rejection == nullptr) return {};
  const auto& tally = fresh != nullptr ? fresh_->state().tally() : durable_->tally();
  change.count(Book::kDead, destination,
               tally.bounded_word(Book::kDead, destination, rejection->reason));
  change.letters.push_back(letter_of(*row, *rejection, clock_.now()));
  change.letters.back().id = take_id();
  if (fresh != nullptr) ends.oldest_dead_ms = std::min(ends.oldest_dead_ms, row->born_ms);
  return {};
}

void Store::retry_unsettled() {
  for (auto left = unsettled_.size(); left > 0; --left) {
    if (!write_verdict(unsettled_.front())) return;
    unsettled_.pop_front();
  }
}

}  // namespace lamppost::outbox
