// SPDX-License-Identifier: Apache-2.0
// The words that the tests of formats share.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/hex.h"
#include "drivers/catalogue.h"

namespace lamppost::formats {

inline constexpr Timestamp kArrived{1'772'366'400'000};  // 2026-03-01T12:00:00Z

inline Reading reading_of(std::string payload, std::string content_type = "",
                          std::string topic = "site/dev7/state") {
  Reading reading;
  reading.source = "site";
  reading.topic = std::move(topic);
  reading.payload = std::move(payload);
  reading.content_type = std::move(content_type);
  reading.arrived = kArrived;
  return reading;
}

inline Decoder open(std::string_view format, DecoderOptions options = {}) {
  const Driver* const driver = find_driver(format);
  REQUIRE(driver != nullptr);
  return driver->open(options);
}

inline DecoderOptions wanting(std::vector<std::string> names, std::string each = "") {
  return {std::move(names), std::move(each), {}};
}

// "{"/t":21.4} {"/t":21.9}": a group an object; "device@time" stands in front when there is one.
inline std::string shown(const Result<Observations>& seen) {
  if (!seen) return "malformed: " + seen.error().text;
  std::string out;
  for (const ObservationGroup& group : *seen) {
    if (!out.empty()) out += ' ';
    out += group.device;
    if (group.device_time) out += '@' + to_iso8601(*group.device_time);
    Json values = Json::object();
    for (const Observation& one : group.observations)
      values[one.name] = one.unit.empty() ? one.value : Json(one.value.dump() + ' ' + one.unit);
    out += values.dump();
  }
  return out;
}

// Every shorter version of a good payload ends in a value or in a malformed Error with a text.
inline void check_truncations(const Decoder& decode, Reading reading) {
  while (!reading.payload.empty()) {
    reading.payload.pop_back();
    const auto seen = decode(reading);
    CAPTURE(reading.payload);
    if (seen) continue;
    CHECK(seen.error().fault == Fault::kMalformed);
    CHECK_FALSE(seen.error().text.empty());
  }
}

}  // namespace lamppost::formats
