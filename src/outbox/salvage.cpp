// SPDX-License-Identifier: Apache-2.0
#include "outbox/salvage.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "core/finding.h"
#include "outbox/ledger_repair.h"
#include "outbox/wreck.h"

namespace lamppost::outbox {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kRowsAtOnce = 1000;
constexpr std::uint64_t kBytesAtOnce = std::uint64_t{4} << 20;
// What the file system keeps free of a salvage, for the WAL and for what comes after.
constexpr std::uint64_t kRoom = std::uint64_t{16} << 20;
// Without marks nobody knows which row ids were given out: further than a gateway gets in years.
constexpr std::int64_t kLeap = std::int64_t{1} << 32;

fs::path beside(const fs::path& path, const char* suffix) { return path.string() + suffix; }

[[noreturn]] void fail(const fs::path& path, const std::string& why) {
  throw ConfigError("outbox: " + path.string() + " is damaged and cannot be rebuilt: " + why +
                    ": nothing was changed; make room or replace the card, then start again");
}

// Puts what a wreck holds onto a new shelf.
class Rebuild {
 public:
  Rebuild(const fs::path& path, Wreck& wreck, const SalvageTools& tools)
      : path_(path), wreck_(wreck), tools_(tools), to_(beside(path, ".rescue")) {}

  // In words, for the log.
  std::string run();

 private:
  void move_letters();
  void move_rows();
  bool take(Row row);
  DeadLetter bury(const Row& row);
  void commit(const Change& change, const DurableMarks* marks = nullptr);
  void close_books();
  DurableMarks marks() const;
  Gap gap_of(std::int64_t id, const std::string& destination, std::uint64_t rows) const;
  std::string summary() const;

  const fs::path& path_;
  Wreck& wreck_;
  const SalvageTools& tools_;
  const fs::path to_;
  std::unique_ptr<DurableShelf> shelf_;
  Change pending_;
  std::uint64_t pending_bytes_ = 0;
  std::map<std::string, std::uint64_t> rows_, buried_;
  std::map<std::string, std::uint64_t> lost_;
  std::set<std::string> restarted_;  // destinations and sources whose ledger did not add up
  std::uint64_t letters_ = 0;
  std::set<std::int64_t> letter_ids_;
  std::int64_t highest_id_ = 0;
  bool no_room_ = false;
};

std::string Rebuild::run() {
  shelf_ = DurableShelf::open(to_, tools_.now, tools_.log);
  move_letters();
  move_rows();
  close_books();
  shelf_.reset();
  std::error_code ignored;
  // SQLite removes it when all of it is in the file and that is safe.
  if (fs::exists(beside(to_, "-wal"), ignored)) fail(path_, "the new file cannot be completed");
  return summary();
}

void Rebuild::commit(const Change& change, const DurableMarks* marks) {
  if (const auto done = shelf_->commit(change, marks); !done) fail(path_, done.error().text);
}

void Rebuild::move_letters() {
  wreck_.letters([this](DeadLetter letter) {
    highest_id_ = std::max(highest_id_, letter.id);
    ++letters_;
    letter_ids_.insert(letter.id);
    pending_bytes_ += letter_bytes(letter);
    pending_.letters.push_back(std::move(letter));
    if (pending_bytes_ < kBytesAtOnce) return;
    commit(pending_);
    pending_ = {};
    pending_bytes_ = 0;
  });
}

void Rebuild::move_rows() {
  wreck_.rows([this](Row row) { return take(std::move(row)); });
  commit(pending_);
  pending_ = {};
}

// A row whose payload is damaged ends as a dead letter, as it would on its way out.
bool Rebuild::take(Row row) {
  highest_id_ = std::max(highest_id_, row.id);
  if (row.damaged) {
    ++buried_[row.destination];
    pending_.letters.push_back(bury(row));
  } else {
    ++rows_[row.destination];
    pending_bytes_ += row.bytes();
    pending_.puts.push_back(std::move(row));
  }
  if (pending_.puts.size() + pending_.letters.size() < kRowsAtOnce && pending_bytes_ < kBytesAtOnce)
    return true;
  const auto free = tools_.free_disk(path_.parent_path());
  no_room_ = free && *free < kRoom;
  if (no_room_) {
    for (const auto& left : pending_.puts) --rows_[left.destination];
    pending_.puts.clear();
  }
  commit(pending_);
  pending_ = {};
  pending_bytes_ = 0;
  return !no_room_;
}

DeadLetter Rebuild::bury(const Row& row) {
  auto letter = letter_of(row, {row.id, kDamagedReason, 0, kDamagedText}, tools_.now);
  // Rows and letters share their numbers, so no letter has it, unless it was damaged as well.
  letter.id = letter_ids_.count(row.id) == 0 ? row.id : row.id + kLeap;
  highest_id_ = std::max(highest_id_, letter.id);
  return letter;
}

// One transaction, the last one: the ledger, what is missing, and the marks.
void Rebuild::close_books() {
  LedgerRepair repair(wreck_.ledger(), rows_);
  for (const auto& [name, count] : buried_) repair.bury(name, count);
  lost_ = repair.drop_missing();
  restarted_ = repair.balance();
  Change change;
  change.counts = repair.counts();
  change.unknowns = wreck_.unknowns();
  change.gaps = wreck_.gaps();
  std::int64_t next_gap = 1;
  for (const auto& gap : change.gaps) next_gap = std::max(next_gap, gap.id + 1);
  for (const auto& unknown : change.unknowns) highest_id_ = std::max(highest_id_, unknown.id);
  for (const auto& [name, count] : lost_) change.gaps.push_back(gap_of(next_gap++, name, count));
  const auto last = marks();
  commit(change, &last);
}

DurableMarks Rebuild::marks() const {
  auto marks = wreck_.marks().value_or(shelf_->marks());
  marks.reserved = std::max(marks.reserved, highest_id_ + 1);
  if (!wreck_.marks()) marks.reserved += kLeap;
  return marks;
}

Gap Rebuild::gap_of(std::int64_t id, const std::string& destination, std::uint64_t rows) const {
  Gap gap{id,         destination, kDamagedReason, rows, tools_.now,
          tools_.now, tools_.now,  tools_.now,     ""};
  const auto hole = wreck_.holes().find(destination);
  if (hole != wreck_.holes().end()) std::tie(gap.first, gap.last) = hole->second;
  return gap;
}

std::string Rebuild::summary() const {
  std::uint64_t kept = 0, buried = 0, lost = 0;
  for (const auto& [name, count] : rows_) kept += count;
  for (const auto& [name, count] : buried_) buried += count;
  for (const auto& [name, count] : lost_) lost += count;
  std::string text = std::to_string(kept) + " rows and " + std::to_string(letters_) +
                     " dead letters are rescued, " + std::to_string(lost) +
                     " rows are lost and counted as dropped (damaged)";
  if (buried > 0) text += ", " + std::to_string(buried) + " are damaged and kept as dead letters";
  if (no_room_)
    text +=
        "; the file system is full: what did not fit is among the lost, but still lies in the"
        " original";
  for (const auto& name : restarted_)
    text +=
        "; the ledger of " + name + " could not be read whole and starts anew from what is left";
  if (!wreck_.marks()) text += "; its marks were lost: row numbers go on further up";
  return text;
}

// Into its place, with the original beside it. The WAL of the original must not meet the new file.
void put_in_place(const fs::path& path, std::string_view why, const std::string& outcome,
                  const SalvageTools& tools) {
  std::error_code failed;
  const bool there = fs::exists(path, failed);  // or else the run before had got this far
  const auto kept = move_aside(path, tools.now);
  if (!kept) fail(path, "the damaged file cannot be renamed");
  fs::rename(beside(path, ".rescued"), path, failed);
  if (failed) fail(path, "cannot rename " + beside(path, ".rescued").string());
  sync_directory(path.parent_path());
  tools.log.error("outbox file " + path.string() + " was damaged (" + std::string(why) +
                  ") and is rebuilt: " + outcome + "; the damaged file is kept " +
                  (there ? "as " + kept->string() : "beside it, with .corrupt- in its name") +
                  ": delete it when nobody wants to look into it");
}

}  // namespace

void finish_salvage(const fs::path& path, const SalvageTools& tools) {
  std::error_code ignored;
  bool half = false;
  for (const char* suffix : {".rescue", ".rescue-wal", ".rescue-shm"})
    half = fs::remove(beside(path, suffix), ignored) || half;
  if (half) sync_directory(path.parent_path());
  if (fs::exists(beside(path, ".rescued"), ignored))
    put_in_place(path, "found at the start before",
                 "this start finishes it; rows that were lost are counted as dropped (damaged)",
                 tools);
}

bool salvage(const fs::path& path, std::string_view why, const SalvageTools& tools) {
  Wreck wreck(path);
  if (wreck.failing()) fail(path, "the disk cannot be read");
  if (!wreck.outbox()) return false;
  const auto outcome = Rebuild(path, wreck, tools).run();
  if (wreck.failing()) fail(path, "the disk cannot be read");
  std::error_code failed;
  fs::rename(beside(path, ".rescue"), beside(path, ".rescued"), failed);
  if (failed) fail(path, "cannot rename " + beside(path, ".rescue").string());
  sync_directory(path.parent_path());
  put_in_place(path, why, outcome, tools);
  return true;
}

bool reads_for_the_most_part(const fs::path& path) {
  constexpr PageNumber kSample = 64;
  PageFile file(path);
  std::size_t asked = 0;
  for (PageNumber number = 1; number <= file.count(); number += file.count() / kSample + 1) {
    static_cast<void>(file.page(number));
    ++asked;
  }
  return asked > 2 * file.unreadable();
}

bool is_wrecked(const fs::path& path) {
  PageFile file(path);
  const auto first = file.page(1);
  if (first.empty() || file.failing()) return false;
  for (PageNumber number = 2; number <= file.count(); ++number)
    static_cast<void>(file.page(number));
  if (file.unreadable() > 0) return !file.failing();
  // Page size, versions, no reserved bytes, and the fractions that SQLite prescribes (section 1.3).
  const auto fixed = first.substr(16, 8);
  return fixed != std::string("\x10\x00\x02\x02\x00\x40\x20\x20", 8) &&
         fixed != std::string("\x10\x00\x01\x01\x00\x40\x20\x20", 8);
}

}  // namespace lamppost::outbox
