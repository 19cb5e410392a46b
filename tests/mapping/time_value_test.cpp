// SPDX-License-Identifier: Apache-2.0
#include "mapping/time_value.h"

#include <doctest/doctest.h>

using namespace lamppost;
using mapping::parse_time;

namespace {
constexpr Timestamp kNoon{1'772'366'400'000};  // 2026-03-01T12:00:00Z
}

TEST_CASE("time_value: epoch times are read in seconds, milliseconds, microseconds and as text") {
  for (const Json& value : {Json(1'772'366'400), Json(1'772'366'400.0), Json(1'772'366'400'000),
                            Json(1'772'366'400'000'000), Json("1772366400"), Json("1772366400000"),
                            Json("2026-03-01T12:00:00Z"), Json("2026-03-01T13:00:00+01:00")})
    CHECK_MESSAGE(parse_time(value, std::nullopt) == kNoon, value.dump());
  CHECK(parse_time(1'772'366'400.25, std::nullopt) == Timestamp{kNoon.ms + 250});
}

TEST_CASE("time_value: a local time needs the mapping's zone") {
  CHECK_FALSE(parse_time("2026-03-01T13:00:00", std::nullopt));
  CHECK(parse_time("2026-03-01T13:00:00", 60) == kNoon);
}

TEST_CASE("time_value: what is no time is none") {
  for (const Json& value :
       {Json(nullptr), Json(true), Json("soon"), Json(-5), Json(1e30), Json::array(), Json("")})
    CHECK_MESSAGE(!parse_time(value, std::nullopt), value.dump());
}

TEST_CASE("time_value: zones are read as offsets") {
  CHECK(mapping::parse_zone("UTC") == 0);
  CHECK(mapping::parse_zone("+02:00") == 120);
  CHECK(mapping::parse_zone("-0330") == -210);
  CHECK_FALSE(mapping::parse_zone("Europe/Brussels"));
  CHECK_FALSE(mapping::parse_zone(""));
}

TEST_CASE("time_value: seconds since boot, 1970 and 2099 are not believed") {
  CHECK_FALSE(mapping::is_plausible(*parse_time(1.61, std::nullopt), kNoon));
  CHECK_FALSE(mapping::is_plausible({0}, kNoon));
  CHECK_FALSE(mapping::is_plausible(*parse_time("2099-01-01T00:00:00Z", std::nullopt), kNoon));
  CHECK(mapping::is_plausible({kNoon.ms + 300'000}, kNoon));
  CHECK_FALSE(mapping::is_plausible({kNoon.ms + 300'001}, kNoon));
  CHECK(mapping::is_plausible({kNoon.ms - 86'400'000}, kNoon));
}

TEST_CASE("time_value: a gateway without a set clock believes the device") {
  const Timestamp boot{60'000};
  CHECK(mapping::is_plausible(kNoon, boot));
  CHECK_FALSE(mapping::is_plausible({120'000}, boot));
}
