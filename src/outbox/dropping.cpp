// SPDX-License-Identifier: Apache-2.0
// A full outbox makes room: the lowest priority first, of that the oldest. What goes is counted and
// leaves a gap.
#include <algorithm>

#include "outbox/store.h"

namespace lamppost::outbox {
namespace {

// Bounds of one step, for an append() waits for it: rows that go, rows that are looked at.
constexpr std::size_t kDropAtOnce = 1000;
constexpr std::size_t kLookAtOnce = 10'000;

bool older(const Store::Victim& left, const Store::Victim& right) {
  return left.row.id < right.row.id;
}

}  // namespace

// A little more than needed, so that a full outbox does not pay for a transaction a reading.
// nullopt: there is no room to be made, or not within one step.
std::optional<Store::Admission> Store::make_room(std::uint64_t need, Priority arriving) {
  if (need > options_.max_bytes) return std::nullopt;
  const auto goal =
      options_.max_bytes - std::min(options_.max_bytes - need, options_.max_bytes / 100) - need;
  while (queued_bytes() + need > options_.max_bytes) {
    const auto victims = choose_victims(queued_bytes() - std::min(goal, queued_bytes()), arriving);
    if (!victims) return std::nullopt;
    if (victims->empty())
      return outranked(arriving) ? std::optional(Admission::kOutranked) : std::nullopt;
    if (!drop(*victims, "full")) return std::nullopt;
  }
  gate_.open(Gate::Cause::kFull);
  return Admission::kAdmitted;
}

// Rows that are not being sent and do not outrank what arrives, of at least `bytes` if there are
// enough: from the durable shelf before the fresh one, which is younger. nullopt: the next step
// goes on looking.
std::optional<std::vector<Store::Victim>> Store::choose_victims(std::uint64_t bytes,
                                                                Priority arriving) {
  std::vector<Victim> chosen;
  std::uint64_t found = 0;
  const auto take = [&](std::vector<Victim> candidates) {
    std::sort(candidates.begin(), candidates.end(), older);
    for (auto& one : candidates) {
      if (found >= bytes || chosen.size() >= kDropAtOnce) return;
      found += one.row.bytes;
      chosen.push_back(std::move(one));
    }
  };
  for (const auto rank : {Priority::kLow, Priority::kNormal, Priority::kHigh}) {
    if (rank > arriving || found >= bytes || chosen.size() >= kDropAtOnce) break;
    bool all_seen = true;
    take(durable_candidates(rank, all_seen));
    // What is left of this rank goes before a higher one.
    if (!all_seen) return chosen.empty() ? std::nullopt : std::optional(std::move(chosen));
    if (found < bytes) take(fresh_candidates(rank));
  }
  return chosen;
}

// The oldest of this rank at each destination. Of the lowest there is an index; in front of the
// others may lie rows that outrank them, which are passed once and remembered.
std::vector<Store::Victim> Store::durable_candidates(Priority rank, bool& all_seen) {
  std::vector<Victim> candidates;
  for (const auto& name : durable_->destinations()) {
    std::size_t looked_at = 0, taken = 0;
    auto& passed = passed_[{name, rank}];
    bool first = true;
    const auto look = [&](const RowCursor& row) {
      if (++looked_at > kLookAtOnce || taken >= kDropAtOnce) return all_seen = false;
      if (row.priority() != rank) {
        if (first) passed = row.id() + 1;
        return true;
      }
      first = false;
      if (lanes_[name].in_flight(row.id())) return true;
      candidates.push_back(
          {{name, row.id(), row.bytes()}, {name, row.entity(), row.observed_at()}, false});
      ++taken;
      return true;
    };
    if (rank == Priority::kLow)
      durable_->scan_low(name, look);
    else
      durable_->scan(name, passed, look);
  }
  return candidates;
}

std::vector<Store::Victim> Store::fresh_candidates(Priority rank) {
  std::vector<Victim> candidates;
  if (!fresh_) return candidates;
  for (const auto& [name, lane] : fresh_->state().lanes())
    for (const auto& [id, row] : lane.rows)
      if (row.priority == rank && !lanes_[name].in_flight(id))
        candidates.push_back({{name, id, row.bytes()}, {name, row.entity, row.observed_at}, true});
  return candidates;
}

// Whether something queued is of a higher priority.
bool Store::outranked(Priority arriving) {
  bool found = false;
  for (const auto& name : durable_->destinations()) {
    std::size_t looked_at = 0;
    durable_->scan(name, 0, [&](const RowCursor& row) {
      found = found || row.priority() > arriving;
      return !found && ++looked_at < kLookAtOnce;
    });
  }
  if (fresh_)
    for (const auto& [name, lane] : fresh_->state().lanes())
      for (const auto& [id, row] : lane.rows) found = found || row.priority > arriving;
  return found;
}

// Stored and given up in one transaction: the reading is acknowledged, for its sender could do no
// better than send it again.
void Store::drop_arrivals(Change& change) {
  std::vector<Loss> losses;
  for (const auto& row : change.puts) {
    losses.push_back({row.destination, row.entity, row.observed_at});
    change.count(Book::kBroker, row.destination, "dropped");
    change.count(Book::kDropped, row.destination, "full");
  }
  change.puts.clear();
  change.gaps = gaps_.with(losses, "full", clock_.now(), clock_.monotonic());
}

// One transaction on each shelf that has some of them, the durable one first: it alone can fail.
Result<void> Store::drop(const std::vector<Victim>& victims, const std::string& reason) {
  Change changes[2];
  std::vector<Loss> losses[2];
  for (const auto& [row, loss, fresh] : victims) {
    auto& change = changes[fresh];
    change.count(Book::kBroker, row.destination, "dropped");
    change.count(Book::kDropped, row.destination, reason);
    change.erasures.push_back(row);
    losses[fresh].push_back(loss);
  }
  ++rearrangements_;
  for (const bool fresh : {false, true}) {
    auto& change = changes[fresh];
    if (change.empty()) continue;
    change.gaps = gaps_.with(losses[fresh], reason, clock_.now(), clock_.monotonic());
    const auto gaps = change.gaps;
    const auto erasures = change.erasures;
    if (fresh) {
      Entry entry;
      entry.change = std::move(change);
      fresh_->commit_surely(std::move(entry));
    } else if (auto done = durable_->commit(change); !done) {
      return done;
    }
    for (const auto& row : erasures) lanes_[row.destination].forget(row.id);
    keep_gaps(gaps);
  }
  return {};
}

void Store::keep_gaps(const std::vector<Gap>& gaps) {
  for (const auto& gap : gaps_.keep(gaps, clock_.monotonic()))
    if (gap.reason == "full")
      log_.warning("outbox full: the oldest rows of the lowest priority for broker " +
                   gap.destination + " are dropped; `lamppost status` says what is missing");
}

void Store::tell_ended_gaps() {
  for (const auto& gap : gaps_.take_ended(clock_.monotonic()))
    if (gap.reason == "full") log_.warning("outbox: dropped for broker " + to_text(gap));
}

}  // namespace lamppost::outbox
