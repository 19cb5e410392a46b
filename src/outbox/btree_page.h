// SPDX-License-Identifier: Apache-2.0
// One page of an SQLite file, and the records on it, read with distrust: what does not add up is
// left out. Format: https://sqlite.org/fileformat2.html, sections 1.6 (pages and cells) and 2.1
// (records).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "outbox/page_file.h"

namespace lamppost::outbox {

struct Cell {
  std::int64_t key = 0;     // of tables
  PageNumber child = 0;     // of interior pages: what is not above this cell
  std::uint64_t size = 0;   // of the record
  std::string_view local;   // its part that lies on this page
  PageNumber overflow = 0;  // where it goes on, 0 when it does not
};

struct BtreePage {
  enum class Kind { kNone, kTableLeaf, kTableInterior, kIndexLeaf, kIndexInterior };
  Kind kind = Kind::kNone;
  std::vector<Cell> cells;
  PageNumber right = 0;  // of interior pages: the child above all cells
  bool whole = true;     // false when cells were left out

  bool interior() const { return kind == Kind::kTableInterior || kind == Kind::kIndexInterior; }
  bool lists(PageNumber child) const;
};

// `bytes` must outlive what is returned.
BtreePage parse_page(std::string_view bytes, PageNumber number);

// The record of a cell, with its overflow pages. nullopt when some of it is missing.
std::optional<std::string> record_of(PageFile& file, const Cell& cell);

struct Value {
  char kind = 'N';  // N null, I integer, R real, T text, B blob
  std::int64_t integer = 0;
  std::string_view bytes;
};

// The values of a record, or [] when it does not add up to its size.
std::vector<Value> values_of(std::string_view record);
// Their kinds, such as "NTI".
std::string shape_of(const std::vector<Value>& values);

}  // namespace lamppost::outbox
