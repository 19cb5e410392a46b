// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "core/ascii.h"
#include "tests/formats/corpus.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

constexpr std::string_view kHead = "08 05 72 78563412 c414 01 07 2a 00 0000";  // FDD... 12345678

// A long frame around the data.
std::string frame(const std::string& hex) {
  const std::string data = from_hex(hex).value();
  unsigned sum = 0;
  for (const char c : data) sum += static_cast<std::uint8_t>(c);
  const char length = static_cast<char>(data.size());
  return std::string{0x68, length, length, 0x68} + data + static_cast<char>(sum) + '\x16';
}

std::string decoded(const std::string& payload) { return shown(open("mbus")(reading_of(payload))); }

// The values of records alone.
std::string records(const std::string& hex) {
  const auto seen = open("mbus")(reading_of(frame(std::string(kHead) + hex)));
  if (!seen) return shown(seen);
  auto group = seen->at(0);
  group.device.clear();
  group.observations.erase(group.observations.begin(), group.observations.begin() + 5);
  return shown(Observations{group});
}

}  // namespace

TEST_CASE("mbus: a water meter says who it is and what it has counted") {
  CHECK(
      decoded(frame("08 05 72 78563412 2423 01 07 2a 00 0000 0c13 78040000 046d 0b0bcd13 2f2f")) ==
      R"(12345678{"access_number":42,"date_time":"2014-03-13T11:11","maker":"HYD",)"
      R"("medium":"water","status":0,"version":1,"volume":"0.478 MTQ"})");
}

TEST_CASE("mbus: numbers in every coding, with their sign and their power of ten") {
  CHECK(records("01fd1b ff") == R"({"digital_input":-1})");
  CHECK(records("0203 e803") == R"({"energy":"1000 WHR"})");
  CHECK(records("032b ffffff") == R"({"power":"-1 WTT"})");
  CHECK(records("045b 15000000") == R"({"flow_temperature":"21 CEL"})");
  CHECK(records("055b 2bac4b41") == R"({"flow_temperature":"12.729533 CEL"})");
  CHECK(records("0678 010000000000") == R"({"fabrication_number":1})");
  CHECK(records("0904 99") == R"({"energy":"990.0 WHR"})");
  CHECK(records("0a5a 3a06") == R"({"flow_temperature":"null CEL"})");
  CHECK(records("0a5a 33f2") == R"({"flow_temperature":"-23.3 CEL"})");
  CHECK(records("0c78 78034911") == R"({"fabrication_number":11490378})");
  CHECK(records("0e13 010000000000") == R"({"volume":"0.001 MTQ"})");
  CHECK(records("04fb00 05000000") == R"({"energy":"500000.0 WHR"})");
  CHECK(records("0420 3c000000 0423 02000000") ==
        R"({"on_time":"60 SEC","on_time#2":"172800.0 SEC"})");
  CHECK(records("02fd48 c409 02fd59 e803") == R"({"current":"1.0 AMP","voltage":"250.0 VLT"})");
}

TEST_CASE("mbus: which of several a record is stands in its name") {
  CHECK(records("4413 01000000 5413 01000000 841013 01000000 84e04013 01000000") ==
        R"({"volume_max_storage_1":"0.001 MTQ","volume_storage_1":"0.001 MTQ",)"
        R"("volume_tariff_1":"0.001 MTQ","volume_tariff_2_unit_3":"0.001 MTQ"})");
}

TEST_CASE("mbus: units in letters, powers of ten behind, dates that are none, fillers, the end") {
  CHECK(records("02fc0348522574 2215") == R"({"relative_humidity":"54.1 P1"})");
  CHECK(records("027c0143 0700") == R"({"text_unit":7})");
  CHECK(records("426c 0000 026c bf1c") == R"({"date":"2013-12-31","date_storage_1":null})");
  CHECK(records("046d 800bcd13") == R"({"date_time":null})");
  CHECK(records("2f2f 0203 0100 1f aabb") == R"({"energy":"1 WHR"})");
  CHECK(records("0d7c0157 f0 000102030405060708090a0b0c0d0e0f") ==
        R"({"text_unit":"0f0e0d0c0b0a09080706050403020100"})");
  CHECK(records("0d7c0143 03 434241 0dfd11 e2 0102") == R"({"customer":"0201","text_unit":"ABC"})");
  CHECK(records("0cff01 01000000") == R"({"vif_7f":1})");
}

TEST_CASE("mbus: the two counters of old meters") {
  CHECK(decoded(frame("08 05 73 78563412 0a 00 e97e 01000000 35010000")) ==
        R"(12345678{"access_number":10,"status":0,"volume":"0.001 MTQ",)"
        R"("volume_historic":"0.135 MTQ"})");
  CHECK(decoded(frame("08 05 73 78563412 0a 01 0507 0a000000 0b000000")) ==
        R"(12345678{"access_number":10,"energy":"10000.0 WHR","energy#2":"1100000.0 WHR",)"
        R"("status":1})");
}

TEST_CASE("mbus: hexadecimal digits are read as well") {
  const std::string bytes = frame(std::string(kHead) + "0203 0100");
  CHECK(decoded(to_hex(bytes) + "\r\n") == decoded(bytes));
}

TEST_CASE("mbus: what is broken is refused, wherever that is") {
  std::string wrong = frame(std::string(kHead) + "0203 0100");
  wrong[20] ^= 1;
  CHECK(decoded(wrong).starts_with("malformed: not M-Bus: the sum at the end is "));
  CHECK(decoded(frame("08 05 70 02")) == "malformed: not M-Bus: data of kind 70, not 72 or 73");
  CHECK(decoded(frame(std::string(kHead) + "0203 01")) ==
        "malformed: not M-Bus: energy needs 2 bytes and has 1 at byte 12");
  CHECK(decoded(frame(std::string(kHead) + "8b")) ==
        "malformed: not M-Bus: the kind of a record is cut off at byte 12");
  CHECK(decoded(frame(std::string(kHead) + "0b fd")) ==
        "malformed: not M-Bus: what a record is about is cut off at byte 12");
  CHECK(decoded(frame(std::string(kHead) + "02 fc f3 4852")) ==
        "malformed: not M-Bus: what a record is about is cut off at byte 12");
  CHECK(decoded(frame(std::string(kHead) + "0d13 fa 00")) ==
        "malformed: not M-Bus: a record of unknown length at byte 12");
  CHECK(decoded("68") ==
        "malformed: not M-Bus: a long frame begins 68 L L 68 and has at least 9 bytes");
  CHECK(records("8080808080808080808080 13") ==
        "malformed: not M-Bus: the kind of a record is cut off at byte 12");
  check_truncations(open("mbus"), reading_of(frame(std::string(kHead) + "02fc0348522574 2215")));
}

TEST_CASE("mbus: names and recognition") {
  const Driver* const driver = find_driver("mbus");
  for (const char* name : {"energy", "volume_storage_1", "power_max_storage_12", "voltage#2",
                           "energy_tariff_2_unit_1", "volume_historic", "maker"})
    CHECK(driver->check_name(name) == "");
  for (const char* name : {"", "Energy", "volume_storage_", "power_avg", "/energy"})
    CHECK(driver->check_name(name) != "");
  CHECK(driver->recognises(reading_of(frame(std::string(kHead) + "0203 0100"))));
  for (const char* other : {"68", "6800", "h||h12345678", "{}", ""})
    CHECK_FALSE(driver->recognises(reading_of(other)));
}

namespace {

// What libmbus calls the units that are compared; others are words and codes.
const std::map<std::string, std::string> kUnits = {{"Wh", "WHR"},    {"W", "WTT"},  {"m^3", "MTQ"},
                                                   {"m^3/h", "MQH"}, {"°C", "CEL"}, {"K", "KEL"},
                                                   {"s", "SEC"},     {"V", "VLT"},  {"A", "AMP"}};

std::vector<double> expected_numbers(const Json& records, const std::string& unit) {
  std::vector<double> numbers;
  std::string counted;  // of CI 73: the second counter is of the unit of the first
  for (const Json& one : records) {
    if (one["unit"] != "reserved but historic") counted = one["unit"];
    const double number = counted == unit || (counted == "l" && unit == "m^3")
                              ? std::stod(one["value"].get<std::string>())
                              : NAN;
    if (!std::isnan(number)) numbers.push_back(counted == "l" ? number / 1000 : number);
  }
  return numbers;
}

// "" when every number of a unit is there, in order, to the six places that are printed.
std::string difference(const Json& expected, const ObservationGroup& seen) {
  std::string id = expected["slave"]["Id"];
  if (seen.device.substr(std::min(seen.device.find_first_not_of('0'), seen.device.size() - 1)) !=
      to_lower(id))
    return "device " + seen.device;
  for (const auto& [unit, code] : kUnits) {
    std::vector<double> numbers;
    for (const Observation& one : seen.observations)
      if (one.unit == code && one.value.is_number()) numbers.push_back(one.value.get<double>());
    const auto wanted = expected_numbers(expected["records"], unit);
    const auto close = [](double a, double b) {
      return std::abs(a - b) <= 2e-6 * (1 + std::abs(b));
    };
    if (!std::equal(numbers.begin(), numbers.end(), wanted.begin(), wanted.end(), close))
      return unit + ": " + Json(numbers).dump() + ", expected " + Json(wanted).dump();
  }
  return "";
}

}  // namespace

TEST_CASE("corpus: mbus-libmbus") {
  Tally tally("mbus-libmbus");
  for (const Json& one : corpus_cases("mbus-libmbus")) {
    const Json& expected = one["expected"];
    if (!expected.is_object()) continue;
    const auto seen = open("mbus")(reading_of(payload_of(one)));
    if (expected.contains("error")) {
      seen ? tally.different(one["id"], "is not refused") : tally.refused_as_expected();
      continue;
    }
    const std::string why = seen ? difference(expected, seen->at(0)) : seen.error().text;
    tally.check(one["id"], why.empty(), why);
  }
  tally.finish();
}
