// SPDX-License-Identifier: Apache-2.0
// A moment in UTC, in 64-bit milliseconds since 1970-01-01T00:00:00Z. time_t is 32 bits on armhf in
// Debian 12, so it is never used. Text forms: RFC 3339 in, NGSI-LD (ETSI GS CIM 009, 4.6.3) out.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lamppost {

struct Timestamp {
  std::int64_t ms = 0;

  friend auto operator<=>(Timestamp, Timestamp) = default;
};

// "2026-03-01T12:00:00.000Z": always UTC, always milliseconds, always Z.
std::string to_iso8601(Timestamp at);

// The same without allocating: writes 24 characters, no terminator. Years 0000 to 9999.
void write_iso8601(Timestamp at, char* out);

// RFC 3339 with any offset, 0 to 9 fraction digits ('.' or ','), 'T', 't' or a space between date
// and time. A text without an offset is taken as `naive_offset_minutes` east of UTC when that is
// given and refused otherwise. A leap second becomes the last millisecond of its minute.
std::optional<Timestamp> parse_rfc3339(std::string_view text,
                                       std::optional<int> naive_offset_minutes = std::nullopt);

}  // namespace lamppost
