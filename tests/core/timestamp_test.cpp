// SPDX-License-Identifier: Apache-2.0
#include "core/timestamp.h"

#include <doctest/doctest.h>

using namespace lamppost;

TEST_CASE("timestamp: what is written is read back to the millisecond") {
  for (const std::int64_t ms :
       {0LL, 1LL, 999LL, 951'782'400'000LL, 1'772'366'400'123LL, 4'102'444'799'999LL})
    CHECK(parse_rfc3339(to_iso8601({ms})) == Timestamp{ms});
  CHECK(to_iso8601({1'772'366'400'123}) == "2026-03-01T12:00:00.123Z");
}

TEST_CASE("timestamp: offsets, separators and any number of fraction digits are read") {
  const Timestamp noon{1'772'366'400'000};
  for (const char* text : {"2026-03-01T12:00:00Z", "2026-03-01t12:00:00z", "2026-03-01 12:00:00Z",
                           "2026-03-01T13:00:00+01:00", "2026-03-01T13:00:00+0100",
                           "2026-03-01T06:30:00-05:30", "2026-03-01T12:00:00.000000000Z",
                           "2026-03-01T12:00:00,0Z", "2026-03-01T12:00:00.000999999Z"})
    CHECK_MESSAGE(parse_rfc3339(text) == noon, text);
  CHECK(parse_rfc3339("2026-03-01T12:00:00.5Z") == Timestamp{noon.ms + 500});
}

TEST_CASE("timestamp: a time without an offset needs to be told its zone") {
  CHECK_FALSE(parse_rfc3339("2026-03-01T13:00:00"));
  CHECK(parse_rfc3339("2026-03-01T13:00:00", 60) == Timestamp{1'772'366'400'000});
}

TEST_CASE("timestamp: a leap second stays inside its minute") {
  CHECK(to_iso8601(*parse_rfc3339("2016-12-31T23:59:60Z")) == "2016-12-31T23:59:59.999Z");
}

TEST_CASE("timestamp: what is no time is refused") {
  for (const char* text :
       {"", "yesterday", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-03-01T24:00:00Z",
        "2026-03-01T12:60:00Z", "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00.1234567890Z",
        "2026-03-01T12:00:00Zx", "2026-03-01", "2020-03-17TT08:45:00Z", "2026-03-01T12:00:00+25:00",
        "2026-03-01T12:00:00+1"})
    CHECK_FALSE_MESSAGE(parse_rfc3339(text), text);
}

TEST_CASE("timestamp: years before 1970 keep their calendar") {
  CHECK(to_iso8601({-1}) == "1969-12-31T23:59:59.999Z");
}
