// SPDX-License-Identifier: Apache-2.0
// What can still be read of a durable shelf (schema.h) that is damaged, page by page, without
// SQLite: records are told apart by the kinds of their columns. Changes nothing.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "outbox/durable_shelf.h"
#include "outbox/page_tree.h"

namespace lamppost::outbox {

class Wreck {
 public:
  explicit Wreck(const std::filesystem::path& path);

  // The disk does not read: nothing below says anything about the file.
  bool failing() { return file_.failing(); }
  // There is something of an outbox in it.
  bool outbox() const { return !names_.empty() || !ledger_.empty() || marks_.has_value(); }

  const Counters& ledger() const { return ledger_; }
  const std::optional<DurableMarks>& marks() const { return marks_; }
  const std::vector<Unknown>& unknowns() const { return unknowns_; }
  const std::vector<Gap>& gaps() const { return gaps_; }
  std::size_t broken_pages() const { return tree_.broken(); }

  // Where rows are missing: observed times of the rows before and after.
  using Hole = std::map<std::string, std::pair<Timestamp, Timestamp>>;  // by destination
  // Rows by destination and id, each once. `each` returns false to stop.
  void rows(const std::function<bool(Row)>& each);
  void letters(const std::function<void(DeadLetter)>& each);  // oldest first
  // After rows(): by destination, the oldest and the newest of these times.
  const Hole& holes() const { return holes_; }

 private:
  enum class Kind { kOther, kRow, kLetter, kUnknown, kGap, kMarks, kDestination };
  struct Record {
    std::int64_t key = 0;
    std::string bytes;
  };
  using Values = std::vector<Value>;

  static Kind kind_of(const std::string& shape);
  static const char* table_of(Kind kind);
  std::vector<Record> records(const Leaf& leaf);
  void sort_out();
  void take(Kind kind, std::int64_t key, const Values& values);
  void take_index_page(PageNumber number);
  void choose_names();
  std::optional<Row> row_of(std::int64_t key, const Values& values);
  void note_hole(const std::string& destination, Timestamp before, Timestamp after);

  PageFile file_;
  PageTree tree_;
  Packer packer_;
  std::vector<Leaf> row_leaves_, letter_leaves_;
  std::map<std::int64_t, std::vector<std::string>> candidates_;  // names of destinations
  std::map<std::int64_t, std::string> names_;
  Counters ledger_;
  std::optional<DurableMarks> marks_;
  std::vector<Unknown> unknowns_;
  std::vector<Gap> gaps_;
  Hole holes_;
};

}  // namespace lamppost::outbox
