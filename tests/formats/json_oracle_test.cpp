// SPDX-License-Identifier: Apache-2.0
// The reader of JSON text against an independent one: nlohmann's parser.
#include <cmath>
#include <random>

#include "drivers/formats/json_scanner.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

std::optional<Json> ours(const std::string& text) {
  JsonScanner in(text);
  Json value;
  if (!in.value(value) || !in.end()) return std::nullopt;
  return value;
}

bool skips(const std::string& text) {
  JsonScanner in(text);
  return in.skip() && in.end();
}

std::optional<Json> theirs(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

// Where the two may differ: a number too near to zero for a real is zero for strtod and refused by
// us, and only we bound the depth.
bool is_known_difference(const std::string& text) {
  JsonScanner in(text);
  Json value;
  if (in.value(value) && in.end()) return false;
  const std::string fault = in.error().text;
  return fault.find("beyond the range") != std::string::npos ||
         fault.find("nested deeper") != std::string::npos;
}

void compare(const std::string& text) {
  CAPTURE(text);
  if (is_known_difference(text)) return;
  const auto mine = ours(text), other = theirs(text);
  CHECK(mine.has_value() == other.has_value());
  CHECK(skips(text) == mine.has_value());
  if (mine && other) CHECK(mine->dump() == other->dump());
}

}  // namespace

TEST_CASE("json: agrees with an independent parser on the corners of the grammar") {
  for (const char* text : {"",
                           " ",
                           "0",
                           "-0",
                           "-",
                           "01",
                           "1.",
                           ".5",
                           "1.5e",
                           "1e+5",
                           "1E-5",
                           "--1",
                           "+1",
                           "0x10",
                           "true",
                           "tru",
                           "True",
                           "nul",
                           "null",
                           "\"\\u12\"",
                           "\"\\uD800\"",
                           "\"\\uDC00\"",
                           "\"\\uD800\\u0041\"",
                           "\"\\uD83D\\uDE00\"",
                           "\"\\ud83d\\ude00\"",
                           "\"\\/\\b\\f\\n\\r\\t\"",
                           "\"\t\"",
                           "\"\\x\"",
                           "[",
                           "]",
                           "[]",
                           "[,]",
                           "[1,]",
                           "[1 2]",
                           "{",
                           "{}",
                           "{,}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{\"a\":1 \"b\":2}",
                           "{1:2}",
                           "[1]]",
                           "{}{}",
                           "// x\n1",
                           "/**/1",
                           "\xEF\xBB\xBF{}",
                           "\xEF\xBB{}",
                           "\"\x7F\"",
                           "\"\xC0\x80\"",
                           "\"\xED\xA0\x80\"",
                           "\"\xF4\x90\x80\x80\"",
                           "\"\xE2\x82\"",
                           "18446744073709551615",
                           "18446744073709551616",
                           "-9223372036854775808",
                           "-9223372036854775809",
                           "123456789012345678901234567890",
                           "2.2250738585072014e-308",
                           "4.9e-324",
                           "0.1",
                           "1e22",
                           "\"\\u0000\"",
                           "{\"\\u0061\":1}"})
    compare(text);
}

TEST_CASE("json: agrees with an independent parser on thousands of mutated documents") {
  const unsigned seed = 20'260'301;
  MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  const std::vector<std::string> good = {
      R"({"t":21.4,"rh":45,"id":"a\u00e9\n","ok":true,"n":null,"v":[1,-2.5e3,{"x":[]}]})",
      R"([{"ts":"2026-03-01T12:00:00Z","pm2_5":7.0},{"ts":1772366400000,"pm2_5":-0}])",
      "\"gr\xC3\xBC\xC3\x9F\\ud83d\\ude00\"", "[[[[0.001,1E5]]],{\"\":{\"\":\"\"}}]"};
  const std::string spice = "{}[]\",:\\eE+-.0159utnfal \n\x80\xC3";
  for (int round = 0; round < 2'000; ++round) {
    std::string text = good[random() % good.size()];
    for (unsigned change = random() % 4; change > 0 && !text.empty(); --change) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0)
        text.erase(at, 1 + random() % 3);
      else if (random() % 2 == 0)
        text[at] = spice[random() % spice.size()];
      else
        text.insert(at, 1, spice[random() % spice.size()]);
    }
    compare(text);
  }
}
