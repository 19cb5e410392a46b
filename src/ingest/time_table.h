// SPDX-License-Identifier: Apache-2.0
// Times by key in a table of fixed size: what is asked for each reading must not grow, must not
// allocate, and should be there again after kill -9. So it is a file on tmpfs, mapped into memory
// (table_file.h) with slots of 16 bytes, four to a cache line: u64 mark, i64 ms. A slot holds `key`
// when mark ^ ms == key, so one that a kill left half written holds nothing (R. Hyatt, "A lock-less
// transposition-table implementation for parallel search", ICGA Journal 25:1, 2002). A key may lie
// in the four slots of its cache line only; when all are taken, the one with the oldest time gives
// way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "core/log.h"
#include "ingest/table_file.h"

namespace lamppost::ingest {

// Not thread-safe.
class TimeTable {
 public:
  // `slots` is a power of two.
  TimeTable(const std::filesystem::path& file, std::size_t slots, const Log& log);

  bool survived() const { return table_.survived(); }

  std::optional<std::int64_t> find(std::uint64_t key) const;
  void put(std::uint64_t key, std::int64_t ms);

 private:
  struct Slot {
    std::uint64_t mark;
    std::int64_t ms;
    bool holds(std::uint64_t key) const { return (mark ^ static_cast<std::uint64_t>(ms)) == key; }
  };
  static constexpr std::size_t kWays = 4;

  std::span<Slot, kWays> line_of(std::uint64_t key) const;

  const std::size_t slots_;
  TableFile table_;
};

}  // namespace lamppost::ingest
