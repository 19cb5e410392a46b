// SPDX-License-Identifier: Apache-2.0
// Readings without a time of their own, on a gateway whose clock nobody has set yet.
#include <doctest/doctest.h>

#include "gateway.h"
#include "ingest/retry.h"

using namespace lamppost;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::chrono::years kBehind{50};

// Booted in the past, with no time server yet.
struct Unset : Gateway {
  explicit Unset(const std::string& text = kConfig) : Gateway(text) {
    shelf.clock.step_wall(-kBehind);
    shelf.clock.trust(false);
  }
  void set_clock() {
    shelf.clock.step_wall(kBehind);
    shelf.clock.trust(true);
  }
  outbox::Ledger waiting() const {
    return shelf.outbox->totals().destinations[ingest::kClockDestination];
  }
  std::vector<std::string> times() const {
    std::vector<std::string> times;
    for (const auto& row : shelf.outbox->list(100))
      if (row.destination == "city")
        times.push_back(Json::parse(row.payload)["pm25"]["observedAt"]);
    return times;
  }
};

}  // namespace

TEST_CASE("clock: a reading without a time waits and gets the time it came in") {
  Unset gateway;
  CHECK(gateway.accept("air/s1/state", R"({"p": 1})").disposition == Disposition::kStored);
  gateway.shelf.clock.advance(seconds(40));
  CHECK(gateway.accept("air/s1/state", R"({"p": 2})").disposition == Disposition::kStored);
  gateway.shelf.clock.advance(seconds(20));
  gateway.ingest->release_waiting();
  CHECK(gateway.times().empty());
  CHECK(gateway.waiting().queued == 2);

  gateway.set_clock();
  gateway.ingest->release_waiting();
  CHECK(gateway.times() ==
        std::vector<std::string>{"2026-03-01T12:00:00.000Z", "2026-03-01T12:00:40.000Z"});
  CHECK(gateway.waiting().queued == 0);
  CHECK(gateway.waiting().delivered == 2);
  CHECK(gateway.waiting().balanced());
  CHECK(gateway.source().stored == 2);
  CHECK(gateway.source().balanced());
}

TEST_CASE("clock: a reading with a time of its own does not wait") {
  Unset gateway;
  gateway.accept("air/s1/state", R"({"p": 1, "ts": "2026-03-01T11:59:00Z"})");
  CHECK(gateway.times() == std::vector<std::string>{"2026-03-01T11:59:00.000Z"});
  CHECK(gateway.waiting().stored == 0);
}

TEST_CASE("clock: a restart of the daemon in between changes nothing, bytes that are no text too") {
  Unset gateway;
  gateway.ingest->accept({"site", "air/s1/state", "\xBF\xFF", "application/cbor", "", {}});
  gateway.accept("air/s1/state", R"({"p": 3})");
  gateway.shelf.clock.advance(seconds(5));
  gateway.shelf.reopen();
  gateway.ingest = gateway.restarted("first");
  gateway.set_clock();
  gateway.ingest->release_waiting();
  CHECK(gateway.times() == std::vector<std::string>{"2026-03-01T12:00:00.000Z"});
}

TEST_CASE("clock: what came in before another boot becomes a dead letter that says why") {
  Unset gateway;
  bool plausible = false;
  SUBCASE("its clock had never been set") {}
  SUBCASE("its clock showed the time of the last shutdown") { plausible = true; }
  if (plausible) gateway.shelf.clock.step_wall(kBehind);
  gateway.accept("air/s1/state", R"({"p": 1})");
  if (plausible) gateway.shelf.clock.step_wall(-kBehind);
  gateway.ingest = gateway.restarted("second");
  gateway.set_clock();
  gateway.ingest->release_waiting();
  const auto dead = gateway.shelf.outbox->dead(10);
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].reason == "no_time");
  CHECK(dead[0].text.find("before the gateway was booted anew") != std::string::npos);
  CHECK(dead[0].reading == R"({"p": 1})");
  CHECK(gateway.waiting().queued == 0);

  const bool offers_retry = dead[0].text.find("dead retry") != std::string::npos;
  CHECK(offers_retry == plausible);
  const auto retried = ingest::retry_dead(*gateway.shelf.outbox, *gateway.ingest, {});
  REQUIRE(retried.size() == 1);
  if (plausible) {
    CHECK(retried[0].fault == "");
    CHECK(gateway.times() == std::vector<std::string>{"2026-03-01T12:00:00.000Z"});
  } else {
    CHECK(retried[0].fault.starts_with("nobody knows when it came in: the clock showed 1976-"));
    CHECK(gateway.times().empty());
    CHECK(gateway.shelf.outbox->dead(10).size() == 1);
  }
}

TEST_CASE("clock: after max_wait a clock that can be right is taken as it is, another one is not") {
  Unset gateway;
  SUBCASE("it was never set") { gateway.shelf.clock.step_wall(milliseconds(0)); }
  SUBCASE("a battery keeps it") { gateway.shelf.clock.step_wall(kBehind); }
  const bool plausible = gateway.shelf.clock.now() > kFirstPlausible;
  gateway.accept("air/s1/state", R"({"p": 1})");
  gateway.shelf.clock.advance(hours(23));
  gateway.ingest->release_waiting();
  CHECK(gateway.waiting().queued == 1);
  gateway.shelf.clock.advance(hours(2));
  gateway.ingest->release_waiting();
  CHECK(gateway.waiting().queued == 0);
  CHECK(gateway.times().size() == (plausible ? 1 : 0));
  CHECK(gateway.shelf.outbox->dead(10).size() == (plausible ? 0 : 1));
}

TEST_CASE("clock: trust = \"always\" waits for nobody") {
  Unset gateway(std::string(kConfig) + "[clock]\ntrust = \"always\"\n");
  gateway.shelf.clock.step_wall(kBehind);
  gateway.accept("air/s1/state", R"({"p": 1})");
  CHECK(gateway.times().size() == 1);
}

TEST_CASE(
    "clock: a full outbox refuses what would wait, and what waits stays until there is room") {
  outbox::Options small;
  small.max_bytes = 64 << 10;
  Gateway gateway(kConfig, small);
  gateway.shelf.clock.trust(false);
  Outcome last;
  int stored = 0;
  for (; stored < 1000; ++stored) {
    last = gateway.accept("air/s" + std::to_string(stored) + "/state", R"({"p": 1})");
    if (last.disposition != Disposition::kStored) break;
  }
  CHECK(last.disposition == Disposition::kRefused);
  gateway.shelf.clock.trust(true);
  gateway.ingest->release_waiting();
  const auto totals = gateway.shelf.outbox->totals();
  const auto waiting = totals.destinations.at(ingest::kClockDestination);
  CHECK(waiting.balanced());
  CHECK(waiting.delivered + waiting.queued == static_cast<std::uint64_t>(stored));
  CHECK(gateway.city().stored == waiting.delivered);
}
