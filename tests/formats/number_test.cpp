// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/number.h"

#include <doctest/doctest.h>

using namespace lamppost;
using namespace lamppost::formats;

TEST_CASE("number: what is a number, and of which kind") {
  CHECK(parse_number("42")->is_number_unsigned());
  CHECK(*parse_number("-42") == -42);
  CHECK(*parse_number("+5") == 5);
  CHECK(*parse_number("007") == 7);
  CHECK(*parse_number(".5") == 0.5);
  CHECK(*parse_number("5.") == 5.0);
  CHECK(*parse_number("\t-1.5E-3\n") == -0.0015);
  CHECK(parse_number("5.0")->is_number_float());
  CHECK(*parse_number("-9223372036854775808") == INT64_MIN);
  CHECK(parse_number("-9223372036854775809")->is_number_float());
}

TEST_CASE("number: what is none") {
  for (const char* text : {"", " ", "+", "-", ".", "+-5", "1e", "1,5", "1 5", "0x10", "nan", "inf",
                           "-inf", "1e999", "five", "5V"})
    CHECK_FALSE(parse_number(text).has_value());
}

TEST_CASE("number: a measure is a number and what follows it") {
  CHECK(parse_measure("3.3V")->suffix == "V");
  CHECK(parse_measure("3.3V")->number == 3.3);
  CHECK(parse_measure("5 em")->number == 5);
  CHECK(parse_measure("1013 hPa ")->suffix == "hPa");
  CHECK(parse_measure("7")->suffix == "");
  for (const char* text : {"V", "12:30", "2026-03-01", "", "1,5"})
    CHECK_FALSE(parse_measure(text).has_value());
}
