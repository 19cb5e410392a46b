// SPDX-License-Identifier: Apache-2.0
#include "ingest/time_table.h"

namespace lamppost::ingest {

TimeTable::TimeTable(const std::filesystem::path& file, std::size_t slots, const Log& log)
    : slots_(slots),
      table_(file,
             {"LMPTIME1", slots, sizeof(Slot), "late and repeated readings are not known again"},
             log) {}

std::span<TimeTable::Slot, TimeTable::kWays> TimeTable::line_of(std::uint64_t key) const {
  auto* slots = static_cast<Slot*>(table_.slots());
  const std::size_t line = static_cast<std::size_t>(key >> 20) & (slots_ / kWays - 1);
  return std::span<Slot, kWays>(slots + line * kWays, kWays);
}

std::optional<std::int64_t> TimeTable::find(std::uint64_t key) const {
  for (const Slot& slot : line_of(key))
    if (slot.holds(key)) return slot.ms;
  return std::nullopt;
}

void TimeTable::put(std::uint64_t key, std::int64_t ms) {
  const auto line = line_of(key);
  auto* chosen = &line[0];
  for (Slot& slot : line) {
    if (slot.holds(key)) {
      chosen = &slot;
      break;
    }
    if (slot.ms < chosen->ms) chosen = &slot;
  }
  *chosen = {key ^ static_cast<std::uint64_t>(ms), ms};
}

}  // namespace lamppost::ingest
