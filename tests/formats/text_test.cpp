// SPDX-License-Identifier: Apache-2.0
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

std::string decoded(const std::string& payload, bool suffix = false) {
  DecoderOptions options;
  if (suffix) options.extra["suffix"] = true;
  return shown(open("text", options)(reading_of(payload)));
}

}  // namespace

TEST_CASE("text: numbers are numbers, whatever blanks or NUL surround them") {
  CHECK(decoded("21.4") == R"({"value":21.4})");
  CHECK(decoded(" 21.4\r\n") == R"({"value":21.4})");
  CHECK(decoded(std::string("7\0", 2)) == R"({"value":7})");
  CHECK(decoded("-3") == R"({"value":-3})");
  CHECK(decoded("+1e3") == R"({"value":1000.0})");
}

TEST_CASE("text: a device without a value gives null") {
  for (const char* word : {"", "  ", "nan", "NaN", "inf", "-inf", "null", "unavailable", "unknown"})
    CHECK(decoded(word) == R"({"value":null})");
}

TEST_CASE("text: true and false are booleans, every other word stays text") {
  CHECK(decoded("true") == R"({"value":true})");
  CHECK(decoded("false") == R"({"value":false})");
  for (const char* word : {"ON", "off", "offline", "21,4", "10:30", "1 2"})
    CHECK(decoded(word) == R"({"value":")" + std::string(word) + "\"}");
}

TEST_CASE("text: a unit behind the number is cut only when the option says so") {
  CHECK(decoded("-59 dBm") == R"({"value":"-59 dBm"})");
  CHECK(decoded("-59 dBm", true) == R"({"suffix":"dBm","value":-59})");
  CHECK(decoded("45%", true) == R"({"suffix":"%","value":45})");
  CHECK(decoded("21.4\u00B0C", true) == "{\"suffix\":\"\u00B0C\",\"value\":21.4}");
  CHECK(decoded("45", true) == R"({"value":45})");
  CHECK(decoded("12:30", true) == R"({"value":"12:30"})");
  CHECK(decoded("ON", true) == R"({"value":"ON"})");
}

TEST_CASE("text: long texts and bytes that are no text are malformed") {
  CHECK(decoded(std::string(4096, 'x')).starts_with("{"));
  CHECK(decoded(std::string(4097, 'x')) ==
        "malformed: not one value: 4097 bytes of text, at most 4096");
  CHECK(decoded("\xFF\xFE") == "malformed: not text: invalid UTF-8");
}

TEST_CASE("text: its one name is value") {
  CHECK(find_driver("text")->check_name("value") == "");
  CHECK(find_driver("text")->check_name("/t") ==
        "a text payload is one value; write \"value\", not \"/t\"");
  CHECK_THROWS_WITH(open("text", {{}, "", {{"suffix", "yes"}}}), "\"suffix\" is true or false");
}
