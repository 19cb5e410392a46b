// SPDX-License-Identifier: Apache-2.0
// What has been stored before, as far as it is remembered: the newest time of each attribute at
// each destination, and which readings have been seen. docs/decisions/0010 gives the reasons.
//
// Bounded: kNewestSlots attributes, kSeenSlots readings and kSeriesSlots series; what is forgotten
// is neither late nor a duplicate, and a series begins anew. The tables lie on tmpfs, so they
// outlive kill -9 and a restart of the daemon; after a reboot the newest times are taken from the
// head of the queue.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/entity_update.h"
#include "core/log.h"
#include "ingest/pending_times.h"
#include "ingest/series_table.h"
#include "ingest/time_table.h"
#include "outbox/outbox.h"

namespace lamppost::ingest {

inline constexpr std::size_t kNewestSlots = 1 << 17;  // 2 MiB
inline constexpr std::size_t kSeenSlots = 1 << 16;    // 1 MiB

// How an update is compared with what is remembered.
struct Comparing {
  Timestamp now;  // a remembered time that lies in the future of this one is not believed
  // Its time is the gateway's own and of this moment: nothing can be newer, whatever the clock
  // showed before somebody set it back.
  bool is_now = false;
  bool equal_is_late = false;  // the same time again is no news
};

// Not thread-safe. Readings that are stored together are judged one after the other: begin(), then
// for each of them next() and questions, then keep() for those that are stored.
class Past : public mapping::SeriesMemory {
 public:
  // `directory` empty: remembered by this process alone.
  Past(const std::filesystem::path& directory, const Log& log);

  // After a reboot: the newest times of what is queued, of at most kRestored rows.
  void restore(const outbox::Outbox& outbox);

  void begin();
  // The next reading; those before it count as stored when it is asked about.
  void next();

  // Positions of the attributes that are late at this destination, ascending; valid until the next
  // call. An attribute without a time of its own has that of the update. keep() will remember the
  // others.
  const std::vector<std::size_t>& late(const std::string& destination, const EntityUpdate& update,
                                       const Comparing& comparing);
  // The update of the last call of late() is not stored after all.
  void take_back() { notes_.resize(before_); }

  // Whether a reading with this evidence was stored within `window` before `at`.
  bool seen(std::uint64_t evidence, Timestamp at, std::chrono::milliseconds window) const;
  // keep() will remember it.
  void will_have_seen(std::uint64_t evidence, Timestamp at) {
    notes_.push_back({evidence, at, &seen_});
  }

  // Of series: what this process and those before it know, with all that was judged since begin().
  std::optional<mapping::Track> recall(std::uint64_t key) override;
  // keep() will remember it.
  void remember(std::uint64_t key, const mapping::Track& track) override;

  // The present reading is not stored now; nothing of it is remembered.
  void forget_this();
  // Remembers the first `readings`, which are stored.
  void keep(std::size_t readings);

 private:
  struct Note {
    std::uint64_t key;
    Timestamp at;
    TimeTable* table;
  };
  // Where the notes of a reading begin.
  struct Begin {
    std::size_t notes, tracks;
  };
  std::optional<std::int64_t> recall_time(const TimeTable& table, std::uint64_t key) const;
  SeriesTable& series();  // opened when a first mapping asks for it

  const std::filesystem::path directory_;
  const Log& log_;
  TimeTable newest_, seen_;
  std::vector<Note> notes_;
  std::vector<Begin> begins_;
  PendingTimes pending_;  // of all readings but the present one
  std::vector<std::size_t> late_;
  std::size_t before_ = 0;
  std::optional<SeriesTable> series_;
  std::vector<std::pair<std::uint64_t, mapping::Track>> tracks_;
  PendingTimes latest_track_;  // position in tracks_ by key
};

}  // namespace lamppost::ingest
