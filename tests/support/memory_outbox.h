// SPDX-License-Identifier: Apache-2.0
// An outbox without a disk, for tests of what stands behind it. It keeps the promises that matter
// to a forwarder: order, one row per entity in flight, sorted batches, rows held back with their
// entity, conservation, a verdict that could not be written is written later. Misuse (settling a
// row that is not in flight, or only a part of a batch) is remembered as a complaint.
#pragma once

#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "outbox/outbox.h"

namespace lamppost {

class MemoryOutbox : public outbox::Outbox {
 public:
  explicit MemoryOutbox(const Clock& clock) : clock_(clock) {}

  // One row for `destination`, observed now.
  RowId put(const std::string& destination, const std::string& entity, const std::string& payload);
  // The same, marked as older than what the broker has.
  RowId put_late(const std::string& destination, const std::string& entity,
                 const std::string& payload);
  // The next `times` settle() calls fail, as on a full disk; what they said is written down when
  // the disk works again, at the next call.
  void fail_settle(int times);
  std::vector<std::string> complaints() const;
  std::size_t queued() const;
  std::size_t settles() const;

  using Outbox::append;
  outbox::Appended append(std::span<const outbox::Deposit> deposits) override;
  void on_append(std::function<void()> wake) override;
  Batch next_batch(const std::string& destination, const outbox::BatchLimits& limits) override;
  Result<void> settle(const std::string& destination, const Verdict& verdict,
                      std::chrono::milliseconds retry_after) override;
  std::chrono::milliseconds maintain() override { return std::chrono::milliseconds(1000); }
  Result<void> flush() override { return {}; }
  outbox::Totals totals() const override;
  std::vector<outbox::QueuedRow> list(std::size_t limit) const override;
  std::optional<outbox::QueuedRow> find(RowId id) const override;
  std::vector<outbox::DeadLetter> dead(std::size_t limit) const override;
  std::optional<outbox::DeadLetter> find_dead(std::int64_t id) const override;
  Result<void> requeue_dead(std::int64_t id) override;
  Result<void> forget_dead(std::int64_t id) override;
  Result<std::uint64_t> purge_dead() override;
  std::vector<outbox::Unknown> unknowns(std::size_t) const override { return {}; }
  void remember(const std::string& destination, const std::string& word,
                std::int64_t value) override;
  std::int64_t recall(const std::string& destination, const std::string& word) const override;

 private:
  struct Row {
    outbox::QueuedRow row;
    bool in_flight = false;
    bool temporal = false;
    std::chrono::milliseconds not_before{0};
  };
  struct Said {
    std::string destination;
    Verdict verdict;
    std::chrono::milliseconds retry_after{0};
  };
  void add(const outbox::NewRow& row);
  bool waiting(const std::string& destination, std::chrono::milliseconds now) const;
  void write(const Said& said);
  void keep(RowId id, std::chrono::milliseconds retry_after);
  void write_what_was_left();
  std::deque<Row>::iterator in_flight(RowId id);
  void bury(const Row& row, const Rejection& rejection);

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::deque<Row> rows_;  // oldest first
  std::vector<outbox::DeadLetter> dead_;
  std::map<std::string, outbox::Ledger> ledgers_;
  std::map<std::pair<std::string, std::string>, std::int64_t> learned_;
  std::vector<std::string> complaints_;
  std::vector<Said> unwritten_;
  std::map<std::string, std::size_t> taken_;  // size of the batch that each destination has
  std::function<void()> wake_;
  RowId next_id_ = 1;
  std::size_t settles_ = 0;
  int failing_settles_ = 0;
};

}  // namespace lamppost
