// SPDX-License-Identifier: Apache-2.0
#include "support/memory_outbox.h"

#include <algorithm>
#include <utility>

namespace lamppost {

using outbox::DeadLetter;
using outbox::QueuedRow;

RowId MemoryOutbox::put(const std::string& destination, const std::string& entity,
                        const std::string& payload) {
  outbox::Deposit deposit;
  deposit.rows.push_back({destination, entity, payload, clock_.now(), false});
  (void)append(deposit);
  const std::lock_guard lock(mutex_);
  return next_id_ - 1;
}

RowId MemoryOutbox::put_late(const std::string& destination, const std::string& entity,
                             const std::string& payload) {
  const RowId id = put(destination, entity, payload);
  const std::lock_guard lock(mutex_);
  for (auto& row : rows_) row.temporal = row.temporal || row.row.id == id;
  return id;
}

void MemoryOutbox::fail_settle(int times) {
  const std::lock_guard lock(mutex_);
  failing_settles_ = times;
}

std::vector<std::string> MemoryOutbox::complaints() const {
  const std::lock_guard lock(mutex_);
  return complaints_;
}

std::size_t MemoryOutbox::queued() const {
  const std::lock_guard lock(mutex_);
  return rows_.size();
}

std::size_t MemoryOutbox::settles() const {
  const std::lock_guard lock(mutex_);
  return settles_;
}

void MemoryOutbox::add(const outbox::NewRow& row) {
  QueuedRow queued;
  queued.id = next_id_++;
  queued.destination = row.destination;
  queued.entity = row.entity;
  queued.payload = row.payload;
  queued.enqueued = clock_.now();
  queued.observed_at = row.observed_at;
  rows_.push_back({queued, false, false, std::chrono::milliseconds(0)});
  ++ledgers_[row.destination].stored;
}

outbox::Appended MemoryOutbox::append(std::span<const outbox::Deposit> deposits) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& deposit : deposits)
      for (const auto& row : deposit.rows) {
        add(row);
        wake = wake_;
      }
  }
  if (wake) wake();
  return {deposits.size(), ""};
}

void MemoryOutbox::on_append(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

// Are there rows that could go as soon as the batch in flight is settled?
bool MemoryOutbox::waiting(const std::string& destination, std::chrono::milliseconds now) const {
  std::set<std::string> held;
  for (const auto& row : rows_) {
    if (row.row.destination != destination || held.contains(row.row.entity)) continue;
    if (row.not_before > now) held.insert(row.row.entity);
    if (row.not_before <= now && !row.in_flight) return true;
  }
  return false;
}

Batch MemoryOutbox::next_batch(const std::string& destination, const outbox::BatchLimits& limits) {
  const std::lock_guard lock(mutex_);
  write_what_was_left();
  const auto now = clock_.monotonic();
  std::set<std::string> seen;  // entities with an older row
  Batch batch;
  batch.bytes = 2;
  for (auto& row : rows_) {
    if (row.row.destination != destination || !seen.insert(row.row.entity).second) continue;
    if (row.in_flight || row.not_before > now) continue;
    const auto comma = batch.rows.empty() ? 0U : 1U;
    const bool fits = batch.bytes + comma + row.row.payload.size() <= limits.max_bytes;
    if (batch.rows.size() >= limits.max_entities || (!fits && !batch.rows.empty())) break;
    row.in_flight = true;
    batch.bytes += comma + row.row.payload.size();
    batch.rows.push_back(
        {row.row.id, row.row.entity, row.row.payload, row.row.attempts, row.temporal});
  }
  std::sort(batch.rows.begin(), batch.rows.end(),
            [](const BatchRow& a, const BatchRow& b) { return a.entity < b.entity; });
  batch.more = !batch.rows.empty() && waiting(destination, now);
  if (batch.rows.empty()) batch.bytes = 0;
  if (!batch.rows.empty()) taken_[destination] = batch.rows.size();
  return batch;
}

std::deque<MemoryOutbox::Row>::iterator MemoryOutbox::in_flight(RowId id) {
  const auto row =
      std::find_if(rows_.begin(), rows_.end(), [id](const Row& each) { return each.row.id == id; });
  if (row != rows_.end() && row->in_flight) return row;
  complaints_.push_back("row " + std::to_string(id) + " is not in flight");
  return rows_.end();
}

void MemoryOutbox::bury(const Row& row, const Rejection& rejection) {
  DeadLetter letter;
  letter.id = static_cast<std::int64_t>(dead_.size()) + 1;
  letter.destination = row.row.destination;
  letter.entity = row.row.entity;
  letter.payload = row.row.payload;
  letter.reason = rejection.reason;
  letter.text = rejection.answer;
  letter.status = rejection.status;
  letter.died = clock_.now();
  dead_.push_back(letter);
  ++ledgers_[row.row.destination].dead;
}

Result<void> MemoryOutbox::settle(const std::string& destination, const Verdict& verdict,
                                  std::chrono::milliseconds retry_after) {
  const std::lock_guard lock(mutex_);
  const auto rows = verdict.accepted.size() + verdict.rejected.size() + verdict.kept.size();
  if (rows != taken_[destination])
    complaints_.push_back(std::to_string(rows) + " of " + std::to_string(taken_[destination]) +
                          " rows settled");
  if (failing_settles_ > 0) {
    --failing_settles_;
    unwritten_.push_back({destination, verdict, retry_after});
    return Error{Fault::kTransient, "disk is full", ""};
  }
  ++settles_;
  write({destination, verdict, retry_after});
  return {};
}

void MemoryOutbox::write_what_was_left() {
  if (failing_settles_ > 0) return;
  for (const auto& said : std::exchange(unwritten_, {})) write(said);
}

void MemoryOutbox::write(const Said& said) {
  for (const RowId id : said.verdict.accepted) {
    const auto row = in_flight(id);
    if (row == rows_.end()) continue;
    rows_.erase(row);
    ++ledgers_[said.destination].delivered;
  }
  for (const auto& rejection : said.verdict.rejected) {
    const auto row = in_flight(rejection.row);
    if (row == rows_.end()) continue;
    bury(*row, rejection);
    rows_.erase(row);
  }
  for (const RowId id : said.verdict.kept) keep(id, said.retry_after);
}

void MemoryOutbox::keep(RowId id, std::chrono::milliseconds retry_after) {
  const auto row = in_flight(id);
  if (row == rows_.end()) return;
  row->in_flight = false;
  ++row->row.attempts;
  row->not_before = clock_.monotonic() + retry_after;
}

outbox::Totals MemoryOutbox::totals() const {
  const std::lock_guard lock(mutex_);
  outbox::Totals totals;
  totals.destinations = ledgers_;
  for (const auto& row : rows_) ++totals.destinations[row.row.destination].queued;
  totals.rows = rows_.size();
  totals.dead_letters = dead_.size();
  return totals;
}

std::vector<QueuedRow> MemoryOutbox::list(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  std::vector<QueuedRow> rows;
  for (const auto& row : rows_)
    if (rows.size() < limit) rows.push_back(row.row);
  return rows;
}

std::optional<QueuedRow> MemoryOutbox::find(RowId id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& row : rows_)
    if (row.row.id == id) return row.row;
  return std::nullopt;
}

std::vector<DeadLetter> MemoryOutbox::dead(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return {dead_.begin(),
          dead_.begin() + static_cast<std::ptrdiff_t>(std::min(limit, dead_.size()))};
}

std::optional<DeadLetter> MemoryOutbox::find_dead(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& letter : dead_)
    if (letter.id == id) return letter;
  return std::nullopt;
}

Result<void> MemoryOutbox::requeue_dead(std::int64_t id) {
  const auto letter = find_dead(id);
  if (!letter) return Error{Fault::kMalformed, "no such dead letter", ""};
  const std::lock_guard lock(mutex_);
  std::erase_if(dead_, [id](const DeadLetter& each) { return each.id == id; });
  add({letter->destination, letter->entity, letter->payload, clock_.now(), false});
  --ledgers_[letter->destination].stored;
  --ledgers_[letter->destination].dead;
  return {};
}

Result<void> MemoryOutbox::forget_dead(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(dead_, [id](const DeadLetter& each) { return each.id == id; });
  return {};
}

Result<std::uint64_t> MemoryOutbox::purge_dead() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t count = dead_.size();
  dead_.clear();
  return count;
}

void MemoryOutbox::remember(const std::string& destination, const std::string& word,
                            std::int64_t value) {
  const std::lock_guard lock(mutex_);
  learned_[{destination, word}] = value;
}

std::int64_t MemoryOutbox::recall(const std::string& destination, const std::string& word) const {
  const std::lock_guard lock(mutex_);
  const auto found = learned_.find({destination, word});
  return found == learned_.end() ? 0 : found->second;
}

}  // namespace lamppost
