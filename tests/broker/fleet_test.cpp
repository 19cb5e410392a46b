// SPDX-License-Identifier: Apache-2.0
// Several destinations of one gateway, and many gateways of one city.
#include <algorithm>
#include <mutex>

#include "broker/back_off.h"
#include "broker/ladder.h"
#include "broker/pace.h"
#include "broker/road.h"

namespace lamppost {
namespace {

using Steady = std::chrono::steady_clock;

// Notes when each request came.
struct Arrivals {
  std::mutex mutex;
  std::vector<Steady::time_point> times;
  FakeBroker::Rule rule() {
    return [this](const SeenRequest&) -> std::optional<Reply> {
      const std::lock_guard lock(mutex);
      times.push_back(Steady::now());
      return std::nullopt;
    };
  }
  Steady::duration between(std::size_t first, std::size_t second) {
    const std::lock_guard lock(mutex);
    return times.at(second) - times.at(first);
  }
};

}  // namespace

TEST_CASE("a destination that hangs, and one that refuses connections, delay nobody else") {
  Road road;
  road.to.linger = 20ms;
  FakeBroker region;
  region.rule([](const SeenRequest&) { return Reply{204, "", {}, Manner::kSilence}; });
  std::optional<FakeBroker> gone(std::in_place);
  const auto lost_to = destination("lost", gone->url());
  gone.reset();
  auto region_to = destination("region", region.url());
  region_to.timeout = 60s;
  broker::Forwarder hanging(road.io, region_to, road.outbox, road.clock, road.log, impatient());
  broker::Forwarder lost(road.io, lost_to, road.outbox, road.clock, road.log, impatient());
  hanging.start();
  lost.start();
  road.start();
  Steady::duration longest{0};
  for (int i = 0; i < 20; ++i) {
    for (const char* name : {"region", "lost", "city"})
      road.outbox.put(name, urn("a"), payload("a", i));
    const auto begin = Steady::now();
    REQUIRE(road.until([&] {
      return road.outbox.totals().destinations["city"].delivered == static_cast<unsigned>(i) + 1;
    }));
    longest = std::max(longest, Steady::now() - begin);
  }
  // Its linger, and room for a busy machine; the others' next tries are seconds away.
  CHECK(longest < 20ms + 2s);
  CHECK(region.requests().size() == 1);
  const auto totals = road.outbox.totals();
  CHECK(totals.destinations.at("region").queued == 20);
  CHECK(totals.destinations.at("lost").queued == 20);
}

TEST_CASE("F46: a new tenant gets one entity, then nothing until it has had time to be made") {
  Road road;
  Arrivals arrivals;
  road.to.tenant = "antwerp";
  road.options.first_batch = 1;
  road.options.first_contact = 60ms;
  road.city.rule(arrivals.rule());
  for (int i = 0; i < 5; ++i) road.put(std::to_string(i));
  road.deliver();
  CHECK(road.journeys() == Strings{"0", "1 2 3 4"});
  CHECK(arrivals.between(0, 1) >= 60ms);
  CHECK(broker::Options{}.first_batch == 1);

  // Known over a restart; the next request follows at once.
  road.options.first_contact = std::chrono::hours(1);
  road.restart();
  for (int i = 0; i < 5; ++i) road.put(std::to_string(i));
  CHECK(road.until_empty());
}

TEST_CASE("F50: no more requests and entities a second than allowed, also while halving") {
  Road road(Profile::kCassiopeia);
  Arrivals arrivals;
  road.to.max_requests_per_second = 50;
  road.city.rule(arrivals.rule());
  road.city.refuse(urn("0"));
  for (int i = 0; i < 8; ++i) road.put(std::to_string(i));
  road.deliver();
  const auto sent = road.city.requests().size();
  REQUIRE(sent >= 7);
  CHECK(arrivals.between(0, sent - 1) >= 20ms * (sent - 2));

  Road few;
  few.to.max_entities_per_second = 1000;
  Arrivals entities;
  few.city.rule(entities.rule());
  for (int i = 0; i < 110; ++i) few.put(std::to_string(100 + i));
  few.deliver();
  CHECK(few.city.requests().size() == 2);
  CHECK(entities.between(0, 1) >= 90ms);

  // No burst either: not more in one request than in a second.
  Road calm;
  calm.to.max_entities_per_second = 50;
  for (int i = 0; i < 55; ++i) calm.put(std::to_string(100 + i));
  calm.start();
  REQUIRE(calm.until_requests(1));
  CHECK(Json::parse(calm.city.requests().at(0).body).size() == 50);
}

TEST_CASE("F50: a hundred gateways that come back spread, and keep to their rates") {
  constexpr int kGateways = 100;
  std::vector<int> starts(10);
  std::vector<double> leaves;
  for (int i = 0; i < kGateways; ++i) {
    broker::BackOff back_off(1s, 300s);
    const auto start = back_off.up_to(10s);
    REQUIRE(start <= 10s);
    ++starts[static_cast<std::size_t>(std::min<std::int64_t>(9, start.count() / 1000))];
    broker::Pace pace(2, 0);
    const auto zero = Steady::time_point{} + 1h;
    for (int request = 0; request < 40; ++request)
      leaves.push_back(
          std::chrono::duration<double>(pace.reserve(20, zero + start) - zero).count());
  }
  for (const int in_a_second : starts) CHECK(in_a_second < 35);
  for (int second = 0; second < 30; ++second) {
    const auto count = std::count_if(leaves.begin(), leaves.end(), [second](double at) {
      return at >= second && at < second + 1;
    });
    CHECK(count <= 2 * kGateways);
  }
}

TEST_CASE("F50: after an outage a gateway waits for its turn before it empties its queue") {
  for (const auto outage : {2h, 0h}) {
    Road road;
    road.to.resume_spread = 1h;
    road.options.first_batch = 1;
    road.options.back_off_base = road.options.back_off_cap = 20ms;
    road.city.script({{503, "", {}}});
    for (int i = 0; i < 3; ++i) road.put(std::to_string(i));
    road.start();
    REQUIRE(road.until_said("keeping readings"));
    road.clock.ahead = outage;
    REQUIRE(road.until_said("back after"));
    // A random part of an hour: hardly ever less than this.
    const bool waits = outage > 0h;
    CHECK(road.until([&] { return road.outbox.queued() == 0; }, waits ? 60ms : 10s) != waits);
    CHECK(road.journeys().size() == (waits ? 2 : 3));
  }
}

TEST_CASE("the best way of writing is tried again after ever longer times, at last once a day") {
  using ngsi_ld::WriteMode;
  broker::Ladder ladder({"update", "append"}, {60s, 24h});
  CHECK(ladder.fall());
  CHECK(ladder.works(0s));
  std::chrono::milliseconds now{0}, last{0};
  std::vector<std::int64_t> waits;
  while (waits.size() < 8) {
    now += 10s;
    ladder.look_up(now);
    if (ladder.mode() == WriteMode::kAppend) continue;
    waits.push_back((now - last).count() / 1000);
    last = now;
    CHECK(ladder.fall());
    CHECK_FALSE(ladder.works(now));  // no news
  }
  CHECK(waits == std::vector<std::int64_t>{60, 240, 960, 3840, 15360, 61440, 86400, 86400});
  CHECK_FALSE(ladder.fall());
  CHECK(ladder.mode() == WriteMode::kUpdate);
}

TEST_CASE("F47: a late reading goes to the history and leaves the state alone") {
  Road road(Profile::kStellio);
  road.to.temporal = true;
  road.put("a", 2);
  road.deliver();
  road.outbox.put_late("city", urn("a"), payload("a", 1));
  road.put("b", 1);
  REQUIRE(road.until_empty());
  CHECK(road.city.entities().at(urn("a"))["n"]["value"] == 2);
  REQUIRE(road.city.late().size() == 1);
  CHECK(road.city.late()[0]["n"][0]["value"] == 1);
  CHECK(road.city.breaches().empty());
}

TEST_CASE("F48: no history: late readings become dead letters, the state path is unaffected") {
  for (const auto profile : {Profile::kOrionLd, Profile::kCassiopeia}) {
    Road road(profile);
    road.to.temporal = true;
    for (int i = 0; i < 3; ++i) road.outbox.put_late("city", urn("a"), payload("a", i));
    road.put("b", 1);
    road.deliver();
    CHECK(road.dead().size() == 3);
    CHECK(road.dead()[0].reason == "no_history");
    CHECK(road.city.entities().size() == 1);
    CHECK(road.said("no history to write to; late readings become dead letters") == 1);
    CHECK(road.forwarder->state().history_refused);
    CHECK_FALSE(road.forwarder->state().fallen_back);
    CHECK(road.city.requests().size() == 2);  // asked once
  }
}

TEST_CASE("F47: where the profile has no history, a late reading is kept as a dead letter") {
  Road road;
  road.outbox.put_late("city", urn("a"), payload("a", 1));
  road.deliver();
  REQUIRE(road.dead().size() == 1);
  CHECK(road.dead()[0].reason == "no_history");
  CHECK(road.city.requests().empty());
}

}  // namespace lamppost
