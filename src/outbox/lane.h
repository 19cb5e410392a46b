// SPDX-License-Identifier: Apache-2.0
// What a destination's queue knows only while the daemon runs: which rows are with the forwarder,
// which entities wait for their retry time (on the monotonic clock), how often rows were sent.
// After a restart every row is simply eligible again.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/batch.h"

namespace lamppost::outbox {

using Milliseconds = std::chrono::milliseconds;

class Lane {
 public:
  // An entity is blocked while a row of it is in flight or held back.
  bool blocked(const std::string& entity) const { return blocked_.count(entity) != 0; }
  bool in_flight(RowId id) const { return flights_.count(id) != 0; }
  std::size_t blocked_count() const { return blocked_.size(); }

  void take_off(RowId id, const std::string& entity, std::uint64_t batch);
  // The row is gone: nothing of it is remembered.
  void forget(RowId id);
  // The row was sent in vain and stays; its entity waits until `ready_at`.
  void hold(RowId id, Milliseconds ready_at, Milliseconds now);
  // Lets go of what has waited long enough.
  void release_due(Milliseconds now);

  // Rows still in flight of the batches that these rows belong to.
  std::vector<RowId> companions(const std::vector<RowId>& ids) const;

  int attempts(RowId id, int stored) const;
  // Since they were last saved.
  const std::map<RowId, int>& attempts() const { return attempts_; }
  void attempts_are_saved() { attempts_.clear(); }

  // Every queued row with a smaller id belongs to a blocked entity, so reading starts here.
  RowId cursor() const { return cursor_; }
  void advance(RowId id) { cursor_ = id; }
  void go_back_to(RowId id) { cursor_ = std::min(cursor_, id); }

  // Since when its rows on flash cannot be read.
  std::optional<Milliseconds> unread_since() const { return unread_since_; }
  void note_read(bool read, Milliseconds now) {
    if (read)
      unread_since_.reset();
    else if (!unread_since_)
      unread_since_ = now;
  }

  std::uint64_t next_batch_number() { return ++batch_; }
  // Three turns of four: nothing that is oldest waits longer than four batches.
  bool lets_pass() { return ++turn_ % 4 != 0; }

 private:
  struct Block {
    RowId row = 0;
    std::optional<Milliseconds> ready_at;  // none while in flight
  };
  struct Flight {
    std::string entity;
    std::uint64_t batch = 0;
  };

  std::unordered_map<std::string, Block> blocked_;
  std::unordered_map<RowId, Flight> flights_;
  std::map<RowId, int> attempts_;  // of rows that were kept
  std::optional<Milliseconds> earliest_, unread_since_;
  RowId cursor_ = 0;
  std::uint64_t batch_ = 0, turn_ = 0;
};

}  // namespace lamppost::outbox
