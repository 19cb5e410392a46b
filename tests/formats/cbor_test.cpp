// SPDX-License-Identifier: Apache-2.0
// Byte strings are from RFC 8949, appendix A, or made by its rules.
#include "drivers/formats/cbor.h"

#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

std::string read(const std::string& hex) {
  const auto value = cbor_to_json(from_hex(hex).value());
  return value ? value->dump() : value.error().text;
}

}  // namespace

TEST_CASE("cbor: every kind of value comes out as JSON") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"00", "0"},
      {"1bffffffffffffffff", "18446744073709551615"},
      {"3903e7", "-1000"},
      {"3bffffffffffffffff", "-1.8446744073709552e+19"},
      {"3b7fffffffffffffff", "-9223372036854775808"},
      {"f93e00", "1.5"},
      {"f90001", "5.960464477539063e-08"},
      {"fa47c35000", "100000.0"},
      {"fb3ff199999999999a", "1.1"},
      {"f97e00", "null"},
      {"fa7f800000", "null"},
      {"f4", "false"},
      {"f6", "null"},
      {"f7", "null"},
      {"4401020304", "\"AQIDBA\""},
      {"42fbff", "\"-_8\""},
      {"62c3bc", "\"\u00fc\""},
      {"7f657374726561646d696e67ff", "\"streaming\""},
      {"5f42010243030405ff", "\"AQIDBAU\""},
      {"83010203", "[1,2,3]"},
      {"9f018202039f0405ffff", "[1,[2,3],[4,5]]"},
      {"a201020304", R"({"1":2,"3":4})"},
      {"a1216162", R"({"-2":"b"})"},
      {"bf61610161629f0203ffff", R"({"a":1,"b":[2,3]})"},
      {"c11a514b67b0", "1363896240"},
      {"c074323031332d30332d32315432303a30343a30305a", "\"2013-03-21T20:04:00Z\""},
      {"c48221196ab3", "273.15"},
  };
  for (const auto& [hex, text] : cases) {
    CAPTURE(hex);
    CHECK(read(hex) == text);
  }
}

TEST_CASE("cbor: hostile and broken bytes are refused and say where") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "the payload is empty"},
      {"8301", "the payload ends within the item that starts at byte 2"},
      {"9b7fffffffffffffff01", "the payload ends within the item that starts at byte 0"},
      {"9bffffffff0000000001", "the payload ends within the item that starts at byte 0"},
      {"9a7fffffff01", "the payload ends within the item that starts at byte 6"},
      {"7a7fffffff41", "the payload ends within the item that starts at byte 0"},
      {"ba7fffffff0101", "the payload ends within the item that starts at byte 7"},
      {"bf6161019fffff", "a map key that is neither text nor integer at byte 5"},
      {"0001", "something after the item at byte 1"},
      {"1c", "an unassigned code at byte 0"},
      {"f818", "an unassigned code at byte 0"},
      {"ff", "a break outside of anything open at byte 1"},
      {"8201ff", "a break outside of anything open at byte 3"},
      {"bf6161ff", "a break outside of anything open at byte 4"},
      {"a2616101616102", "a repeated map key before at byte 6"},
      {"7f4101ff", "a chunk of another kind in a string before at byte 3"},
      {"62c328", "text that is not UTF-8 before at byte 3"},
      {"c249010000000000000000", "a number larger than 64 bits (tag) at byte 1"},
      {"c48101", "no good decimal fraction before at byte 3"},
  };
  for (const auto& [hex, text] : cases) {
    CAPTURE(hex);
    CHECK(read(hex) == "not CBOR: " + text);
  }
}

TEST_CASE("cbor: 64 levels are read, 65 and 10000 are refused") {
  const auto nested = [](std::size_t levels, char open) {
    return std::string(levels, open) + std::string(1, '\0');
  };
  CHECK(cbor_to_json(nested(64, '\x81')).ok());
  for (const char open : {'\x81', '\xC1'})  // arrays, tags
    for (const std::size_t levels : {65U, 10'000U})
      CHECK(cbor_to_json(nested(levels, open)).error().text.find("nested deeper") !=
            std::string::npos);
}

TEST_CASE("cbor: agrees with an independent encoder") {
  const Json value = Json::parse(R"({"a":[1,-1,1.5,1e300,"x",null,true,{"b":{}}],"c":-70000})");
  const auto bytes = Json::to_cbor(value);
  const auto read_back = cbor_to_json(std::string(bytes.begin(), bytes.end()));
  REQUIRE(read_back.ok());
  CHECK(*read_back == value);
}

TEST_CASE("cbor: every truncation of a good item is malformed") {
  std::string bytes =
      from_hex("83 9f 02 03 fb3ff199999999999a ff c48221196ab3 bf6161 7f6162ff ff").value();
  REQUIRE(cbor_to_json(bytes).ok());
  while (!bytes.empty()) {
    bytes.pop_back();
    CHECK_FALSE(cbor_to_json(bytes).ok());
  }
}
