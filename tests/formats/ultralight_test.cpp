// SPDX-License-Identifier: Apache-2.0
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

std::string decoded(const std::string& payload, const std::string& topic = "ul/key/dev7/attrs") {
  return shown(open("ultralight")(reading_of(payload, "", topic)));
}

bool is_malformed(const std::string& payload) {
  return decoded(payload).starts_with("malformed: ");
}

}  // namespace

TEST_CASE("ultralight: keys and values, groups, and a bar in front") {
  CHECK(decoded("t|15|k|abc") == R"({"k":"abc","t":15})");
  CHECK(decoded("|t|-1.5") == R"({"t":-1.5})");
  CHECK(decoded("t|15#t|16|h|2") == R"({"t":15} {"h":2,"t":16})");
  CHECK(decoded("a|true|b|null|c|ON|d|007|e|nan") ==
        R"({"a":true,"b":null,"c":"ON","d":"007","e":null})");
}

TEST_CASE(
    "ultralight: the device's time stands in front or under its key, UTC when it has no offset") {
  CHECK(decoded("2026-03-01T12:00:00Z|t|1") ==
        R"(@2026-03-01T12:00:00.000Z{"TimeInstant":"2026-03-01T12:00:00Z","t":1})");
  CHECK(decoded("t|1|TimeInstant|2026-03-01T14:00:00+02:00") ==
        R"(@2026-03-01T12:00:00.000Z{"TimeInstant":"2026-03-01T14:00:00+02:00","t":1})");
  CHECK(decoded("2026-03-01T12:00:00|t|1").starts_with("@2026-03-01T12:00:00.000Z"));
}

TEST_CASE("ultralight: JSON inside values may hold bars, single quotes and bare keys") {
  CHECK(decoded(R"(a|[1,2]|b|{"x":"|#"}|c|3)") == R"({"a":[1,2],"b":{"x":"|#"},"c":3})");
  CHECK(decoded("f|['a','it\\'s']|g|{a:1,b:{c:true}}") ==
        R"({"f":["a","it's"],"g":{"a":1,"b":{"c":true}}})");
  CHECK(decoded("h|[not json|k|1") == R"({"h":"[not json","k":1})");
  CHECK(decoded("h|I'm a string") == R"({"h":"I'm a string"})");
}

TEST_CASE("ultralight: a command result names its device") {
  CHECK(decoded("dev7@ping|MADE_OK") == R"(dev7{"ping":"MADE_OK"})");
  CHECK(decoded("dev7@ping|a|b") == R"(dev7{"ping":"a|b"})");
  CHECK(is_malformed("@ping|x"));
  CHECK(is_malformed("dev7@|x"));
}

TEST_CASE("ultralight: one value takes its name from the topic") {
  CHECK(decoded("23", "/ul/key/dev7/attrs/temperature") == R"({"temperature":23})");
  CHECK(decoded("23", "temperature") == R"({"temperature":23})");
  CHECK(is_malformed("23"));
}

TEST_CASE("ultralight: what is empty or does not pair up is malformed and says so") {
  CHECK(decoded("") == "malformed: not Ultralight: the payload is empty");
  CHECK(decoded("a|1##b|2") == "malformed: not Ultralight: an empty group");
  CHECK(decoded("a|1#") == "malformed: not Ultralight: an empty group");
  CHECK(decoded("a||b|1") == "malformed: not Ultralight: no value for \"a\"");
  CHECK(decoded("a|") == "malformed: not Ultralight: no value for \"a\"");
  CHECK(decoded("a|1|b") ==
        "malformed: not Ultralight: \"a\" is no time, and keys and values do not pair up");
  CHECK(decoded("TimeInstant|yesterday|a|1") ==
        "malformed: not Ultralight: \"yesterday\" is no time");
  CHECK(decoded("2026-03-01T12:00:00Z|") ==
        "malformed: not Ultralight: no value for \"2026-03-01T12:00:00Z\"");
  CHECK(decoded("TimeInstant|2026-03-01T12:00:00Z") ==
        "malformed: not Ultralight: a time without a value");
  CHECK(is_malformed("a|\xFF"));
  CHECK(decoded(std::string(59, 'a') + "\u00e9||b|1") ==
        "malformed: not Ultralight: no value for \"" + std::string(59, 'a') + "\uFFFD\"");
}

TEST_CASE("ultralight: groups are bounded, truncations never surprise") {
  std::string many = "a|1";
  for (int i = 0; i < 10'000; ++i) many += "#a|1";
  CHECK(decoded(many) == "malformed: not Ultralight: more than 10000 groups");
  check_truncations(open("ultralight"),
                    reading_of("2026-03-01T12:00:00Z|t|1|g|{a:'x|y'}#u|[1,2]|d@e|f"));
}

TEST_CASE("ultralight: names are keys") {
  const Driver* const ultralight = find_driver("ultralight");
  CHECK(ultralight->check_name("t") == "");
  CHECK(ultralight->check_name("/t") == "\"/t\" is no Ultralight key; write \"t\"");
  CHECK(ultralight->check_name("a|b") != "");
}
