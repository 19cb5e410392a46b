// SPDX-License-Identifier: Apache-2.0
// The small parts by themselves: URLs, redirects, Retry-After, back-off, batch size, wake gate.
#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "broker/back_off.h"
#include "broker/request_head.h"
#include "broker/retry_after.h"
#include "broker/row_patience.h"
#include "broker/url.h"
#include "broker/wake_gate.h"
#include "broker/words.h"

namespace lamppost::broker {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;

TEST_CASE("a base URL is taken apart") {
  struct Case {
    std::string text, host, port, path, authority;
  };
  const std::vector<Case> cases = {
      {"http://city", "city", "80", "", "city"},
      {"http://city:1026/", "city", "1026", "", "city:1026"},
      {"https://city/a/b/", "city", "443", "/a/b", "city"},
      {"https://city:80", "city", "80", "", "city:80"},
      {"http://[::1]:1026/x", "::1", "1026", "/x", "[::1]:1026"},
      {"http://[fe80::1]", "fe80::1", "80", "", "[fe80::1]"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const auto url = parse_url(c.text);
    REQUIRE(url);
    CHECK(url->host == c.host);
    CHECK(url->port == c.port);
    CHECK(url->path == c.path);
    CHECK(url->authority() == c.authority);
  }
}

TEST_CASE("what is no base URL is refused") {
  for (const std::string text :
       {"", "city", "ftp://city", "http://", "http://:80", "http://city:", "http://city:65536",
        "http://city:80x", "http://user@city", "http://city?x=1", "http://city/a?b", "http://[::1",
        "http://[::1]x", "http://ci ty", "http://city/\r\nX: y", "HTTP//city"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_url(text));
  }
}

TEST_CASE("a redirect is followed only on the same scheme, host and port") {
  const auto url = *parse_url("https://city:8443/base");
  CHECK(redirect_target("/x?options=update", url) == "/x?options=update");
  CHECK(redirect_target("https://CITY:8443/y", url) == "/y");
  for (const std::string elsewhere :
       {"http://city:8443/y", "https://city/y", "https://city:8443.evil/y", "https://evil/y",
        "//evil/y", "y", "", "https://city:8443", "/a b", "/a\r\nX: y"}) {
    CAPTURE(elsewhere);
    CHECK_FALSE(redirect_target(elsewhere, url));
  }
}

TEST_CASE("Retry-After") {
  const std::string now = "Tue, 01 Dec 2026 23:59:50 GMT";
  CHECK(parse_retry_after("7", "") == 7s);
  CHECK(parse_retry_after(" 120 ", "") == 120s);
  CHECK(parse_retry_after("0", "") == 1s);
  CHECK(parse_retry_after("1000000000", "") == 3600s);
  CHECK(parse_retry_after("99999999999999999999999", "") == 3600s);
  CHECK(parse_retry_after("Wed, 02 Dec 2026 00:00:20 GMT", now) == 30s);
  CHECK(parse_retry_after("Tue, 01 Dec 2026 00:00:00 GMT", now) == 1s);
  CHECK(parse_retry_after("Wed, 02 Dec 2036 00:00:20 GMT", now) == 3600s);
  CHECK_FALSE(parse_retry_after("Wed, 02 Dec 2026 00:00:20 GMT", ""));
  for (const std::string garbage : {"", "soon", "-1", "7.5", "7 s", "Wed, 02 Foo 2026 00:00:20 GMT",
                                    "Wed, 99 Dec 2026 00:00:20 GMT"})
    CHECK_FALSE(parse_retry_after(garbage, now));
}

TEST_CASE("F28: back-off stays between base and cap, spreads, and starts over") {
  BackOff back_off(1s, 300s);
  CHECK(back_off.next() <= 3s);
  std::chrono::milliseconds longest{0};
  for (int i = 0; i < 1000; ++i) {
    const auto wait = back_off.next();
    CHECK(wait >= 1s);
    CHECK(wait <= 300s);
    longest = std::max(longest, wait);
  }
  CHECK(longest > 100s);
  std::set<std::int64_t> waits;
  for (int i = 0; i < 100; ++i) waits.insert(back_off.next().count());
  CHECK(waits.size() > 50);
  back_off.reset();
  CHECK(back_off.next() <= 3s);
}

TEST_CASE("F31: eight tries, six hours and others that got through, none of them alone") {
  RowPatience patience{RowPatience::Times{}};
  for (int tries = 1; tries <= 7; ++tries) patience.refused(1, {}, 0h);
  patience.accepted(2, 1h);
  CHECK_FALSE(patience.poison(1, 7h));
  patience.refused(1, {}, 1h);
  CHECK_FALSE(patience.poison(1, 5h));
  CHECK(patience.poison(1, 6h));
  for (int tries = 1; tries <= 8; ++tries) patience.refused(3, {}, 2h);
  CHECK_FALSE(patience.poison(3, 9h));
}

TEST_CASE("F37: three times at once, then at the row's own pace, which doubles") {
  RowPatience patience{RowPatience::Times{}};
  std::vector<std::chrono::milliseconds> holds;
  for (int tries = 1; tries <= 6; ++tries) {
    patience.refused(1, {}, 0s);
    holds.push_back(patience.hold(1, ngsi_ld::Pace::kAtOnce));
  }
  CHECK(holds == std::vector<std::chrono::milliseconds>{0s, 0s, 0s, 16s, 32s, 64s});
}

TEST_CASE("a refused size is undercut for good, but never to nothing") {
  config::Broker broker;
  broker.max_entities = 100;
  broker.max_bytes = 512 << 10;
  BatchSize size(broker, 1);
  CHECK(size.limits().max_entities == 1);
  size.answered_well(1ms);
  CHECK(size.limits().max_entities == 5);
  size.answered_well(6s);
  CHECK(size.limits().max_entities == 2);
  size.too_large(100'000);
  CHECK(size.limits().max_bytes == 70'000);
  size.too_large(200'000);
  CHECK(size.limits().max_bytes == 70'000);
  size.too_large(10);
  CHECK(size.limits().max_bytes == 4096);
}

TEST_CASE("the wake gate calls once, when enough have come") {
  WakeGate gate;
  CHECK_FALSE(gate.arrived());  // nobody sleeps
  gate.clear();
  gate.expect(2);
  CHECK_FALSE(gate.arrived());
  CHECK(gate.arrived());
  CHECK_FALSE(gate.arrived());
  CHECK(gate.count() == 3);
}

TEST_CASE("spans in words") {
  CHECK(in_words(999ms) == "999 ms");
  CHECK(in_words(4999ms) == "4 s");
  CHECK(in_words(119s) == "119 s");
  CHECK(in_words(12 * 60s) == "12 min");
  CHECK(in_words(5 * 3600s) == "5 h");
  CHECK(in_words(72 * 3600s) == "3 days");
}

}  // namespace lamppost::broker
