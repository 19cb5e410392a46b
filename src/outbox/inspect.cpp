// SPDX-License-Identifier: Apache-2.0
#include "outbox/inspect.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "outbox/fresh_shelf.h"
#include "outbox/gap_book.h"
#include "outbox/inbox.h"
#include "outbox/look.h"

namespace lamppost::outbox {
namespace {

class FileSnapshot final : public Snapshot {
 public:
  FileSnapshot(std::unique_ptr<DurableShelf> durable, FreshState fresh)
      : durable_(std::move(durable)), fresh_(std::move(fresh)) {
    for (auto& entry : durable_->unknowns()) inbox_.load(std::move(entry));
    for (const auto& [key, entry] : fresh_.unknowns()) inbox_.load(entry);
    for (auto& gap : durable_->gaps()) gaps_.load(std::move(gap));
    for (const auto& [id, gap] : fresh_.gaps()) gaps_.load(gap);
  }

  std::vector<QueuedRow> list(std::size_t limit) const override {
    return list_rows(shelves(), limit);
  }
  std::optional<QueuedRow> find(RowId id) const override { return find_row(shelves(), id); }
  std::vector<DeadLetter> dead(std::size_t limit) const override {
    return list_letters(shelves(), limit);
  }
  std::optional<DeadLetter> find_dead(std::int64_t id) const override {
    return find_letter(shelves(), id);
  }
  std::vector<Unknown> unknowns(std::size_t limit) const override { return inbox_.newest(limit); }
  Totals totals() const override {
    auto totals = totals_of(shelves());
    totals.flash_bytes_written = 0;
    totals.unknowns = inbox_.size();
    totals.gaps = gaps_.newest();
    return totals;
  }

 private:
  Shelves shelves() const { return {durable_.get(), &fresh_}; }

  std::unique_ptr<DurableShelf> durable_;
  FreshState fresh_;
  Inbox inbox_;
  GapBook gaps_;
};

std::string why_unreadable(const std::filesystem::path& path) {
  if (access(path.c_str(), R_OK) == 0)
    return path.string() +
           " is no outbox that can be read; one of an older version is "
           "brought up to date when the daemon starts";
  if (errno == ENOENT)
    return "there is no outbox at " + path.string() + ": the daemon makes it when it starts";
  return "cannot read " + path.string() + ": " + std::strerror(errno);
}

// A transfer between the two looks puts rows on both; its number tells. More than one, and the
// looks are too far apart.
bool agree(FreshState& fresh, DurableShelf& durable) {
  const auto& marks = durable.marks();
  if (fresh.marks().instance != marks.instance || fresh.marks().transfer == marks.transfer)
    return true;
  if (fresh.marks().transfer + 1 != marks.transfer) return false;
  std::vector<std::int64_t> moved;
  for (const auto& [id, letter] : fresh.letters())
    if (durable.letter(id)) moved.push_back(id);
  fresh.apply(fresh.catch_up(marks.transfer, marks.moved, std::move(moved)));
  return true;
}

}  // namespace

Result<std::unique_ptr<Snapshot>> inspect(const Options& options) {
  constexpr int kTries = 10;
  for (int n = 0; n < kTries; ++n) {
    // The fresh shelf first: what moves in between is then seen twice, never not at all.
    FreshState fresh;
    if (!options.runtime_dir.empty()) read_journal(options.runtime_dir, fresh);
    auto durable = DurableShelf::open_readonly(options.path);
    if (!durable) return Error{Fault::kTransient, why_unreadable(options.path), ""};
    if (agree(fresh, *durable))
      return std::unique_ptr<Snapshot>(
          std::make_unique<FileSnapshot>(std::move(durable), std::move(fresh)));
  }
  return Error{Fault::kTransient, "the outbox is too busy to look at: try again", ""};
}

}  // namespace lamppost::outbox
