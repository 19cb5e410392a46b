// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "tests/formats/corpus.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

// With the checksum that belongs behind it.
std::string closed(const std::string& text) {
  unsigned sum = 0;
  for (const char c : text.substr(1)) sum ^= static_cast<unsigned char>(c);
  std::array<char, 4> end{};
  std::snprintf(end.data(), end.size(), "*%02X", sum);
  return text + end.data() + "\r\n";
}

std::string decoded(const std::string& payload, const DecoderOptions& options = {}) {
  return shown(open("nmea0183", options)(reading_of(payload)));
}

}  // namespace

TEST_CASE("nmea0183: the recommended minimum of a moving vehicle, with its own time") {
  CHECK(decoded("$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n") ==
        R"(@1994-03-23T12:35:19.000Z{"course":"84.4 DD","latitude":"48.1173 DD",)"
        R"("longitude":"11.516666666666667 DD","speed":"22.4 KNT","status":"A","talker":"GP"})");
}

TEST_CASE("nmea0183: sentences of one moment are one group, and a new moment begins a new one") {
  CHECK(decoded(closed("$GNGGA,120000.50,3344.000,S,15112.600,W,1,08,0.9,5.5,M,46.9,M,,") +
                closed("$GNVTG,54.7,T,34.4,M,5.5,N,10.2,K") +
                closed("$GNRMC,120000.50,A,3344.000,S,15112.600,W,5.5,54.7,010326,,,A") +
                closed("$GPGSV,1,1,00") + closed("$GNRMC,120001,A,,,,,,,010326,,")) ==
        R"(@2026-03-01T12:00:00.500Z{"altitude":"5.5 MTR","course":"54.7 DD",)"
        R"("fix_quality":1,"hdop":0.9,)"
        R"("latitude":"-33.733333333333334 DD","longitude":"-151.21 DD","satellites":8,)"
        R"("speed":"5.5 KNT","status":"A","talker":"GN"} )"
        R"(@2026-03-01T12:00:01.000Z{"status":"A","talker":"GN"})");
}

TEST_CASE("nmea0183: a position that is not valid is none, and an empty field says nothing") {
  CHECK(decoded(closed("$GPRMC,123519.00,V,4807.038,N,01131.000,E,1.0,,230394,,,N")) ==
        R"(@1994-03-23T12:35:19.000Z{"latitude":"null DD","longitude":"null DD",)"
        R"("speed":"null KNT","status":"V","talker":"GP"})");
  CHECK(decoded(closed("$GPGGA,123519,,,,,0,00,,,M,,M,,")) ==
        R"({"fix_quality":0,"satellites":0,"talker":"GP"})");
  CHECK(decoded(closed("$GPGLL,4807.038,N,01131.000,E,123519,V,N")) ==
        R"({"latitude":"null DD","longitude":"null DD","status":"V","talker":"GP"})");
}

TEST_CASE("nmea0183: wind, depth and weather of a buoy") {
  CHECK(decoded(closed("$WIMWV,214.8,R,0.1,K,A") + closed("$SDDPT,3.6,0.5") +
                closed("$YXMTW,17.9,C")) ==
        R"({"depth":"3.6 MTR","talker":"WI",)"
        R"("water_temperature":"17.9 CEL","wind_angle":"214.8 DD","wind_reference":"R",)"
        R"("wind_speed":"0.1 KMH"})");
  CHECK(decoded(closed("$WIMWV,214.8,T,0.1,M,V")) ==
        R"({"talker":"WI","wind_angle":"null DD","wind_reference":"T","wind_speed":"null MTS"})");
  CHECK(decoded(closed("$WIMDA,29.92,I,1.013,B,12.5,C,,,68.0,,6.8,C,225.0,T,,M,5.0,N,2.6,M")) ==
        R"({"air_temperature":"12.5 CEL","dew_point":"6.8 CEL","pressure":"1.013 BAR",)"
        R"("relative_humidity":"68.0 P1","talker":"WI","wind_direction":"225.0 DD",)"
        R"("wind_speed":"2.6 MTS"})");
}

TEST_CASE("nmea0183: a checksum is needed and has to be right") {
  const std::string good = "$GPVTG,108.53,T,,M,0.04,N,0.07,K,A";
  CHECK(decoded(good + "*32") ==
        "malformed: not NMEA 0183: the checksum of \"" + good + "*32\" is wrong");
  CHECK(decoded(good + "*3") ==
        "malformed: not NMEA 0183: the checksum of \"" + good + "*3\" is wrong");
  CHECK(decoded(good) ==
        "malformed: not NMEA 0183: \"" + good + "\" has no checksum: a \"*\" and two digits");
  DecoderOptions old;
  old.extra["checksum"] = false;
  CHECK(decoded(good, old) == R"({"course":"108.53 DD","speed":"0.04 KNT","talker":"GP"})");
  CHECK_FALSE(open("nmea0183", old)(reading_of(good + "*32")).ok());
}

TEST_CASE("nmea0183: what is no position, number, time or sentence is refused with its field") {
  const auto fault = [](const std::string& text) { return decoded(closed(text)).substr(26); };
  CHECK(fault("$GPGLL,4860.000,N,01131.000,E,123519,A") == R"(latitude of GLL is "4860.000")");
  CHECK(fault("$GPGLL,9107.000,N,01131.000,E,123519,A") == R"(latitude of GLL is "9107.000")");
  CHECK(fault("$GPGLL,4807.038,X,01131.000,E,123519,A") == R"(latitude of GLL is "4807.038")");
  CHECK(fault("$GPGLL,38,N,01131.000,E,123519,A") == R"(latitude of GLL is "38")");
  CHECK(fault("$YXMTW,warm,C") == R"(water_temperature of MTW is "warm")");
  CHECK(fault("$WIMWV,1,R,2,X,A") == R"(wind_speed of MWV is "2")");
  CHECK(fault("$GPRMC,253519,A,,,,,,,230394,,") == R"("230394" and "253519" is no time)");
  CHECK(fault("$gps,1") == R"("gps" is no talker and sentence)");
  CHECK(fault("$") == R"("" is no talker and sentence)");
}

TEST_CASE("nmea0183: a maker's own sentence is checked and passed over") {
  CHECK(decoded(closed("$PUBX,04,073824.00,131014")) == "{}");
  CHECK_FALSE(open("nmea0183")(reading_of("$PUBX,04,073824.00,131014*00")).ok());
}

TEST_CASE("nmea0183: bounds, truncations, names and recognition") {
  const auto decode = open("nmea0183");
  check_truncations(decode, reading_of(closed("$GNRMC,120000,A,,,,,5.5,54.7,010326,,") +
                                       closed("$YXMTW,17.9,C")));
  std::string many;
  for (int i = 0; i < 1001; ++i) many += closed("$YXMTW,17.9,C");
  CHECK(shown(decode(reading_of(many))) == "malformed: not NMEA 0183: more than 1000 sentences");
  CHECK_FALSE(decode(reading_of(std::string(65'537, '\n'))).ok());
  CHECK(shown(decode(reading_of(" \r\n"))) == "malformed: not NMEA 0183: the payload is empty");
  const Driver* const driver = find_driver("nmea0183");
  for (const char* name : {"latitude", "talker", "wind_speed"})
    CHECK(driver->check_name(name) == "");
  for (const char* name : {"", "lat", "/latitude"}) CHECK(driver->check_name(name) != "");
  CHECK(driver->recognises(reading_of("$GPVTG,,T,,M,0.00,N*1B")));
  for (const char* other : {"$7.50", "t|15", "{\"a\":1}", "$GPVTG,,T", ""})
    CHECK_FALSE(driver->recognises(reading_of(other)));
}

TEST_CASE("corpus: nmea0183") {
  Tally tally("nmea0183");
  for (const Json& one : corpus_cases("nmea0183")) {
    const Json& expected = one["expected"];
    if (!expected.is_object()) continue;
    const auto seen = open("nmea0183")(reading_of(payload_of(one)));
    if (expected.contains("error") && !seen) {
      tally.refused_as_expected();
      continue;
    }
    bool same = seen.ok() && !expected.contains("error");
    for (const auto& [key, value] : expected.items()) {  // null: what the sentence leaves empty
      const auto* found = seen.ok() ? seen->at(0).find(key) : nullptr;
      same &= key == "ok" || (found == nullptr ? value.is_null() : found->value == value);
    }
    tally.check(one["id"], same, shown(seen));
  }
  tally.finish();
}
