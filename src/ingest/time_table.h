// SPDX-License-Identifier: Apache-2.0
// Times by key in a table of fixed size: what is asked for each reading must not grow, must not
// allocate, and should be there again after kill -9. So it is a file on tmpfs, mapped into memory:
//
//   0   8 bytes   "LMPTIME1"
//   8   u64       number of slots
//   64  slots     16 bytes each, four to a cache line: u64 mark, i64 ms
//
// in the machine's own byte order. A slot holds `key` when mark ^ ms == key, so one that a kill
// left half written holds nothing (R. Hyatt, "A lock-less transposition-table implementation for
// parallel search", ICGA Journal 25:1, 2002). A key may lie in the four slots of its cache line
// only; when all are taken, the one with the oldest time gives way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "core/log.h"

namespace lamppost::ingest {

// Not thread-safe.
class TimeTable {
 public:
  // `slots` is a power of two. A file of another size or kind is begun anew; one that cannot be had
  // is said in the log, and the table lives in the memory of this process alone. So it does with an
  // empty path, in silence.
  TimeTable(const std::filesystem::path& file, std::size_t slots, const Log& log);
  ~TimeTable();
  TimeTable(const TimeTable&) = delete;
  TimeTable& operator=(const TimeTable&) = delete;

  // True when the file was there already: what it holds is from before the start.
  bool survived() const { return survived_; }

  std::optional<std::int64_t> find(std::uint64_t key) const;
  void put(std::uint64_t key, std::int64_t ms);

 private:
  struct Slot {
    std::uint64_t mark;
    std::int64_t ms;
    bool holds(std::uint64_t key) const { return (mark ^ static_cast<std::uint64_t>(ms)) == key; }
  };
  static constexpr std::size_t kWays = 4;

  void* map_file(const std::filesystem::path& file);
  std::span<Slot, kWays> line_of(std::uint64_t key) const;

  const std::size_t slots_, bytes_;
  void* memory_ = nullptr;
  bool survived_ = false;
};

}  // namespace lamppost::ingest
