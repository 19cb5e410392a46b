// SPDX-License-Identifier: Apache-2.0
// Opening, row ids, and everything that only looks.
#include "outbox/store.h"

#include "core/finding.h"

namespace lamppost::outbox {
namespace fs = std::filesystem;
namespace {

// Ids are handed out from blocks; each block costs one small write on flash.
constexpr std::int64_t kIdBlock = 100'000;

void require_directory(const fs::path& directory, const char* option) {
  std::error_code ignored;
  if (fs::is_directory(directory.empty() ? "." : directory, ignored)) return;
  throw ConfigError("outbox: directory " + directory.string() + " of " + option +
                    " does not exist: create it");
}

bool has_journal(const fs::path& runtime_dir) {
  std::error_code ignored;
  return !runtime_dir.empty() && fs::exists(runtime_dir / "fresh.journal", ignored);
}

}  // namespace

std::unique_ptr<Outbox> Outbox::open(const Options& options, const Clock& clock, const Log& log) {
  return std::make_unique<Store>(options, clock, log, free_disk);
}

Store::Store(const Options& options, const Clock& clock, const Log& log, FreeDisk free_disk)
    : options_(options),
      clock_(clock),
      log_(log),
      free_disk_(std::move(free_disk)),
      age_(clock),
      gate_(log) {
  require_directory(options_.path.parent_path(), "outbox.path");
  durable_lock_ = lock_for_writing(options_.path);
  const bool windowed = options_.power_loss_window.count() > 0;
  if (windowed) require_directory(options_.runtime_dir, "gateway.runtime_dir");
  if (windowed || has_journal(options_.runtime_dir)) {
    fresh_lock_ = lock_for_writing(options_.runtime_dir / "fresh.journal");
    fresh_ = std::make_unique<FreshShelf>(options_.runtime_dir, clock_.now(), log_);
  }
  durable_ = DurableShelf::open(options_.path, clock_.now(), log_, free_disk_);
  resume_age();
  reconcile();
  load_books();
  if (!windowed && fresh_) drain_old_journal();
  opened_at_ = ledger_at_ = garbage_allowed_at_ = clock_.monotonic();
  greet();
}

void Store::resume_age() {
  const auto& marks = durable_->marks();
  if (marks.wall.ms != 0) age_.resume(marks.age_ms, marks.wall, options_.max_age / 2);
  age_.at_least(durable_->newest_born_ms());
  if (!fresh_) return;
  for (const auto& [name, lane] : fresh_->state().lanes())
    if (!lane.rows.empty()) age_.at_least(lane.rows.rbegin()->second.born_ms);
}

// Brings both shelves to one story after whatever ended the last run.
void Store::reconcile() {
  const auto durable = durable_->marks();
  next_id_ = reserved_ = durable.reserved;
  if (!fresh_) return note_flash(reserve(0));
  const auto fresh = fresh_->state().marks();
  next_id_ = std::max(next_id_, fresh.reserved);
  note_flash(reserve(0));
  if (fresh.instance == durable.instance && fresh.transfer + 1 == durable.transfer) {
    std::vector<std::int64_t> moved;
    for (const auto& [id, letter] : fresh_->state().letters())
      if (durable_->letter(id)) moved.push_back(id);
    fresh_->commit_surely(
        fresh_->state().catch_up(durable.transfer, durable.moved, std::move(moved)));
  } else if (fresh.instance != 0 &&
             (fresh.instance != durable.instance || fresh.transfer != durable.transfer)) {
    log_.warning("outbox: " + (options_.runtime_dir / "fresh.journal").string() +
                 " belongs to another state of " + options_.path.string() +
                 ": its rows are kept under new numbers");
    renumber();
  }
  Entry entry;
  entry.marks = JournalMarks{durable.instance, reserved_, durable.transfer};
  fresh_->commit_surely(std::move(entry));
}

void Store::renumber() {
  std::map<RowId, Row> rows;
  Entry entry;
  auto& change = entry.change;
  for (const auto& [name, lane] : fresh_->state().lanes())
    for (const auto& [id, row] : lane.rows) {
      rows.emplace(id, row);
      change.erasures.push_back({name, id, row.bytes()});
    }
  const auto letters = fresh_->state().letters();
  if (!have_ids(rows.size() + letters.size()))
    throw ConfigError("outbox: " + options_.path.string() + " can not be written: make room");
  for (auto& [id, row] : rows) {
    row.id = take_id();
    change.puts.push_back(std::move(row));
  }
  for (auto [id, letter] : letters) {
    change.erased_letters.push_back(id);
    letter.id = take_id();
    change.letters.push_back(std::move(letter));
  }
  fresh_->commit_surely(std::move(entry));
}

void Store::load_books() {
  for (auto& entry : durable_->unknowns()) inbox_.load(std::move(entry));
  for (auto& gap : durable_->gaps()) gaps_.load(std::move(gap));
  if (!fresh_) return;
  for (const auto& [key, entry] : fresh_->state().unknowns()) inbox_.load(entry);
  for (const auto& [id, gap] : fresh_->state().gaps()) gaps_.load(gap);
  // Nobody knows how long these have waited: the clock may have been set meanwhile.
  for (const auto& [name, lane] : fresh_->state().lanes())
    if (!lane.rows.empty()) inherited_ = std::max(inherited_, lane.rows.rbegin()->first);
  if (!fresh_->state().letters().empty()) note_letters(options_.power_loss_window);
}

// The window was set to 0 since the last run: nothing may stay behind on tmpfs.
void Store::drain_old_journal() {
  if (const auto moved = move_everything(); !moved)
    throw ConfigError("outbox: cannot move the fresh shelf to " + options_.path.string() + ": " +
                      moved.error().text);
  fresh_.reset();
  std::error_code ignored;
  fs::remove(options_.runtime_dir / "fresh.journal", ignored);
}

void Store::greet() {
  for (const auto& name : options_.destinations) lanes_[name];
  if (fresh_ && !is_tmpfs(options_.runtime_dir))
    log_.notice("outbox: " + options_.runtime_dir.string() +
                " is not in memory (tmpfs): every reading is written there and may wear flash");
  Totals totals = totals_of(shelves());
  for (const auto& [name, ledger] : totals.destinations)
    if (ledger.queued > 0 && lanes_.count(name) == 0)
      log_.warning("outbox holds " + std::to_string(ledger.queued) + " rows for broker \"" + name +
                   "\", which is not configured: they wait until it is, or until max_age");
  if (totals.rows > 0)
    log_.info("outbox: " + std::to_string(totals.rows) + " rows (" + size_text(totals.bytes) +
              ") from the last run");
}

bool Store::have_ids(std::size_t count) {
  if (next_id_ + static_cast<std::int64_t>(count) <= reserved_) return true;
  if (gate_.closed(Gate::Cause::kNumbers) && clock_.monotonic() < flash_retry_at_) return false;
  const auto done = reserve(count);
  note_flash(done);
  return done.ok();
}

// On flash before the first id of the block is used: even the loss of the fresh shelf repeats none.
Result<void> Store::reserve(std::size_t count) {
  auto marks = marks_now();
  marks.reserved = next_id_ + static_cast<std::int64_t>(count) + kIdBlock;
  if (auto done = durable_->commit({}, &marks); !done) {
    gate_.close(Gate::Cause::kNumbers, "outbox cannot write " + options_.path.string() + " (" +
                                           done.error().text + "): refusing readings until it can");
    return done;
  }
  gate_.open(Gate::Cause::kNumbers);
  reserved_ = marks.reserved;
  if (!fresh_) return {};
  Entry entry;
  entry.marks = fresh_->state().marks();
  entry.marks->reserved = reserved_;
  fresh_->commit_surely(std::move(entry));
  return {};
}

DurableMarks Store::marks_now() const {
  auto marks = durable_->marks();
  marks.age_ms = age_.now_ms();
  marks.wall = clock_.now();
  return marks;
}

void Store::on_append(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::make_shared<const std::function<void()>>(std::move(wake));
}

Totals Store::totals() const {
  const std::lock_guard lock(mutex_);
  auto totals = totals_of(shelves());
  for (const auto& [name, lane] : lanes_) totals.destinations[name];
  totals.unknowns = inbox_.size();
  totals.gaps = gaps_.newest();
  totals.refusing = gate_.reason();
  totals.flash_check = patrol_.last();
  return totals;
}

std::vector<QueuedRow> Store::list(std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  auto rows = list_rows(shelves(), limit);
  for (auto& row : rows)
    if (const auto lane = lanes_.find(row.destination); lane != lanes_.end())
      row.attempts = lane->second.attempts(row.id, row.attempts);
  return rows;
}

std::optional<QueuedRow> Store::find(RowId id) const {
  const std::lock_guard lock(mutex_);
  auto row = find_row(shelves(), id);
  if (!row) return row;
  if (const auto lane = lanes_.find(row->destination); lane != lanes_.end())
    row->attempts = lane->second.attempts(row->id, row->attempts);
  return row;
}

std::uint64_t Store::queued_bytes() const {
  return durable_->tally().all_bytes() + (fresh_ ? fresh_->state().tally().all_bytes() : 0);
}

std::uint64_t Store::queued_rows() const {
  return durable_->tally().all_rows() + (fresh_ ? fresh_->state().tally().all_rows() : 0);
}

}  // namespace lamppost::outbox
