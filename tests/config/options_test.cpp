// SPDX-License-Identifier: Apache-2.0
#include "config/options.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "config/quantity.h"
#include "config/url.h"

using namespace lamppost::config;
using namespace std::chrono_literals;

TEST_CASE("quantity: durations and sizes are a whole number and a unit") {
  CHECK(parse_duration("0s") == 0ms);
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("10min") == 10min);
  CHECK(parse_duration("7d") == 168h);
  CHECK(parse_size("64KiB") == 65536);
  CHECK(parse_size("2GiB") == std::uint64_t{2} << 30);
  for (const char* wrong : {"", "5", "s", "-5s", "5 s", "1.5h", "5m", "99999999999999999999s",
                            "9223372036854775807d", "5S", "+5s"})
    CHECK_FALSE(parse_duration(wrong).has_value());
  for (const char* wrong : {"", "64", "64KB", "64kib", "-1B", "9223372036854775807GiB"})
    CHECK_FALSE(parse_size(wrong).has_value());
}

TEST_CASE("quantity: slips are understood") {
  CHECK(meant_duration("10 Seconds") == "10s");
  CHECK(meant_duration("5m") == "5min");
  CHECK(meant_duration("five") == "");
  CHECK(meant_size("64kb") == "64KiB");
  CHECK(meant_size("1 G") == "1GiB");
}

TEST_CASE("url: taken apart, IPv6 in brackets") {
  std::string problem;
  const auto six = parse_url("mqtts://[fe80::1]:8883/x", problem);
  REQUIRE(six.has_value());
  CHECK(six->host == "fe80::1");
  CHECK(*six->port == 8883);
  CHECK(six->rest == "/x");
  CHECK(parse_url("http://b?q", problem)->rest == "?q");
  for (const char* wrong : {"", "b", "://b", "http://", "http://:80", "http://b:", "http://b:x",
                            "http://b:-1", "http://b:65536", "http://[::1", "http://a b",
                            "http://[]:1", "http://u@b", "http://[::1]x"})
    CHECK_FALSE(parse_url(wrong, problem).has_value());
  problem.clear();
  CHECK(parse_address("[::1]:0", problem).has_value());
  CHECK_FALSE(parse_address("localhost", problem).has_value());
}

TEST_CASE("options: each has a sentence, an example and a default that is one of its own kind") {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const auto& option : options()) {
    CAPTURE(option.section);
    CAPTURE(option.key);
    CHECK(seen.emplace(option.section, option.key).second);
    CHECK(option.sentence.ends_with('.'));
    CHECK_FALSE(option.example.empty());
    CHECK_FALSE(option.fallback.empty());
    const std::string fallback(option.written_default());
    if (fallback.empty()) continue;
    if (option.kind == Kind::kDuration) CHECK(parse_duration(fallback).has_value());
    if (option.kind == Kind::kSize) CHECK(parse_size(fallback).has_value());
    if (option.kind == Kind::kWord) {
      const auto words = option.words();
      CHECK(std::find(words.begin(), words.end(), fallback) != words.end());
    }
  }
}

TEST_CASE("options: the reference has every option and fits a page") {
  const std::string text = option_reference();
  for (const auto& option : options()) CHECK(text.find(option.key) != std::string::npos);
  CHECK(text.find(
            "  linger            duration, default \"20ms\"\n"
            "      When more than four rows came within this time, the next wait that long and go together.\n"
            "      Accepts: 0s..60s.\n") != std::string::npos);
  std::size_t start = 0;
  for (std::size_t end; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
    CAPTURE(text.substr(start, end - start));
    CHECK(end - start <= 100);
  }
}
