// SPDX-License-Identifier: Apache-2.0
#include "outbox/wreck.h"

#include <algorithm>
#include <set>

#include "outbox/check_sum.h"
#include "outbox/schema.h"

namespace lamppost::outbox {
namespace {

constexpr std::int64_t kIdMask = (std::int64_t{1} << kKeyShift) - 1;

bool by_key(const Leaf& left, const Leaf& right) {
  const auto key = [](const Leaf& leaf) { return leaf.broken ? leaf.above : leaf.first; };
  return key(left) < key(right);
}

// The longest run of cells whose keys rise: a damaged key costs its own cell, not those behind it.
std::vector<Cell> rising(const std::vector<Cell>& cells) {
  if (std::is_sorted(cells.begin(), cells.end(),
                     [](const Cell& left, const Cell& right) { return left.key < right.key; }))
    return cells;
  std::vector<std::size_t> length(cells.size(), 1), before(cells.size(), cells.size());
  for (std::size_t n = 0; n < cells.size(); ++n)
    for (std::size_t m = 0; m < n; ++m)
      if (cells[m].key < cells[n].key && length[m] >= length[n]) {
        length[n] = length[m] + 1;
        before[n] = m;
      }
  std::vector<Cell> run;
  const auto longest = std::max_element(length.begin(), length.end()) - length.begin();
  for (auto n = static_cast<std::size_t>(longest); n < cells.size(); n = before[n])
    run.push_back(cells[n]);
  std::reverse(run.begin(), run.end());
  return run;
}

std::string text_of(const Value& value) { return std::string(value.bytes); }

DeadLetter letter_of(std::int64_t id, const std::vector<Value>& values) {
  DeadLetter letter;
  letter.id = id;
  std::size_t column = 1;
  for (auto* text : {&letter.destination, &letter.entity, &letter.reason, &letter.text,
                     &letter.pointer, &letter.payload, &letter.source, &letter.topic,
                     &letter.content_type, &letter.reading, &letter.mapping})
    *text = text_of(values[column++]);
  letter.arrived.ms = values[column++].integer;
  letter.died.ms = values[column++].integer;
  letter.status = static_cast<int>(values[column].integer);
  return letter;
}

Unknown unknown_of(std::int64_t id, const std::vector<Value>& values) {
  Unknown unknown;
  unknown.id = id;
  std::size_t column = 1;
  for (auto* text :
       {&unknown.source, &unknown.topic, &unknown.content_type, &unknown.payload, &unknown.text})
    *text = text_of(values[column++]);
  unknown.count = static_cast<std::uint64_t>(values[column++].integer);
  unknown.first.ms = values[column++].integer;
  unknown.last.ms = values[column].integer;
  return unknown;
}

Gap gap_of(std::int64_t id, const std::vector<Value>& values) {
  Gap gap;
  gap.id = id;
  std::size_t column = 1;
  for (auto* text : {&gap.destination, &gap.reason, &gap.types}) *text = text_of(values[column++]);
  gap.rows = static_cast<std::uint64_t>(values[column++].integer);
  for (auto* at : {&gap.began, &gap.ended, &gap.first, &gap.last})
    at->ms = values[column++].integer;
  return gap;
}

}  // namespace

Wreck::Wreck(const std::filesystem::path& path) : file_(path), tree_(file_) {
  sort_out();
  for (const auto number : tree_.index_pages()) take_index_page(number);
  choose_names();
}

Wreck::Kind Wreck::kind_of(const std::string& shape) {
  if (shape == "NTBIIIIIIII" || shape == "NTTIIIIIIII") return Kind::kRow;
  if (shape == "NTBIIIIIII" || shape == "NTTIIIIIII") return Kind::kRow;
  if (shape == "NTBIIIIII" || shape == "NTTIIIIII") return Kind::kRow;  // without priority
  if (shape == "NTTTTTTTTTBTIIII") return Kind::kLetter;
  if (shape == "NTTTBTIII") return Kind::kUnknown;
  if (shape == "NTTTIIIII") return Kind::kGap;
  if (shape == "NIIIIII" || shape == "NIIIIIII") return Kind::kMarks;
  if (shape == "NT") return Kind::kDestination;
  return Kind::kOther;
}

const char* Wreck::table_of(Kind kind) {
  constexpr const char* kTables[] = {"",     "rows",  "letters",     "unknowns",
                                     "gaps", "marks", "destinations"};
  return kTables[static_cast<int>(kind)];
}

std::vector<Wreck::Record> Wreck::records(const Leaf& leaf) {
  std::vector<Record> records;
  const auto bytes = file_.page(leaf.number);
  auto cells = parse_page(bytes, leaf.number).cells;
  std::erase_if(cells, [&leaf](const Cell& cell) { return !leaf.belongs(cell.key); });
  for (const auto& cell : rising(cells))
    if (auto record = record_of(file_, cell)) records.push_back({cell.key, std::move(*record)});
  return records;
}

// Rows and letters are many: their leaves are remembered. The others are taken at once.
void Wreck::sort_out() {
  std::set<PageNumber> roots_of_rows;
  std::vector<Leaf> holes;
  for (auto leaf : tree_.leaves()) {
    if (leaf.broken) {
      holes.push_back(leaf);
      continue;
    }
    const auto name = tree_.name_of(leaf.root);
    const auto all = records(leaf);
    if (!all.empty()) leaf.first = all.front().key;  // of those that belong here
    for (const auto& record : all) {
      const auto values = values_of(record.bytes);
      const auto kind = kind_of(shape_of(values));
      if (kind == Kind::kOther) continue;
      // A page of one table in the place of another's holds what somebody else has, or what is long
      // gone.
      bool foreign = name != table_of(kind);
      foreign = foreign && (name == "rows" || name == "letters" || name == "unknowns" ||
                            name == "gaps" || name == "marks" || name == "destinations");
      if (foreign) break;
      if (kind == Kind::kRow) {
        row_leaves_.push_back(leaf);
        roots_of_rows.insert(leaf.root);
        break;
      }
      if (kind == Kind::kLetter) {
        letter_leaves_.push_back(leaf);
        break;
      }
      take(kind, record.key, values);
    }
  }
  for (const auto& hole : holes)
    if (roots_of_rows.count(hole.root) != 0) row_leaves_.push_back(hole);
  std::stable_sort(row_leaves_.begin(), row_leaves_.end(), by_key);
  std::stable_sort(letter_leaves_.begin(), letter_leaves_.end(), by_key);
}

void Wreck::take(Kind kind, std::int64_t key, const Values& values) {
  const auto at = [&values](std::size_t column) { return values[column].integer; };
  switch (kind) {
    case Kind::kUnknown:
      return unknowns_.push_back(unknown_of(key, values));
    case Kind::kGap:
      return gaps_.push_back(gap_of(key, values));
    case Kind::kDestination:
      return candidates_[key].push_back(text_of(values[1]));
    case Kind::kMarks: {
      const bool sense = key == 1 && at(2) > 0 && at(2) <= kIdMask && at(3) >= 0 && at(4) >= 0;
      const DurableMarks marks{at(1), at(2), at(3), at(4), at(5), Timestamp{at(6)}};
      const auto sum = values.size() > 7 ? at(7) : kNoSum;
      if (sense && is_sound(sum, sum_of(marks))) marks_ = marks;
      return;
    }
    default:
      return;
  }
}

// Counters, and the names of destinations once more: in the index that keeps them apart. The index
// of entities that merge looks the same, but points to keys of rows.
void Wreck::take_index_page(PageNumber number) {
  const auto bytes = file_.page(number);
  for (const auto& cell : parse_page(bytes, number).cells) {
    const auto record = record_of(file_, cell);
    const auto values = record ? values_of(*record) : Values{};
    const auto shape = shape_of(values);
    if (shape == "TI" && values[1].integer <= kIdMask)
      candidates_[values[1].integer].push_back(text_of(values[0]));
    if (shape != "ITTI" || values[0].integer < 0 ||
        values[0].integer > static_cast<std::int64_t>(kLastBook))
      continue;
    const CounterKey key{static_cast<Book>(values[0].integer), text_of(values[1]),
                         text_of(values[2])};
    const auto [known, is_new] = ledger_.emplace(key, values[3].integer);
    if (!is_new) known->second = std::max(known->second, values[3].integer);
  }
}

// Where the two places differ, the ledger knows.
void Wreck::choose_names() {
  for (const auto& [lane, names] : candidates_) {
    if (lane < 1 || names.empty()) continue;
    const auto known = std::find_if(names.begin(), names.end(), [this](const auto& name) {
      return ledger_.count({Book::kQueue, name, "rows"}) != 0;
    });
    names_[lane] = known == names.end() ? names.front() : *known;
  }
}

std::optional<Row> Wreck::row_of(std::int64_t key, const Values& values) {
  const auto name = names_.find(key >> kKeyShift);
  if (kind_of(shape_of(values)) != Kind::kRow || name == names_.end()) return std::nullopt;
  Row row;
  row.id = key & kIdMask;
  row.destination = name->second;
  row.entity = text_of(values[1]);
  row.enqueued.ms = values[3].integer;
  row.observed_at.ms = values[4].integer;
  row.born_ms = values[5].integer;
  row.attempts = static_cast<int>(values[6].integer);
  row.kind = row_kind(values[7].integer);
  if (values.size() > 9) row.priority = row_priority(values[9].integer);
  const auto sum = values.size() > 10 ? values[10].integer : kNoSum;
  unpack_into(row, key, values[2].bytes, sum, packer_);
  return row;
}

void Wreck::rows(const std::function<bool(Row)>& each) {
  std::int64_t last_key = Leaf::kLowest;
  std::string destination;
  Timestamp before;
  bool missing = false;
  for (const auto& leaf : row_leaves_) {
    if (leaf.broken) {
      missing = true;
      continue;
    }
    for (const auto& record : records(leaf)) {
      auto row = row_of(record.key, values_of(record.bytes));
      if (!row) missing = true;
      if (!row || record.key <= last_key) continue;
      if (missing && row->destination != destination && !destination.empty())
        note_hole(destination, before, before);
      if (missing)
        note_hole(row->destination, row->destination == destination ? before : row->observed_at,
                  row->observed_at);
      missing = false;
      last_key = record.key;
      destination = row->destination;
      before = row->observed_at;
      if (!each(std::move(*row))) return;
    }
  }
  if (missing && !destination.empty()) note_hole(destination, before, before);
}

void Wreck::note_hole(const std::string& destination, Timestamp before, Timestamp after) {
  const auto [known, is_new] = holes_.emplace(destination, std::pair(before, after));
  if (is_new) return;
  known->second.first = std::min(known->second.first, before);
  known->second.second = std::max(known->second.second, after);
}

void Wreck::letters(const std::function<void(DeadLetter)>& each) {
  std::int64_t last = Leaf::kLowest;
  for (const auto& leaf : letter_leaves_)
    for (const auto& record : records(leaf)) {
      const auto values = values_of(record.bytes);
      if (record.key <= last || kind_of(shape_of(values)) != Kind::kLetter) continue;
      last = record.key;
      each(letter_of(record.key, values));
    }
}

}  // namespace lamppost::outbox
