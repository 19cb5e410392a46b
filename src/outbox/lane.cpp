// SPDX-License-Identifier: Apache-2.0
#include "outbox/lane.h"

#include <algorithm>
#include <set>

namespace lamppost::outbox {
namespace {

// A count of attempts is a hint; beyond this many rows the oldest hints are dropped.
constexpr std::size_t kMaxAttempts = 10'000;

}  // namespace

void Lane::take_off(RowId id, const std::string& entity, std::uint64_t batch) {
  flights_[id] = {entity, batch};
  blocked_[entity] = {id, std::nullopt};
}

void Lane::forget(RowId id) {
  attempts_.erase(id);
  const auto flight = flights_.find(id);
  if (flight == flights_.end()) return;
  blocked_.erase(flight->second.entity);
  flights_.erase(flight);
  go_back_to(id);
}

void Lane::hold(RowId id, Milliseconds ready_at, Milliseconds now) {
  const auto flight = flights_.find(id);
  if (flight == flights_.end()) return;
  ++attempts_[id];
  if (attempts_.size() > kMaxAttempts) attempts_.erase(attempts_.begin());
  if (ready_at > now) {
    blocked_[flight->second.entity] = {id, ready_at};
    earliest_ = earliest_ ? std::min(*earliest_, ready_at) : ready_at;
  } else {
    blocked_.erase(flight->second.entity);
    go_back_to(id);
  }
  flights_.erase(flight);
}

void Lane::release_due(Milliseconds now) {
  if (!earliest_ || now < *earliest_) return;
  earliest_.reset();
  for (auto at = blocked_.begin(); at != blocked_.end();) {
    const auto& [row, ready_at] = at->second;
    if (ready_at && *ready_at <= now) {
      go_back_to(row);
      at = blocked_.erase(at);
      continue;
    }
    if (ready_at) earliest_ = earliest_ ? std::min(*earliest_, *ready_at) : *ready_at;
    ++at;
  }
}

std::vector<RowId> Lane::companions(const std::vector<RowId>& ids) const {
  std::set<std::uint64_t> batches;
  for (const auto id : ids)
    if (const auto flight = flights_.find(id); flight != flights_.end())
      batches.insert(flight->second.batch);
  std::vector<RowId> rows;
  for (const auto& [id, flight] : flights_)
    if (batches.count(flight.batch) != 0) rows.push_back(id);
  return rows;
}

int Lane::attempts(RowId id, int stored) const {
  const auto found = attempts_.find(id);
  return found == attempts_.end() ? stored : stored + found->second;
}

}  // namespace lamppost::outbox
