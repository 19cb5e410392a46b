// SPDX-License-Identifier: Apache-2.0
#include "core/json_text.h"

#include <doctest/doctest.h>

using namespace lamppost;

namespace {
std::string string_of(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}
std::string number_of(double number) {
  std::string out;
  append_number(out, number);
  return out;
}
}  // namespace

TEST_CASE("json_text: strings come out as JSON that a strict parser reads back") {
  for (const std::string text :
       {"plain", "quote \" back \\ slash /", "line\nfeed\ttab\x01", "\u00e9\u4e2d\U0001F600"})
    CHECK(Json::parse(string_of(text)) == Json(text));
}

TEST_CASE("json_text: bytes that are no UTF-8 become replacement characters") {
  for (const std::string text :
       {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe4\xb8", "a\x80z"}) {
    CHECK_FALSE(is_utf8(text));
    CHECK(Json::parse(string_of(text)).get<std::string>().find("\xEF\xBF\xBD") !=
          std::string::npos);
  }
}

TEST_CASE("json_text: NUL is dropped, since brokers on PostgreSQL refuse it") {
  CHECK(string_of(std::string_view("a\0b", 3)) == "\"ab\"");
}

TEST_CASE("json_text: numbers are the shortest text that reads back") {
  CHECK(number_of(0.45) == "0.45");
  CHECK(number_of(22) == "22");
  CHECK(number_of(-0.1) == "-0.1");
  CHECK(number_of(1e300) == "1e+300");
}

TEST_CASE("json_text: a tree is written as the parser read it") {
  const char* text = R"({"a":[1,2.5,null,true],"b":{"c":"x"}})";
  std::string out;
  append_json(out, Json::parse(text));
  CHECK(out == text);
}
