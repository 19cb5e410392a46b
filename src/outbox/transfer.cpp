// SPDX-License-Identifier: Apache-2.0
// Moving rows, dead letters, the inbox and the ledger from the fresh shelf to the durable one.
#include <algorithm>
#include <limits>
#include <set>

#include "outbox/merge.h"
#include "outbox/store.h"

namespace lamppost::outbox {
namespace {

constexpr std::size_t kRowsAtOnce = 5000;
constexpr std::uint64_t kBytesAtOnce = std::uint64_t{8} << 20;

// Merges rows that arrive on the durable shelf into what is queued there, within one transfer.
class Merger {
 public:
  Merger(DurableShelf& durable, const std::map<std::string, Lane>& lanes)
      : durable_(durable), lanes_(lanes) {}

  // True when the row went into an older one and is not moved itself.
  bool absorb(const Row& row) {
    const std::pair key{row.destination, row.entity};
    // A row that stands by itself ends merging: later ones must not overtake it.
    if (!row.latest() || in_flight(row)) {
      closed_.insert(key);
      return false;
    }
    if (closed_.count(key) != 0) return false;
    auto target = targets_.find(key);
    if (target == targets_.end()) {
      auto queued = durable_.latest(row.destination, row.entity);
      if (!queued || in_flight(*queued)) {
        closed_.insert(key);
        return false;
      }
      const auto old_bytes = queued->bytes();
      target = targets_.emplace(key, Replacement{std::move(*queued), old_bytes}).first;
    }
    auto& into = target->second.row;
    auto merged = merge_updates({into.payload, into.observed_at}, {row.payload, row.observed_at});
    if (!merged) {
      closed_.insert(key);
      return false;
    }
    into.payload = std::move(*merged);
    into.observed_at = std::max(into.observed_at, row.observed_at);
    return true;
  }

  void finish(Change& out) {
    for (auto& [key, replacement] : targets_) out.replacements.push_back(std::move(replacement));
  }

 private:
  bool in_flight(const Row& row) const {
    const auto lane = lanes_.find(row.destination);
    return lane != lanes_.end() && lane->second.in_flight(row.id);
  }

  DurableShelf& durable_;
  const std::map<std::string, Lane>& lanes_;
  std::set<std::pair<std::string, std::string>> closed_;
  std::map<std::pair<std::string, std::string>, Replacement> targets_;
};

}  // namespace

Result<void> Store::transfer(const Load& load) {
  auto through = load.through;
  const auto rows = rows_to_move(through);
  Change out;
  Entry in;
  plan_moves(out, in.change, rows);
  if (load.letters) plan_letter_moves(out, in.change, load.garbage);
  if (load.unknowns) {
    for (const auto& [key, entry] : fresh_->state().unknowns()) out.unknowns.push_back(entry);
    for (const auto& [id, gap] : fresh_->state().gaps()) out.gaps.push_back(gap);
  }
  in.clears_unknowns = load.unknowns;

  ++rearrangements_;
  auto marks = marks_now();
  marks.transfer += 1;
  marks.moved = through;
  auto done = durable_->commit(out, &marks);
  note_flash(done);
  if (!done) return done;
  in.marks = fresh_->state().marks();
  in.marks->transfer = marks.transfer;
  fresh_->commit_surely(std::move(in));
  ledger_at_ = clock_.monotonic();
  return {};
}

// The oldest fresh rows up to `through`, which is brought back to where one transaction ends.
std::vector<const Row*> Store::rows_to_move(RowId& through) const {
  std::vector<const Row*> rows;
  for (const auto& [name, lane] : fresh_->state().lanes())
    for (auto at = lane.rows.begin(); at != lane.rows.end() && at->first <= through; ++at)
      rows.push_back(&at->second);
  std::sort(rows.begin(), rows.end(),
            [](const Row* left, const Row* right) { return left->id < right->id; });
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  while (count < rows.size() && count < kRowsAtOnce && bytes < kBytesAtOnce)
    bytes += rows[count++]->bytes();
  rows.resize(count);
  through = rows.empty() ? 0 : rows.back()->id;
  return rows;
}

void Store::plan_moves(Change& out, Change& in, const std::vector<const Row*>& rows) {
  std::map<std::string, std::int64_t> moved;
  Merger merger(*durable_, lanes_);
  for (const auto* row : rows) {
    in.erasures.push_back({row->destination, row->id, row->bytes()});
    ++moved[row->destination];
    if (merger.absorb(*row))
      out.count(Book::kBroker, row->destination, "merged");
    else
      out.puts.push_back(*row);
  }
  merger.finish(out);
  for (const auto& [key, by] : leaving_counts(fresh_->state().tally(), moved)) {
    out.counts.push_back({key, by});
    in.counts.push_back({key, -by});
  }
}

void Store::plan_letter_moves(Change& out, Change& in, std::size_t garbage) {
  for (const auto& [id, letter] : fresh_->state().letters()) {
    if (letter.destination.empty() && garbage-- == 0) {
      ++garbage;
      continue;
    }
    out.letters.push_back(letter);
    in.erased_letters.push_back(id);
  }
}

Result<void> Store::move_everything() {
  if (!fresh_) return {};
  const auto& state = fresh_->state();
  do {
    constexpr auto kAll = std::numeric_limits<RowId>::max();
    const Load load{kAll, true, state.letters().size(), true, true};
    if (auto moved = transfer(load); !moved) return moved;
  } while (state.tally().all_rows() > 0);
  letters_since_.reset();
  return {};
}

Result<void> Store::flush() {
  const std::lock_guard lock(mutex_);
  retry_unsettled();
  if (auto moved = move_everything(); !moved) return moved;
  std::map<std::string, std::map<RowId, int>> attempts;
  for (const auto& [name, lane] : lanes_) attempts[name] = lane.attempts();
  if (auto saved = durable_->add_attempts(attempts); !saved) return saved;
  for (auto& [name, lane] : lanes_) lane.attempts_are_saved();
  auto marks = marks_now();
  return durable_->commit({}, &marks);
}

}  // namespace lamppost::outbox
