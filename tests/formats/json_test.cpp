// SPDX-License-Identifier: Apache-2.0
#include "core/json_text.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

std::string decoded(const std::string& payload, std::vector<std::string> names,
                    const std::string& each = "", const std::string& content_type = "") {
  return shown(open("json", wanting(std::move(names), each))(reading_of(payload, content_type)));
}

std::string nested(std::size_t levels, const char* open, const char* close) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += open;
  for (std::size_t i = 0; i < levels; ++i) text += close;
  return text;
}

}  // namespace

TEST_CASE("json: pointers find values at any depth and of any type") {
  const std::string payload =
      R"({"t":21.5,"n":-3,"on":true,"s":"x\u00e9\ud83d\ude00","a":[1,{"b":{"c/d":2,"e~f":3}}]})";
  CHECK(decoded(payload, {"/t", "/n", "/on"}) == R"({"/n":-3,"/on":true,"/t":21.5})");
  CHECK(decoded(payload, {"/s"}) == "{\"/s\":\"x\u00e9\U0001F600\"}");
  CHECK(decoded(payload, {"/a/0", "/a/1/b/c~1d", "/a/1/b/e~0f"}) ==
        R"({"/a/0":1,"/a/1/b/c~1d":2,"/a/1/b/e~0f":3})");
  CHECK(decoded(payload, {"/a/1/b", "/a/1/b/c~1d"}) ==
        R"({"/a/1/b":{"c/d":2,"e~f":3},"/a/1/b/c~1d":2})");
  CHECK(decoded("87", {""}) == R"({"":87})");
}

TEST_CASE("json: what is missing is absent, null is an observation without a value") {
  CHECK(decoded(R"({"a":null})", {"/a", "/b", "/a/c"}) == R"({"/a":null})");
  CHECK(decoded(R"({"x":1})", {"/a"}) == "{}");
}

TEST_CASE("json: a top-level array of objects is one group each, any other document is one group") {
  CHECK(decoded(R"([{"t":1},{"t":2},{}])", {"/t"}) == R"({"/t":1} {"/t":2} {})");
  CHECK(decoded(R"([{"t":1},5])", {"/0/t", "/1", "/t"}) == R"({"/0/t":1,"/1":5})");
  CHECK(decoded("[]", {"/t"}) == "");
  CHECK(decoded(R"([{"t":1},{"u":2}])", {"/t", "/0/t"}) == R"({"/0/t":1,"/t":1} {"/0/t":1})");
}

TEST_CASE("json: each makes groups in order, and what an element lacks comes from the document") {
  const std::string payload = R"({"id":"a","rows":[{"t":1},{"t":2,"id":"b"},{"id":null}],"u":9})";
  CHECK(decoded(payload, {"/t", "/id", "/u"}, "/rows") ==
        R"({"/id":"a","/t":1,"/u":9} {"/id":"b","/t":2,"/u":9} {"/id":null,"/u":9})");
  CHECK(decoded(R"({"v":[5,6]})", {""}, "/v") == R"({"":5} {"":6})");
  CHECK(decoded(R"({"rows":{}})", {"/t"}, "/rows") == "malformed: \"/rows\" is no array");
  CHECK(decoded(R"({"x":1})", {"/t"}, "/rows") == "malformed: there is no array at \"/rows\"");
}

TEST_CASE("json: of a repeated key the last one wins, with all that is below it") {
  CHECK(decoded(R"({"a":1,"a":2})", {"/a"}) == R"({"/a":2})");
  CHECK(decoded(R"({"a":{"b":1},"a":{"c":2}})", {"/a/b", "/a/c"}) == R"({"/a/c":2})");
  CHECK(decoded(R"({"r":[{"t":1},{"t":2}],"r":[{"t":3}]})", {"/t"}, "/r") == R"({"/t":3})");
  CHECK(decoded(R"({"r":[{"t":1}],"r":5})", {"/t"}, "/r") == "malformed: \"/r\" is no array");
}

TEST_CASE("json: errors say where, what was there and what was expected") {
  struct Case {
    std::string payload, text;
  };
  const std::string literal = R"(a number, "text", true, false or null)";
  const std::vector<Case> cases = {
      {"", "the payload is empty"},
      {" \n", "unexpected end at byte 2, expected a value"},
      {R"({"temperature":1,)", "unexpected end at byte 17, expected a key in double quotes"},
      {R"({"a":)", "unexpected end at byte 5, expected a value"},
      {R"({"a":1)", "unexpected end at byte 6, expected \",\" or \"}\""},
      {R"({"a":"x)", "unexpected end at byte 7, expected the end of a string"},
      {R"({"a":21.)", "unexpected end at byte 8, expected a digit"},
      {R"({"a":tru)", "unexpected end at byte 8, expected " + literal},
      {R"({'a':1})", "unexpected \"'\" at byte 1, expected a key in double quotes"},
      {R"({a:1})", "unexpected \"a\" at byte 1, expected a key in double quotes"},
      {R"({"a":1,})", "unexpected \"}\" at byte 7, expected a key in double quotes"},
      {R"({"a" 1})", "unexpected \"1\" at byte 5, expected \":\""},
      {R"(["a" "b"])", "unexpected '\"' at byte 7, expected \",\" or \"]\""},
      {R"({"a":1}x)", "unexpected \"x\" at byte 7, expected nothing after the value"},
      {R"({"a":1}{"a":2})", "unexpected \"{\" at byte 7, expected nothing after the value"},
      {R"({"a":NaN})", "unexpected \"NaN\" at byte 5, expected " + literal},
      {R"({"a":nan})", "unexpected \"nan\" at byte 5, expected " + literal},
      {R"({"a":True})", "unexpected \"True\" at byte 5, expected " + literal},
      {R"({"a":-Infinity})", "unexpected \"-Infinity\" at byte 5, expected a digit"},
      {R"({"a":1e999})", "a number beyond the range of 64-bit reals at byte 5"},
      {R"({"a":007})", "unexpected \"007\" at byte 5, expected \",\" or \"}\""},
      {R"({"a":"\q"})", "invalid string: forbidden character after backslash at byte 7"},
      {"{\"a\":\"\xC3\x28\"}", "invalid string: ill-formed UTF-8 byte at byte 7"},
      {"{\"a\":\"\t\"}",
       "invalid string: control character U+0009 (HT) must be escaped to \\u0009 or \\t at byte 6"},
      {"{\"a\":1}\xFF", "unexpected byte 0xFF at byte 7, expected nothing after the value"},
      {"{\"a\":1}" + std::string(1, '\0'), "unexpected byte 0x00 at byte 7"},
      {"\xEF\xBB{}", "unexpected \"{\" at byte 2, expected the rest of a byte order mark"},
  };
  for (const Case& one : cases)
    CHECK(decoded(one.payload, {"/a"}) == "malformed: not JSON: " + one.text);
}

TEST_CASE("json: nothing beyond the grammar is accepted, except a byte order mark in front") {
  CHECK(decoded("\xEF\xBB\xBF{\"a\":1}", {"/a"}) == R"({"/a":1})");
  for (const char* text : {"+1",
                           ".5",
                           "1.",
                           "1.5e",
                           "0x10",
                           "[1,]",
                           "[,]",
                           "{,}",
                           "{1:2}",
                           "[1]]",
                           "// x\n1",
                           "/**/1",
                           R"("\uD800")",
                           R"("\uDC00")",
                           R"("\uD800\u0041")",
                           R"("\u12")",
                           "\"\xC0\x80\"",
                           "\"\xED\xA0\x80\"",
                           "\"\xF4\x90\x80\x80\"",
                           "\"\xE2\x82\"",
                           "{\"\xFF\":1}"})
    CHECK(decoded(text, {""}).starts_with("malformed: not JSON: "));
}

TEST_CASE("json: an error shows little of the payload, and no byte that is no text") {
  const std::string error = decoded("{\"a\":x" + std::string(500, 'y') + "\xFF}", {"/a"});
  CHECK(error.starts_with("malformed: not JSON: unexpected \"xyyyyyyyyyyyyyyyyyyy\" at byte 5,"));
  CHECK(error.size() < 120);
  for (const char* text : {"[\"\xC3\", 1", "{\"\xC3\xA9 \xFF", "[t\xC3\xA9", "\x80"})
    CHECK(is_utf8(decoded(text, {""})));
}

TEST_CASE("json: 64 levels are read, 65 and 10000 are refused, wanted or not") {
  for (const std::vector<std::string>& names : {std::vector<std::string>{"/a"}, {""}, {}}) {
    const auto decode = open("json", wanting(names));
    CHECK(decode(reading_of(nested(64, "[", "]"))).ok());
    for (const std::size_t levels : {65U, 10'000U}) {
      for (const auto& [left, right] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
        const auto seen = decode(reading_of(nested(levels, left, right)));
        REQUIRE_FALSE(seen.ok());
        CHECK(seen.error().text.find("nested deeper than 64 levels") != std::string::npos);
      }
    }
  }
}

TEST_CASE("json: the number of values is bounded") {
  std::string text = "[";
  for (int n = 0; n < 200'000; ++n) text += "{},";
  text += "1]";
  CHECK(decoded(text, {"/a"}) == "malformed: not JSON: more than 200000 values");
}

TEST_CASE("json: elements and what they share are bounded") {
  const auto rows = [](std::size_t count) {
    std::string text = "[{}";
    for (std::size_t i = 1; i < count; ++i) text += ",{}";
    return text + "]";
  };
  CHECK(open("json", wanting({"/t"}))(reading_of(rows(10'000))).ok());
  CHECK(decoded(rows(10'001), {"/t"}) == "malformed: more than 10000 elements in \"\"");
  const std::string shared =
      R"({"big":")" + std::string(100'000, 'x') + R"(","r":)" + rows(5'000) + "}";
  CHECK(decoded(shared, {"/big"}, "/r") ==
        "malformed: the values that 5000 elements share are too large");
}

TEST_CASE("json: numbers keep their kind") {
  const auto seen = open("json", wanting({"/i", "/r", "/u", "/h"}))(
      reading_of(R"({"i":-5,"r":5.0,"u":18446744073709551615,"h":18446744073709551616})"));
  REQUIRE(seen.ok());
  CHECK((*seen)[0].find("/i")->value.is_number_integer());
  CHECK((*seen)[0].find("/r")->value.is_number_float());
  CHECK((*seen)[0].find("/u")->value == 18446744073709551615ULL);
  CHECK((*seen)[0].find("/h")->value == 18446744073709551616.0);
}

TEST_CASE("json: CBOR is read when the content type says so, with the same shapes") {
  const auto cbor = [](const char* text) {
    const auto bytes = Json::to_cbor(Json::parse(text));
    return std::string(bytes.begin(), bytes.end());
  };
  CHECK(decoded(cbor(R"({"t":21.5,"a":[1,2]})"), {"/t", "/a/1"}, "", "application/cbor") ==
        R"({"/a/1":2,"/t":21.5})");
  CHECK(decoded(cbor(R"([{"t":1},{"t":2}])"), {"/t"}, "", "application/cbor") ==
        R"({"/t":1} {"/t":2})");
  CHECK(decoded(cbor(R"([{"t":1},2])"), {"/0/t"}, "", "application/cbor") == R"({"/0/t":1})");
  CHECK(decoded(cbor(R"({"id":7,"r":[{},{"id":8}]})"), {"/id"}, "/r", "application/cbor") ==
        R"({"/id":7} {"/id":8})");
}

TEST_CASE("json: without wanted names every value comes out") {
  CHECK(decoded(R"({"a":{"b":[1,"x"],"c":{}},"d":null})", {}) ==
        R"({"/a/b/0":1,"/a/b/1":"x","/a/c":{},"/d":null})");
  CHECK(decoded(R"([{"t":1},{"t":2}])", {}) == R"({"/t":1} {"/t":2})");
  CHECK(decoded(R"({"r":[1,2]})", {}, "/r") == R"({"":1} {"":2})");
}

TEST_CASE("json: names are pointers, and the hint for a wrong one can be pasted") {
  const Driver* const json = find_driver("json");
  CHECK(json->check_name("/t") == "");
  CHECK(json->check_name("") == "");
  CHECK(json->check_name("t") == "\"t\" is no JSON pointer; write \"/t\"");
  CHECK(json->check_name("$.a.b") == "\"$.a.b\" is no JSON pointer; write \"/a/b\"");
  CHECK(json->check_name("ENERGY.Total") ==
        "\"ENERGY.Total\" is no JSON pointer; write \"/ENERGY/Total\"");
  CHECK(json->check_name("/a~b").find("\"~0\"") != std::string::npos);
  CHECK_THROWS_AS(open("json", wanting({"t"})), OptionError);
  CHECK_THROWS_AS(open("json", wanting({"/t"}, "rows")), OptionError);
  CHECK_THROWS_WITH(open("json", {{"/t"}, "", {{"sufix", true}}}),
                    "json has no option \"sufix\"; known: named, units");
}

TEST_CASE("json: every truncation of a good payload is malformed") {
  const auto decode = open("json", wanting({"/t", "/r/0/x"}));
  Reading reading = reading_of(R"({"t":21.4,"s":"é\n","r":[{"x":-1.5e3}],"k":null})");
  CHECK(decode(reading).ok());
  while (!reading.payload.empty()) {
    reading.payload.pop_back();
    CHECK_FALSE(decode(reading).ok());
  }
}

TEST_CASE("json: a list of names and values joins the document") {
  DecoderOptions options = wanting({"/t", "/h", "/id"});
  options.extra["named"] = {{"list", "/vs"}, {"name", "k"}, {"value", "v"}};
  CHECK(shown(open("json", options)(reading_of(
            R"({"id":7,"vs":[{"k":"t","v":"21.4"},{"k":"id","v":9},{"k":3,"v":1},{"v":1},5]})"))) ==
        R"({"/id":7,"/t":"21.4"})");
  CHECK(shown(open("json", options)(reading_of(R"({"id":7,"vs":"x"})"))) == R"({"/id":7})");
  options.extra["named"] = {{"list", "vs"}};
  CHECK_THROWS_AS(open("json", options), OptionError);
}

TEST_CASE("json: the document says which unit a member is in") {
  auto options = wanting({"/A/Temperature", "/A/Humidity"});
  options.extra["units"] = Json{{"Temperature", "/TempUnit"}};
  const auto decode = open("json", options);
  CHECK(shown(decode(reading_of(R"({"A":{"Temperature":70,"Humidity":4},"TempUnit":"F"})"))) ==
        R"({"/A/Humidity":4,"/A/Temperature":"70 FAH"})");
  CHECK(shown(decode(reading_of(R"({"A":{"Temperature":7}})"))) == R"({"/A/Temperature":7})");
  CHECK(shown(decode(reading_of(R"({"A":{"Temperature":7},"TempUnit":"?"})"))) ==
        R"(malformed: "?" is no unit for /A/Temperature)");
  options.names.clear();
  CHECK(shown(open("json", options)(reading_of(R"({"x":{"Temperature":7},"TempUnit":"C"})"))) ==
        R"({"/TempUnit":"C","/x/Temperature":"7 CEL"})");
  for (const Json& wrong : {Json(1), Json{{"T", "TempUnit"}}, Json{{"T", ""}}, Json{{"", "/u"}}}) {
    options.extra["units"] = wrong;
    CHECK_THROWS_AS(open("json", options), OptionError);
  }
}
