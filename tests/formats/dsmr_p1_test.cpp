// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "tests/formats/corpus.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

// Lines with the identification, the end and the line ends of a telegram.
std::string telegram(std::initializer_list<const char*> lines, const std::string& sum = "") {
  std::string text = "/ISK5\\2M550T\r\n\r\n";
  for (const char* line : lines) text += std::string(line) + "\r\n";
  return text + "!" + sum + "\r\n";
}

std::string decoded(const std::string& payload, const DecoderOptions& options = {}) {
  return shown(open("dsmr_p1", options)(reading_of(payload)));
}

// The words of the source for what a telegram holds. %: whichever channel it is on.
const std::vector<std::pair<const char*, const char*>> kCalled = {
    {"ELECTRICITY_USED_TARIFF_1", "1-0:1.8.1"},
    {"ELECTRICITY_USED_TARIFF_2", "1-0:1.8.2"},
    {"ELECTRICITY_DELIVERED_TARIFF_1", "1-0:2.8.1"},
    {"ELECTRICITY_DELIVERED_TARIFF_2", "1-0:2.8.2"},
    {"CURRENT_ELECTRICITY_USAGE", "1-0:1.7.0"},
    {"CURRENT_ELECTRICITY_DELIVERY", "1-0:2.7.0"},
    {"ELECTRICITY_ACTIVE_TARIFF", "0-0:96.14.0"},
    {"INSTANTANEOUS_VOLTAGE_L1", "1-0:32.7.0"},
    {"INSTANTANEOUS_VOLTAGE_L2", "1-0:52.7.0"},
    {"INSTANTANEOUS_VOLTAGE_L3", "1-0:72.7.0"},
    {"INSTANTANEOUS_CURRENT_L1", "1-0:31.7.0"},
    {"INSTANTANEOUS_CURRENT_L2", "1-0:51.7.0"},
    {"INSTANTANEOUS_CURRENT_L3", "1-0:71.7.0"},
    {"INSTANTANEOUS_ACTIVE_POWER_L1_POSITIVE", "1-0:21.7.0"},
    {"INSTANTANEOUS_ACTIVE_POWER_L2_POSITIVE", "1-0:41.7.0"},
    {"INSTANTANEOUS_ACTIVE_POWER_L3_POSITIVE", "1-0:61.7.0"},
    {"INSTANTANEOUS_ACTIVE_POWER_L1_NEGATIVE", "1-0:22.7.0"},
    {"INSTANTANEOUS_ACTIVE_POWER_L2_NEGATIVE", "1-0:42.7.0"},
    {"INSTANTANEOUS_ACTIVE_POWER_L3_NEGATIVE", "1-0:62.7.0"},
    {"SHORT_POWER_FAILURE_COUNT", "0-0:96.7.21"},
    {"LONG_POWER_FAILURE_COUNT", "0-0:96.7.9"},
    {"GAS_METER_READING", "0-1:24.2.1"},
    {"HOURLY_GAS_METER_READING", "0-1:24.2.1"},
    {"P1_MESSAGE_HEADER", "1-3:0.2.8"},
    {"EQUIPMENT_IDENTIFIER", "0-0:96.1.1"},
    {"EQUIPMENT_IDENTIFIER_GAS", "0-1:96.1.0"},
    {"DEVICE_TYPE", "0-1:24.1.0"}};

bool means_same(const Json& seen, const std::string& expected) {
  if (!seen.is_number()) return seen == Json(expected);
  return seen.get<double>() == std::strtod(expected.c_str(), nullptr);
}

// "" when every expected value was found, else the first that was not.
std::string missing(const Observations& seen, const Json& expected) {
  Json values = Json::object();
  for (const ObservationGroup& group : seen) values.update(object_of(group));
  for (const auto& [word, value] : expected.items()) {
    const auto called = std::find_if(kCalled.begin(), kCalled.end(),
                                     [&](const auto& pair) { return word == pair.first; });
    if (called == kCalled.end()) return word + " is a word this test does not know";
    if (!values.contains(called->second) || !means_same(values[called->second], value))
      return word + ": " + values.value(called->second, Json()).dump();
  }
  return "";
}

}  // namespace

TEST_CASE("dsmr_p1: values have their units, and the telegram a local time in winter or summer") {
  CHECK(decoded(telegram({"0-0:1.0.0(260301130000W)", "0-0:96.1.1(4530303434)",
                          "1-0:1.8.1(001581.123*kWh)", "1-0:1.7.0(02.027*kW)", "0-0:96.14.0(0002)",
                          "0-0:96.13.0()"})) ==
        R"(E0044@2026-03-01T12:00:00.000Z{"0-0:1.0.0":"2026-03-01T12:00:00.000Z",)"
        R"("0-0:96.1.1":"4530303434","0-0:96.13.0":null,"0-0:96.14.0":"0002",)"
        R"("1-0:1.7.0":"2.027 KWT","1-0:1.8.1":"1581.123 KWH",)"
        R"("identification":"ISK5\\2M550T"})");
  CHECK(decoded(telegram({"0-0:1.0.0(260701140000S)", "1-0:1.8.0*255(00007*Wh)"}),
                wanting({"1-0:1.8.0"})) == R"(@2026-07-01T12:00:00.000Z{"1-0:1.8.0":"7 WHR"})");
  CHECK(decoded(telegram({"0-0:1.0.0(260301140000W)", "1-0:32.7.0(229.9*V)"}),
                {{"1-0:32.7.0"}, "", {{"winter_offset", 120}}}) ==
        R"(@2026-03-01T12:00:00.000Z{"1-0:32.7.0":"229.9 VLT"})");
  CHECK(decoded(telegram({"0-0:1.0.0(260301130000)", "1-0:32.7.0(229.9*V)"}),
                wanting({"1-0:32.7.0"})) == R"({"1-0:32.7.0":"229.9 VLT"})");
}

TEST_CASE("dsmr_p1: every meter on M-Bus is a group at the time of its reading") {
  const std::string two =
      telegram({"0-0:1.0.0(260301130000W)", "1-0:1.8.1(1*kWh)", "0-1:24.1.0(003)",
                "0-1:96.1.0(4730)", "0-1:24.2.1(260301120000W)(00981.443*m3)", "0-2:24.1.0(007)",
                "0-2:96.1.1(5730)", "0-2:24.2.1(260301125500W)(00872.234*m3)"});
  CHECK(decoded(two, wanting({"1-0:1.8.1", "gas", "water"})) ==
        R"(@2026-03-01T12:00:00.000Z{"1-0:1.8.1":"1 KWH"} )"
        R"(G0@2026-03-01T11:00:00.000Z{"gas":"981.443 MTQ"} )"
        R"(W0@2026-03-01T11:55:00.000Z{"water":"872.234 MTQ"})");
  CHECK(decoded(two, wanting({"0-2:24.2.1"})) ==
        R"(W0@2026-03-01T11:55:00.000Z{"0-2:24.2.1":"872.234 MTQ"})");
}

TEST_CASE("dsmr_p1: before version 4 the gas reading has a line of its own, and no season") {
  CHECK(decoded(telegram({"0-1:24.1.0(3)", "0-1:24.3.0(161107190000)(00)(60)(1)(0-1:24.2.1)(m3)",
                          "(00001.001)"}),
                wanting({"gas", "0-1:24.2.1"})) ==
        R"({"0-1:24.2.1":"1.001 MTQ","gas":"1.001 MTQ"})");
}

TEST_CASE("dsmr_p1: a meter that was never read has no value; a peak keeps its own time") {
  CHECK(decoded(telegram({"0-1:24.2.1(700101010000W)(00000000)"}), wanting({"0-1:24.2.1"})) ==
        R"(@1970-01-01T00:00:00.000Z{"0-1:24.2.1":null})");
  CHECK(decoded(telegram({"0-0:1.0.0(260301130000W)", "1-0:1.6.0(260215134500W)(02.589*kW)"}),
                wanting({"1-0:1.6.0"})) == R"(@2026-02-15T12:45:00.000Z{"1-0:1.6.0":"2.589 KWT"})");
  CHECK(decoded(telegram({"1-0:99.97.0(1)(0-0:96.7.19)(190326095015W)(0000002014*s)"}),
                wanting({"1-0:99.97.0"})) ==
        R"({"1-0:99.97.0":["1","0-0:96.7.19","190326095015W","0000002014*s"]})");
}

TEST_CASE("dsmr_p1: the check sum counts every byte, also where line ends were made plain") {
  // CRC-16/ARC of the bytes from "/" to "!", worked out with another program.
  const std::string good = telegram({"1-0:1.8.1(000001.000*kWh)"}, "4396");
  CHECK(decoded(good, wanting({"1-0:1.8.1"})) == R"({"1-0:1.8.1":"1.0 KWH"})");
  std::string plain = good;
  std::erase(plain, '\r');
  CHECK(decoded(plain, wanting({"1-0:1.8.1"})) == R"({"1-0:1.8.1":"1.0 KWH"})");
  std::string bent = good;
  bent[bent.find("000*")] = '1';
  CHECK(decoded(bent).starts_with("malformed: not a P1 telegram: its check sum is "));
  CHECK(decoded(telegram({"1-0:1.8.1(1*kWh)"}, "12")) ==
        R"(malformed: not a P1 telegram: "12" is no check sum)");
}

TEST_CASE("dsmr_p1: what is no telegram says why") {
  CHECK(decoded("") == "malformed: not a P1 telegram: no \"/\" where it should start");
  CHECK(decoded("/X\r\n\r\n1-0:1.8.1(1*kWh)\r\n") ==
        "malformed: not a P1 telegram: it is cut off: no line with \"!\" at its end");
  CHECK(decoded("\xdb\x08SMSgp").find("encrypted") != std::string::npos);
  CHECK(decoded(telegram({"1-0:1.8.1"})) ==
        R"(malformed: not a P1 telegram: the line "1-0:1.8.1")");
  CHECK(decoded(telegram({"1-0:1.8.1(1"})).starts_with("malformed: "));
  CHECK(decoded(telegram({"1-0:1.8(1)"})).starts_with("malformed: "));
  CHECK(decoded(telegram({"1-999:1.8.1(1)"})).starts_with("malformed: "));
  CHECK(decoded(telegram({"1-0:1.8.1(abc*kWh)"})) ==
        R"(malformed: not a P1 telegram: "abc*kWh" in 1-0:1.8.1 is no value)");
  CHECK(decoded(std::string((64 << 10) + 1, '/')) ==
        "malformed: not a P1 telegram: more than 64 KiB");
  check_truncations(open("dsmr_p1"),
                    reading_of(telegram({"0-1:24.2.1(260301120000W)(1*m3)"}, "ABCD")));
}

TEST_CASE("dsmr_p1: names are OBIS codes and four words") {
  const auto check = find_driver("dsmr_p1")->check_name;
  for (const char* name : {"1-0:1.8.1", "0-1:24.2.1", "gas", "identification"})
    CHECK(check(name) == "");
  for (const char* name : {"", "1.8.1", "1-0:1.8.1*255", "1-0:1.8", "Gas", "1-0:1.8.1 "})
    CHECK(check(name) != "");
  CHECK_THROWS_AS(open("dsmr_p1", {{}, "", {{"winter_offset", "+01:00"}}}), OptionError);
}

TEST_CASE("corpus: dsmr-p1") {
  Tally tally("dsmr-p1");
  for (const Json& one : corpus_cases("dsmr-p1")) {
    const auto seen = open("dsmr_p1")(reading_of(payload_of(one)));
    const Json expected = one["expected"].is_object() ? one["expected"] : Json::object();
    if (!seen)
      expected.contains("error") ? tally.refused_as_expected()
                                 : tally.different(one["id"], seen.error().text);
    else
      tally.check(one["id"], missing(*seen, expected).empty(), missing(*seen, expected));
  }
  tally.finish();
}
