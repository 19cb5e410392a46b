// SPDX-License-Identifier: Apache-2.0
// The outbox on its two shelves. One lock over everything; append.cpp, dropping.cpp, delivery.cpp,
// upkeep.cpp and letters.cpp hold one concern each.
//
// What keeps the promises, in one place:
//   - Row ids are reserved on the durable shelf in blocks before they are used, so neither a crash
//   nor
//     the loss of the fresh shelf makes one come twice.
//   - A transfer commits on the durable shelf first. The durable marks say how far it went; a start
//     after a crash between the two commits erases that much from the fresh shelf.
//   - Everything on the durable shelf is older than everything on the fresh one.
//   - Each shelf's ledger balances by itself after each of its commits.
#pragma once

#include <deque>
#include <limits>
#include <mutex>
#include <set>

#include "outbox/age_clock.h"
#include "outbox/durable_shelf.h"
#include "outbox/files.h"
#include "outbox/fresh_shelf.h"
#include "outbox/gap_book.h"
#include "outbox/gate.h"
#include "outbox/inbox.h"
#include "outbox/lane.h"
#include "outbox/look.h"
#include "outbox/outbox.h"
#include "outbox/patrol.h"

namespace lamppost::outbox {

// Dead letters of readings that never became an entity: so many may go to flash at once, more of
// them wait for an hourly allowance. A flood of garbage must not wear flash.
inline constexpr double kGarbageAtOnce = 1000;

class Store final : public Outbox {
 public:
  Store(const Options& options, const Clock& clock, const Log& log, FreeDisk free_disk);

  using Outbox::append;
  Appended append(std::span<const Deposit> deposits) override;
  void on_append(std::function<void()> wake) override;
  Batch next_batch(const std::string& destination, const BatchLimits& limits) override;
  Result<void> settle(const std::string& destination, const Verdict& verdict,
                      std::chrono::milliseconds retry_after) override;
  std::chrono::milliseconds maintain() override;
  bool awaits_restart() const override;
  Result<void> flush() override;

  Totals totals() const override;
  std::vector<QueuedRow> list(std::size_t limit) const override;
  std::optional<QueuedRow> find(RowId id) const override;
  std::vector<DeadLetter> dead(std::size_t limit) const override;
  std::optional<DeadLetter> find_dead(std::int64_t id) const override;
  Result<void> requeue_dead(std::int64_t id) override;
  Result<void> forget_dead(std::int64_t id) override;
  Result<std::uint64_t> purge_dead() override;
  std::vector<Unknown> unknowns(std::size_t limit) const override;
  void remember(const std::string& destination, const std::string& word,
                std::int64_t value) override;
  std::int64_t recall(const std::string& destination, const std::string& word) const override;

  // A row that goes to make room, or because its time is over.
  struct Victim {
    Erasure row;
    Loss loss;
    bool fresh = false;
  };

 private:
  using Milliseconds = std::chrono::milliseconds;

  // All private members expect mutex_ to be held.

  // Opening.
  void resume_age();
  void reconcile();
  void renumber();
  void load_books();
  void drain_old_journal();
  void greet();

  // Row ids.
  bool have_ids(std::size_t count);
  Result<void> reserve(std::size_t count);
  std::int64_t take_id() { return next_id_++; }

  // append.cpp
  Appended take_what_fits(std::span<const Deposit> deposits);
  Result<void> take(std::span<const Deposit> deposits);
  Change plan(std::span<const Deposit> deposits);
  void plan_deposit(Change& change, const Deposit& deposit);
  void plan_unknown(Change& change, const Unknown& reading);
  void plan_row(Change& change, const NewRow& arriving);
  bool merge_into_queued(Change& change, const NewRow& arriving);
  enum class Admission { kAdmitted, kOutranked };
  Result<Admission> admit(const Change& change);
  Result<Admission> admit_bytes(std::uint64_t need, Priority arriving);
  Result<void> commit_newest(Change change);
  void reopen_when_roomy();

  // dropping.cpp
  std::optional<Admission> make_room(std::uint64_t need, Priority arriving);
  std::optional<std::vector<Victim>> choose_victims(std::uint64_t bytes, Priority arriving);
  std::vector<Victim> durable_candidates(Priority rank, bool& all_seen);
  std::vector<Victim> fresh_candidates(Priority rank);
  bool outranked(Priority arriving);
  void drop_arrivals(Change& change);
  Result<void> drop(const std::vector<Victim>& victims, const std::string& reason);
  void keep_gaps(const std::vector<Gap>& gaps);
  void tell_ended_gaps();

  // letters.cpp
  void plan_letter(Change& change, DeadLetter letter);
  void note_letters(Milliseconds age);
  void forget_flooded(Change& change);

  // delivery.cpp
  struct Picked {
    std::string destination;
    BatchLimits limits;
    Batch batch;
    std::uint64_t number = 0;
    std::size_t looked_at = 0;
    bool full = false;
    std::vector<Rejection> damaged;
  };
  static bool look_further(Picked& picked);
  bool add(Picked& picked, Lane& lane, const Row& row);
  bool pick(Picked& picked, Lane& lane, const Row& row);
  void pick_ahead(Picked& picked, Lane& lane);
  void pick_passing(Picked& picked, Lane& lane);
  void pick_arrivals(Picked& picked, Lane& lane);
  bool pick_durable(Picked& picked, Lane& lane);
  void bury_damaged(Picked& picked);
  void pick_fresh(Picked& picked, Lane& lane);
  struct Unsettled {
    std::string destination;
    Verdict verdict;
    Milliseconds ready_at;
  };
  struct Ends {  // rows that leave, by shelf
    Change durable, fresh;
    std::vector<RowId> rows;
    std::set<RowId> seen;
    // Birth of the oldest fresh row that became a dead letter.
    std::int64_t oldest_dead_ms = std::numeric_limits<std::int64_t>::max();
  };
  Result<void> write_verdict(const Unsettled& unsettled);
  Result<void> end_row(Ends& ends, const std::string& destination, RowId id,
                       const Rejection* rejection);
  void retry_unsettled();

  // transfer.cpp
  struct Load {  // what one transfer takes
    RowId through = 0;
    bool letters = false;                   // dead letters of brokers, all of them, and ...
    std::size_t garbage = 0;                // ... so many of readings that never became an entity
    bool ledger = false, unknowns = false;  // unknowns: gaps as well
    bool empty() const { return through == 0 && !letters && !ledger && !unknowns; }
  };
  Result<void> transfer(const Load& load);
  std::vector<const Row*> rows_to_move(RowId& through) const;
  void plan_moves(Change& out, Change& in, const std::vector<const Row*>& rows);
  void plan_letter_moves(Change& out, Change& in, std::size_t garbage);
  Result<void> move_everything();

  // upkeep.cpp
  void heal();
  void doubt_what_stays_unread();
  Load due_load();
  void plan_due_letters(Load& load);
  RowId due_through() const;
  bool transfer_what_is_due();
  void expire();
  void expire_durable(const std::string& destination, std::int64_t born_before,
                      std::vector<Victim>& expired);
  void watch_disk();
  bool may_be_mended() const;
  void note_flash(const Result<void>& done);
  void note_trouble();
  DurableMarks marks_now() const;

  Shelves shelves() const { return {durable_.get(), fresh_ ? &fresh_->state() : nullptr}; }
  std::uint64_t queued_bytes() const;
  std::uint64_t queued_rows() const;

  const Options options_;
  const Clock& clock_;
  const Log& log_;
  const FreeDisk free_disk_;
  FileHandle durable_lock_, fresh_lock_;

  mutable std::mutex mutex_;
  // GUARDED_BY(mutex_), all below
  std::unique_ptr<FreshShelf> fresh_;  // none with a window of 0
  std::unique_ptr<DurableShelf> durable_;
  AgeClock age_;
  Gate gate_;
  Inbox inbox_;
  GapBook gaps_;
  Patrol patrol_;
  // Below this id no row of the destination has this priority.
  std::map<std::pair<std::string, Priority>, RowId> passed_;
  std::map<std::string, Lane> lanes_;
  std::deque<Unsettled> unsettled_;  // at most one a destination: nothing is sent meanwhile
  std::shared_ptr<const std::function<void()>> wake_;
  std::int64_t next_id_ = 1, reserved_ = 1;
  RowId inherited_ = 0;  // fresh rows up to this id are of the run before
  bool flash_failing_ = false;
  Milliseconds flash_retry_at_{0}, expire_at_{0}, disk_at_{0}, ledger_at_{0}, expiry_told_at_{0},
      opened_at_{0};
  // When the oldest reading that is a dead letter on the fresh shelf arrived; none: no letters.
  std::optional<Milliseconds> letters_since_;
  double garbage_allowed_ = kGarbageAtOnce;
  Milliseconds garbage_allowed_at_{0};
  std::uint64_t expired_untold_ = 0;
  std::uint64_t rearrangements_ = 0;  // rows moved or dropped, not by a verdict
  std::string told_trouble_;
};

}  // namespace lamppost::outbox
