// SPDX-License-Identifier: Apache-2.0
// The journal of the fresh shelf: changes one after the other, each as
//
//   0  u32  size of the body in bytes
//   4  u32  check of the body (a mixing hash: finds a torn tail, not an attacker)
//   8  ...  body: one Entry
//
// in the machine's own byte order, for the file never leaves the machine's memory. It starts with
// the 8 bytes "LMPJRNL" and a version digit, and its first entry carries the marks. What follows
// the last whole entry is zeros, for room is reserved ahead, or the trace of a kill -9 in the
// middle of a write, which nobody was told had succeeded; it is not read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "outbox/row.h"

namespace lamppost::outbox {

inline constexpr std::string_view kJournalMagic = "LMPJRNL2";
// Rows without priorities, no gaps. Still read.
inline constexpr std::string_view kJournalMagic1 = "LMPJRNL1";

struct JournalMarks {
  std::int64_t instance = 0;  // of the durable shelf that this journal belongs to
  std::int64_t reserved = 1;  // row ids below this one may have been given out
  std::int64_t transfer = 0;  // transfers to the durable shelf that this journal has seen
};

struct Entry {
  std::optional<JournalMarks> marks;
  bool clears_unknowns = false;  // inbox entries and gaps so far are on the durable shelf
  Change change;
};

// Appends one entry, framed.
void append_entry(std::string& out, const Entry& entry);

// Takes the next entry off the front of `bytes`. nullopt at the end or at a torn tail; `bytes` then
// holds what could not be read.
std::optional<Entry> take_entry(std::string_view& bytes, int version = 2);

}  // namespace lamppost::outbox
