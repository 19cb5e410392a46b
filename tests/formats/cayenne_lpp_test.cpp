// SPDX-License-Identifier: Apache-2.0
#include "tests/formats/corpus.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

std::string decoded(std::string_view hex) {
  return shown(open("cayenne_lpp")(reading_of(from_hex(hex).value())));
}

// What the sources write: {"gps_1": {"latitude": 1}}, or by channel {"1": {"gps": [1, 2, 3]}}.
Json names_here(const Json& expected) {
  static const std::map<std::string, std::string> kSpelt = {
      {"relativeHumidity", "relative_humidity"},
      {"barometricPressure", "barometric_pressure"},
      {"analogInput", "analog_in"},
      {"analogOutput", "analog_out"},
      {"digitalInput", "digital_in"},
      {"digitalOutput", "digital_out"},
      {"genericSensor", "generic_sensor"}};
  static const std::vector<std::string> kXyz = {"x", "y", "z"};
  static const std::vector<std::string> kPlace = {"latitude", "longitude", "altitude"};
  Json named = Json::object();
  for (const auto& [key, value] : expected.items()) {
    const bool by_channel = key.find_first_not_of("0123456789") == key.npos;
    const Json types = by_channel ? value : Json{{key, value}};
    for (const auto& [type, measured] : types.items()) {
      const auto spelt = kSpelt.find(type);
      std::string name = spelt == kSpelt.end() ? type : spelt->second;
      if (by_channel) name += '_' + key;
      if (!measured.is_structured()) named[name] = measured;
      if (measured.is_object())
        for (const auto& [part, number] : measured.items()) named[name + '.' + part] = number;
      if (measured.is_array())
        for (std::size_t i = 0; i < 3; ++i)
          named[name + '.' + (type == "gps" ? kPlace : kXyz)[i]] = measured.at(i);
    }
  }
  return named;
}

}  // namespace

TEST_CASE("cayenne_lpp: fields of any type behind one another") {
  CHECK(decoded("03 67 0110 05 67 00FF") ==
        R"({"temperature_3":"27.2 CEL","temperature_5":"25.5 CEL"})");
  CHECK(decoded("01 67 FFD7") == R"({"temperature_1":"-4.1 CEL"})");
  CHECK(decoded("00 00 01 01 01 00 02 02 FF38 FF 66 01") ==
        R"({"analog_in_2":-2.0,"digital_in_0":1,"digital_out_1":0,"presence_255":1})");
  CHECK(decoded("06 71 04D2 FB2E 0000") ==
        R"({"accelerometer_6.x":"1.234 K40","accelerometer_6.y":"-1.234 K40",)"
        R"("accelerometer_6.z":"0.0 K40"})");
  CHECK(decoded("01 88 06765F F2960A 0003E8") ==
        R"({"gps_1.altitude":"10.0 MTR","gps_1.latitude":"42.3519 DD",)"
        R"("gps_1.longitude":"-87.9094 DD"})");
  CHECK(decoded("02 68 6C 02 73 2796 02 65 FFFF") ==
        R"({"barometric_pressure_2":"1013.4 A97","luminosity_2":"65535 LUX",)"
        R"("relative_humidity_2":"54.0 P1"})");
}

TEST_CASE("cayenne_lpp: a Unix time is the device's own") {
  CHECK(decoded("00 85 69A42B00 01 67 0000") ==
        R"(@2026-03-01T12:03:12.000Z{"temperature_1":"0.0 CEL","unixtime_0":"1772366592 SEC"})");
}

TEST_CASE("cayenne_lpp: the types that its encoder for Arduino adds") {
  CHECK(decoded("01 64 00000001 02 74 00E6 03 75 03E8 04 76 000186A0 05 78 64") ==
        R"({"current_3":"1.0 AMP","frequency_4":"100000 HTZ","generic_sensor_1":1,)"
        R"("percentage_5":"100 P1","voltage_2":"2.3 VLT"})");
  CHECK(decoded("01 79 FFFB 02 7D 0190 03 80 0FA0 04 82 000003E9 05 83 00000BB8 06 84 00B4") ==
        R"({"altitude_1":"-5 MTR","concentration_2":"400 59","direction_6":"180 DD",)"
        R"("distance_4":"1.001 MTR","energy_5":"3.0 KWH","power_3":"4000 WTT"})");
  CHECK(decoded("01 86 0064 FF9C 0000 02 87 FF8000 03 8E 01") ==
        R"({"colour_2.blue":0,"colour_2.green":128,"colour_2.red":255,)"
        R"("gyrometer_1.x":"1.0 E96","gyrometer_1.y":"-1.0 E96","gyrometer_1.z":"0.0 E96",)"
        R"("switch_3":1})");
}

TEST_CASE("cayenne_lpp: a polyline is a place and the steps from each to the next") {
  // 51.2194, 4.4025; then a step north and two west; in steps of 0.0001, and of 0.001 (code 230).
  CHECK(decoded("01 F0 09 E3 07D0C2 00ABF9 E1 02 67 0001") ==
        R"({"polyline_1":[[51.2194,4.4025],[51.2195,4.4023]],"temperature_2":"0.1 CEL"})");
  CHECK(decoded("01 F0 0A E6 00C813 FFEECF 01 8F") ==
        R"({"polyline_1":[[51.219,-4.401],[51.22,-4.401],[51.219,-4.409]]})");
  CHECK(
      decoded("01 F0 0A E6 00C813 FFEECF 01") ==
      "malformed: not Cayenne LPP: polyline_1 at byte 0 has 10 bytes, of which 9 are there, and at "
      "least 8");
  CHECK(
      decoded("01 F0 02 E6") ==
      "malformed: not Cayenne LPP: polyline_1 at byte 0 has 2 bytes, of which 2 are there, and at "
      "least 8");
  CHECK(decoded("01 F0 08 F0 00C813 FFEECF") ==
        "malformed: not Cayenne LPP: polyline_1 at byte 0 has a step that is none");
  CHECK(decoded("01 F0").starts_with("malformed"));
}

TEST_CASE("cayenne_lpp: an unknown type spoils the payload, because nothing tells its length") {
  CHECK(decoded("03 67 0110 04 24 01") ==
        "malformed: not Cayenne LPP: unknown type 36 of channel 4 at byte 4, and nothing tells how "
        "long it is");
}

TEST_CASE("cayenne_lpp: what is cut off is refused, wherever that is") {
  CHECK(decoded("") == "malformed: not Cayenne LPP: the payload is empty");
  CHECK(decoded("03") == "malformed: not Cayenne LPP: a channel without a type at byte 0");
  CHECK(decoded("03 67 01") ==
        "malformed: not Cayenne LPP: temperature_3 at byte 0 is cut off after 1 bytes");
  CHECK(decoded("01 88 06765F F296") ==
        "malformed: not Cayenne LPP: gps_1 at byte 0 is cut off after 2 bytes");
  check_truncations(open("cayenne_lpp"),
                    reading_of(from_hex("018806765ff2960a0003e8067104d2fb2e000003670110").value()));
  CHECK_FALSE(open("cayenne_lpp")(reading_of(std::string(4098, '\0'))).ok());
}

TEST_CASE("cayenne_lpp: a name is a type and a channel, and a part where there are several") {
  const auto check = find_driver("cayenne_lpp")->check_name;
  for (const char* name :
       {"temperature_1", "relative_humidity_255", "gps_0.latitude", "colour_3.red"})
    CHECK(check(name) == "");
  CHECK(check("gps_1") == R"("gps_1" names no part; write "gps_1.latitude")");
  CHECK(check("temprature_1") ==
        R"("temprature_1" is no name of Cayenne LPP: type, _, channel, as in "temperature_1"; )"
        R"(did you mean "temperature"?)");
  for (const char* name :
       {"", "temperature", "temperature_", "temperature_256", "temperature_01", "temperature_1.x",
        "temperature_1.", "gps_1.", "gps_1.height", "_1", ".", "/temperature_1"})
    CHECK(check(name) != "");
}

TEST_CASE("corpus: cayenne-lpp") {
  Tally tally("cayenne-lpp");
  for (const Json& one : corpus_cases("cayenne-lpp")) {
    const auto seen = open("cayenne_lpp")(reading_of(payload_of(one)));
    const bool error_expected = one["expected"].contains("error");
    if (error_expected && !seen) {
      tally.refused_as_expected();
      continue;
    }
    tally.check(
        one["id"],
        seen.ok() && !error_expected && object_of(seen->at(0)) == names_here(one["expected"]),
        shown(seen));
  }
  tally.finish();
}
