// SPDX-License-Identifier: Apache-2.0
// What time does to the outbox: the power loss window, max_age, free space, the ledger on flash.
#include <algorithm>
#include <limits>

#include "outbox/salvage.h"
#include "outbox/store.h"

namespace lamppost::outbox {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBeat{100};
constexpr milliseconds kSlowBeat{1000};
// Rows beyond this go to flash before their time: the fresh shelf is memory.
constexpr std::uint64_t kFreshEnough = std::uint64_t{16} << 20;
constexpr std::uint64_t kEnoughRoom = std::uint64_t{1} << 20;
constexpr int kTransfersAtOnce = 4;
constexpr std::size_t kExpireAtOnce = 1000;
// Counters of what never touched flash are written there this often.
constexpr milliseconds kLedgerEvery{10 * 60 * 1000};
constexpr milliseconds kTellEvery{60 * 1000};
constexpr milliseconds kUnreadable{30 * 1000};
constexpr milliseconds kRestartEvery{60 * 60 * 1000};
constexpr double kGarbageAnHour = 1000;

}  // namespace

std::chrono::milliseconds Store::maintain() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.monotonic();
  if (durable_->can_be_healed()) heal();
  if (!unsettled_.empty() && now >= flash_retry_at_) retry_unsettled();
  bool more = false;
  if (fresh_ && now >= flash_retry_at_) more = transfer_what_is_due() && !due_load().empty();
  if (fresh_) fresh_->tidy();
  if (now >= expire_at_) {
    expire();
    tell_ended_gaps();
    expire_at_ = now + kSlowBeat;
  }
  if (now >= disk_at_) {
    watch_disk();
    doubt_what_stays_unread();
    if (next_id_ + 1000 > reserved_ || gate_.closed(Gate::Cause::kNumbers) || may_be_mended())
      note_flash(reserve(0));
    disk_at_ = now + kSlowBeat;
  }
  if (!flash_failing_) patrol_.step(*durable_, clock_);
  reopen_when_roomy();
  note_trouble();
  return more ? milliseconds{0} : flash_failing_ ? kSlowBeat : kBeat;
}

// Damage was met: the file is opened as at a start, which rebuilds it. Rows keep their ids, so what
// is being sent need not be sent again. A disk that fails now ends the process; nothing is lost.
void Store::heal() {
  log_.error("outbox: " + options_.path.string() + " is damaged: looking at it now");
  durable_.reset();
  durable_ = DurableShelf::open(options_.path, clock_.now(), log_, free_disk_);
  patrol_.begin_anew();
  ++rearrangements_;
  passed_.clear();
  for (auto& [name, lane] : lanes_) {
    lane.go_back_to(0);
    lane.note_read(true, clock_.monotonic());
  }
  reconcile();
  for (auto& gap : durable_->gaps()) gaps_.load(std::move(gap));
}

// A place that the card does not give back keeps everything behind it from being sent. When the
// rest of the file can be read, that place is damaged.
void Store::doubt_what_stays_unread() {
  if (durable_->suspected()) return;
  const auto now = clock_.monotonic();
  for (auto& [name, lane] : lanes_) {
    if (!lane.unread_since() || now - *lane.unread_since() < kUnreadable) continue;
    if (reads_for_the_most_part(options_.path)) return durable_->suspect();
    lane.note_read(true, now);  // the disk is away: asked again when it has been for as long
  }
}

// A card that is dying brings damage back at once: the start after a start for this reason waits.
bool Store::awaits_restart() const {
  const std::lock_guard lock(mutex_);
  const bool long_ago = clock_.monotonic() - opened_at_ >= kRestartEvery;
  return durable_->suspected() && !durable_->can_be_healed() &&
         (long_ago || !durable_->was_suspected());
}

// Half a window of younger rows goes along, so that an outage writes two groups a window and not
// ten.
RowId Store::due_through() const {
  const auto* oldest = fresh_->state().oldest();
  if (oldest == nullptr) return 0;
  if (fresh_->live_bytes() > kFreshEnough) return std::numeric_limits<RowId>::max();
  if (oldest->id <= inherited_) return inherited_;
  const auto now = age_.now_ms();
  const auto window = options_.power_loss_window.count();
  if (oldest->born_ms > now - window) return 0;
  RowId through = 0;
  for (const auto& [name, lane] : fresh_->state().lanes())
    for (const auto& [id, row] : lane.rows) {
      if (row.born_ms > now - window / 2) break;
      through = std::max(through, id);
    }
  return through;
}

Store::Load Store::due_load() {
  Load load;
  load.through = due_through();
  plan_due_letters(load);
  const bool ledger_due = clock_.monotonic() - ledger_at_ >= kLedgerEvery;
  load.ledger = ledger_due && !leaving_counts(fresh_->state().tally(), {}).empty();
  load.unknowns =
      ledger_due && !(fresh_->state().unknowns().empty() && fresh_->state().gaps().empty());
  return load;
}

void Store::plan_due_letters(Load& load) {
  const auto now = clock_.monotonic();
  const auto hours = static_cast<double>((now - garbage_allowed_at_).count()) / 3'600'000;
  garbage_allowed_ = std::min(kGarbageAtOnce, garbage_allowed_ + hours * kGarbageAnHour);
  garbage_allowed_at_ = now;
  if (!letters_since_ || now - *letters_since_ < options_.power_loss_window) return;
  std::size_t garbage = 0;
  for (const auto& [id, letter] : fresh_->state().letters()) {
    if (letter.destination.empty())
      ++garbage;
    else
      load.letters = true;
  }
  load.garbage = std::min(static_cast<std::size_t>(garbage_allowed_), garbage);
  load.letters = load.letters || load.garbage > 0;
}

// False when the disk fails; the rows stay where they are then.
bool Store::transfer_what_is_due() {
  for (int n = 0; n < kTransfersAtOnce; ++n) {
    const auto load = due_load();
    if (load.empty()) return true;
    if (!transfer(load)) return false;
    garbage_allowed_ -= static_cast<double>(load.garbage);
    if (fresh_->state().letters().empty())
      letters_since_.reset();
    else if (load.letters)
      letters_since_ = clock_.monotonic();
  }
  return true;
}

void Store::expire() {
  const auto born_before = age_.now_ms() - options_.max_age.count();
  std::vector<Victim> expired;
  for (const auto& name : durable_->destinations()) expire_durable(name, born_before, expired);
  if (fresh_)
    for (const auto& [name, lane] : fresh_->state().lanes())
      for (const auto& [id, row] : lane.rows) {
        if (row.born_ms >= born_before) break;
        if (!lanes_[name].in_flight(id))
          expired.push_back({{name, id, row.bytes()}, {name, row.entity, row.observed_at}, true});
      }
  if (!expired.empty() && drop(expired, "expired")) expired_untold_ += expired.size();
  const auto now = clock_.monotonic();
  if (expired_untold_ == 0 || now < expiry_told_at_) return;
  log_.warning("outbox: " + std::to_string(expired_untold_) +
               " rows were not delivered within max_age: dropped");
  expired_untold_ = 0;
  expiry_told_at_ = now + kTellEvery;
}

void Store::expire_durable(const std::string& destination, std::int64_t born_before,
                           std::vector<Victim>& expired) {
  if (durable_->tally().rows(destination) == 0) return;
  std::size_t looked_at = 0;
  const auto& lane = lanes_[destination];
  durable_->scan(destination, 0, [&](const RowCursor& row) {
    if (row.born_ms() >= born_before || ++looked_at > kExpireAtOnce) return false;
    // A time that the flash has altered is no age: such a row ends as a dead letter on its way out.
    if (!lane.in_flight(row.id()) && !row.row().damaged)
      expired.push_back({{destination, row.id(), row.bytes()},
                         {destination, row.entity(), row.observed_at()},
                         false});
    return true;
  });
}

void Store::watch_disk() {
  const auto directory = options_.path.parent_path();
  const auto free = free_disk_(directory);
  if (!free || options_.min_free_disk == 0) return;
  if (*free < options_.min_free_disk) {
    gate_.close(Gate::Cause::kFreeDisk, "outbox: only " + size_text(*free) + " free in " +
                                            directory.string() +
                                            ": refusing readings until there are " +
                                            size_text(options_.min_free_disk / 4 * 5));
  } else if (*free >= options_.min_free_disk / 4 * 5) {
    gate_.open(Gate::Cause::kFreeDisk);
  }
  if (durable_->tally().all_rows() == 0) durable_->give_space_back();
}

// With two shelves the next transfer finds out. On a full disk a small write may still succeed
// where a reading does not, so there must be some room as well.
bool Store::may_be_mended() const {
  if (fresh_ || !gate_.closed(Gate::Cause::kFlash)) return false;
  const auto free = free_disk_(options_.path.parent_path());
  return !free || *free >= kEnoughRoom;
}

void Store::note_flash(const Result<void>& done) {
  if (done) {
    if (flash_failing_) log_.notice("outbox writes to " + options_.path.string() + " again");
    flash_failing_ = false;
    gate_.open(Gate::Cause::kFlash);
    return;
  }
  if (!flash_failing_)
    log_.error("outbox cannot write " + options_.path.string() + " (" + done.error().text +
               "): nothing is lost, but what is new does not survive a power cut until it can");
  flash_failing_ = true;
  flash_retry_at_ = clock_.monotonic() + kSlowBeat;
}

void Store::note_trouble() {
  const auto trouble = durable_->take_trouble();
  if (trouble.empty() || trouble == told_trouble_) return;
  log_.error("outbox cannot read " + options_.path.string() + ": " + trouble);
  told_trouble_ = trouble;
}

}  // namespace lamppost::outbox
