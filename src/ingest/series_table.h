// SPDX-License-Identifier: Apache-2.0
// Tracks of series by key in a table of fixed size (table_file.h): kSeriesSlots slots of 64 bytes,
//
//   u64 check, u64 key, i64 at_ms, i64 since_ms, i64 good_at_ms, f64 last, f64 good, u64 suspect
//
// where check is a fingerprint of all the others: a slot that a kill left half written holds
// nothing. A key lies in one of the kReach slots from its own place on; when all of these are
// taken, the one that was not heard for the longest gives way.
#pragma once

#include <filesystem>
#include <optional>

#include "ingest/table_file.h"
#include "mapping/series.h"

namespace lamppost::ingest {

inline constexpr std::size_t kSeriesSlots = 1 << 16;  // 4 MiB

// Not thread-safe.
class SeriesTable {
 public:
  // `slots` is a power of two, and at least kReach.
  SeriesTable(const std::filesystem::path& file, std::size_t slots, const Log& log);

  std::optional<mapping::Track> find(std::uint64_t key) const;
  void put(std::uint64_t key, const mapping::Track& track);

  static constexpr std::size_t kReach = 64;

 private:
  struct Slot;
  Slot& slot(std::uint64_t key, std::size_t step) const;

  const std::size_t slots_;
  TableFile table_;
};

}  // namespace lamppost::ingest
