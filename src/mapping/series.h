// SPDX-License-Identifier: Apache-2.0
// What can only be said of a reading beside those before it: how much a counter has counted, and
// whether a value is to be trusted. Pure; what is remembered lies behind SeriesMemory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/config.h"
#include "core/timestamp.h"

namespace lamppost::mapping {

// What is remembered of one series, which is an attribute of one entity.
struct Track {
  std::int64_t at_ms = 0;       // of the last reading
  double last = 0;              // its value
  std::int64_t since_ms = 0;    // since when it has been this value
  double good = 0;              // the last value that neither jumped nor ran
  std::int64_t good_at_ms = 0;  // and its time
  bool suspect = false;         // the last value looked like a spike
};

// By a fingerprint of entity and attribute. What is forgotten makes the next reading a first one.
class SeriesMemory {
 public:
  virtual ~SeriesMemory() = default;
  virtual std::optional<Track> recall(std::uint64_t key) = 0;
  virtual void remember(std::uint64_t key, const Track& track) = 0;
};

// What a counter has counted since the reading before.
struct Difference {
  std::optional<double> value;  // nullopt: nobody can say
  std::string why;              // of --explain
  bool is_first = false, is_reset = false;
  bool is_late = false;  // older than the reading before: nothing is to be remembered of it
};
Difference difference(const config::DeltaRule& rule, const std::optional<Track>& before,
                      double count, Timestamp at);

// The flags of `value`, and in `after` what is to be remembered; untouched when `at` is older than
// what is. `sentinel` and range are looked at elsewhere: they need no memory.
std::uint8_t flags_in_series(const config::QualityRule& rule, const std::optional<Track>& before,
                             double value, Timestamp at, std::optional<Track>& after);

// Of the sub-property: "good", or the words of the flags with a blank between.
std::string quality_text(std::uint8_t flags);
inline constexpr const char* kQuality = "quality";
inline constexpr const char* kGood = "good";

}  // namespace lamppost::mapping
