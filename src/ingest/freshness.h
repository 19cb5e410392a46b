// SPDX-License-Identifier: Apache-2.0
// Which devices keep to what is expected of them (`expect`): how long each has not been heard, by
// the clock that never steps. A device that is known by devices.csv is watched from the start, any
// other from its first reading on.
//
// Bounded: kMaxWatched devices; those beyond are counted and not watched. When each was heard lies
// on tmpfs too, so a restart knows it again; the time in which nobody listened counts for none.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.h"
#include "core/clock.h"
#include "core/log.h"
#include "ingest/time_table.h"
#include "mapping/plan.h"

namespace lamppost::ingest {

inline constexpr std::size_t kMaxWatched = 50'000;
inline constexpr std::size_t kHeardSlots = 1 << 17;  // 2 MiB
inline constexpr std::size_t kMaxAbsent = 20;        // devices that attendance() names
// In times of `expect`: later than one is late, later than these is missing.
inline constexpr int kMissingAfter = 3;
inline constexpr std::chrono::seconds kLookEvery{10};
inline constexpr std::size_t kMaxSaid = 10;

struct Absent {
  std::string device;  // key of devices.csv, else the id of its entity
  bool is_missing = false;
  std::chrono::milliseconds silent{0}, expect{0};
};

struct Attendance {
  // waiting: not heard since the watch began, and nothing was due yet.
  std::uint64_t ok = 0, late = 0, missing = 0, waiting = 0, unwatched = 0;
  std::vector<Absent> absent;  // late and missing ones, by how many times of expect they are silent
};

// Thread-safe.
class Freshness {
 public:
  // `boot` names the boot that the clock's monotonic() counts from. `directory` as in Past.
  Freshness(const Clock& clock, std::string boot, std::filesystem::path directory, const Log& log);

  // Devices that are gone are forgotten, the others keep what is known of them.
  void configure(const config::Config& config);

  // Whether heard() has anything to do: asked for every reading.
  static bool expects(const config::Mapping& rules, const mapping::Mapped& mapped) {
    return rules.expect.count() > 0 ||
           (mapped.device != nullptr && mapped.device->expect.count() > 0);
  }
  // The device of an entity was heard. A time of its own that lies back is when it was heard,
  // unless the clock cannot be believed.
  void heard(const config::Mapping& rules, const mapping::Mapped& mapped, Timestamp arrived,
             bool clock_trusted);

  Attendance attendance() const;

  // Says in the log which devices have become missing and which are heard again, each once. Call it
  // as often as you like: it looks every kLookEvery, and names at most kMaxSaid of either at a
  // time.
  void say_changes();

 private:
  struct Watch {
    std::chrono::milliseconds expect{0}, since{0};  // heard then, or watched from then on
    bool was_heard = false;
    bool said_missing = false;
    std::string mapping;  // that it was learned from, "" = of devices.csv
  };
  std::uint64_t key_of(const std::string& device) const;
  void watch_listed(const config::Config& config);
  void restore();

  const Clock& clock_;
  const std::string boot_;
  const std::filesystem::path directory_;
  const Log& log_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Watch> watches_;   // GUARDED_BY(mutex_)
  std::optional<TimeTable> heard_;                   // opened with the first watch
  std::uint64_t unwatched_ = 0;                      // devices of devices.csv without room
  std::optional<std::chrono::milliseconds> looked_;  // when say_changes() last did
  bool was_full_ = false;
};

}  // namespace lamppost::ingest
