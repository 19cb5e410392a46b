// SPDX-License-Identifier: Apache-2.0
// What the fresh shelf holds: the result of its journal's entries, applied in order. The running
// daemon, the start after a crash and `lamppost outbox list` all come to it by the same apply().
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "outbox/journal.h"
#include "outbox/tally.h"

namespace lamppost::outbox {

struct FreshLane {
  std::map<RowId, Row> rows;
  // The row of an entity that a newer update merges into: its last one, if that is `latest`.
  std::unordered_map<std::string, RowId> latest;
};

class FreshState {
 public:
  void apply(Entry entry);
  // Reads a whole journal. Returns how many of its bytes are good: 0 when it is no journal.
  std::size_t replay(std::string_view bytes);

  // nullptr when nothing of it was ever here.
  const FreshLane* lane(const std::string& destination) const;
  const Row* find(const std::string& destination, RowId id) const;
  const Row* find(RowId id) const;
  // nullptr when no row may be merged into.
  const Row* latest(const std::string& destination, const std::string& entity) const;
  const Row* oldest() const;

  // Erases what a transfer up to `moved` has taken to the durable shelf, when only this shelf does
  // not know it yet: the process was killed between the two commits.
  Entry catch_up(std::int64_t transfer, RowId moved, std::vector<std::int64_t> moved_letters) const;

  const std::map<std::string, FreshLane>& lanes() const { return lanes_; }
  const std::map<std::int64_t, DeadLetter>& letters() const { return letters_; }
  const std::map<std::pair<std::string, std::string>, Unknown>& unknowns() const {
    return unknowns_;
  }
  const std::map<std::int64_t, Gap>& gaps() const { return gaps_; }
  std::uint64_t letters_bytes() const { return letters_bytes_; }
  const Tally& tally() const { return tally_; }
  const JournalMarks& marks() const { return marks_; }

 private:
  void put(Row row);
  void erase(const Erasure& erasure);
  void forget_latest(FreshLane& lane, const Row& row);

  JournalMarks marks_;
  std::map<std::string, FreshLane> lanes_;
  std::map<std::int64_t, DeadLetter> letters_;
  std::map<std::pair<std::string, std::string>, Unknown> unknowns_;
  std::map<std::int64_t, Gap> gaps_;
  std::uint64_t letters_bytes_ = 0;
  Tally tally_;
};

// The counts that leave with a transfer: all of them, except that `stored` stays for the rows that
// stay. Both shelves balance before and after. `moved`: rows leaving, by destination.
std::vector<Count> leaving_counts(const Tally& tally,
                                  const std::map<std::string, std::int64_t>& moved);

}  // namespace lamppost::outbox
