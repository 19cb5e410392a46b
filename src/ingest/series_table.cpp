// SPDX-License-Identifier: Apache-2.0
#include "ingest/series_table.h"

#include <bit>

#include "core/fingerprint.h"

namespace lamppost::ingest {

using mapping::Track;

struct SeriesTable::Slot {
  std::uint64_t check, key;
  std::int64_t at_ms, since_ms, good_at_ms;
  double last, good;
  std::uint64_t suspect;

  bool is_free() const { return check == 0 && key == 0; }
  std::uint64_t fingerprint() const {
    Fingerprint all;
    all.add(key);
    for (const auto ms : {at_ms, since_ms, good_at_ms}) all.add(static_cast<std::uint64_t>(ms));
    for (const auto value : {last, good}) all.add(std::bit_cast<std::uint64_t>(value));
    return all.add(suspect).value();
  }
};

SeriesTable::SeriesTable(const std::filesystem::path& file, std::size_t slots, const Log& log)
    : slots_(slots),
      table_(file, {"LMPSERI1", slots, sizeof(Slot), "counters and checks of values begin anew"},
             log) {
  static_assert(sizeof(Slot) == 64);
}

SeriesTable::Slot& SeriesTable::slot(std::uint64_t key, std::size_t step) const {
  return static_cast<Slot*>(
      table_.slots())[(static_cast<std::size_t>(key >> 20) + step) & (slots_ - 1)];
}

std::optional<Track> SeriesTable::find(std::uint64_t key) const {
  for (std::size_t step = 0; step < kReach; ++step) {
    const Slot& at = slot(key, step);
    if (at.is_free()) return std::nullopt;
    if (at.key != key) continue;
    if (at.check != at.fingerprint()) return std::nullopt;
    return Track{at.at_ms, at.last, at.since_ms, at.good, at.good_at_ms, at.suspect != 0};
  }
  return std::nullopt;
}

void SeriesTable::put(std::uint64_t key, const Track& track) {
  Slot* chosen = &slot(key, 0);
  for (std::size_t step = 0; step < kReach; ++step) {
    Slot& at = slot(key, step);
    const bool is_its = at.is_free() || at.key == key;
    if (is_its || at.at_ms < chosen->at_ms) chosen = &at;
    if (is_its) break;
  }
  *chosen = {0,
             key,
             track.at_ms,
             track.since_ms,
             track.good_at_ms,
             track.last,
             track.good,
             track.suspect ? 1u : 0u};
  chosen->check = chosen->fingerprint();
}

}  // namespace lamppost::ingest
