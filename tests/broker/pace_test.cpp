// SPDX-License-Identifier: Apache-2.0
// What a request looks like, when it leaves, and how a forwarder stops.
#include <thread>

#include "broker/road.h"

namespace lamppost {

TEST_CASE("F40: the request is what every broker takes, to the letter") {
  Road road;
  road.to.url = road.city.url() + "/base/";
  road.to.tenant = "antwerp";
  road.to.auth = fixed_header("X-Auth-Token", "secret token");
  road.put("b", 2);
  road.put("a", 1);
  road.deliver();
  CHECK(road.city.breaches().empty());
  const auto request = road.city.requests().at(0);
  CHECK(request.method == "POST");
  CHECK(request.target == "/base/ngsi-ld/v1/entityOperations/upsert?options=update");
  CHECK(request.body == "[" + payload("a", 1) + "," + payload("b", 2) + "]");
  const std::string link =
      "<https://city.example/context.jsonld>; rel=\"http://www.w3.org/ns/json-ld#context\"; "
      "type=\"application/ld+json\"";
  const std::vector<std::pair<std::string, std::string>> headers = {
      {"Host", "127.0.0.1:" + std::to_string(road.city.port())},
      {"User-Agent", "lamppost/" LAMPPOST_VERSION},
      {"Accept", "application/json"},
      {"NGSILD-Tenant", "antwerp"},
      {"X-Auth-Token", "secret token"},
      {"Link", link},
      {"Content-Type", "application/json"},
      {"Content-Length", std::to_string(request.body.size())},
  };
  CHECK(request.headers == headers);
}

TEST_CASE("F40: the tenant travels in the one header that the configuration names") {
  Road road;
  road.to.tenant = "antwerp";
  road.to.tenant_header = "Fiware-Service";
  road.put("a");
  road.deliver();
  CHECK(road.city.breaches().empty());
  CHECK(road.city.requests().at(0).header("Fiware-Service") == "antwerp");
  CHECK(road.city.requests().at(0).all("NGSILD-Tenant").empty());
}

TEST_CASE("F40: without tenant, context and credentials there are no such headers") {
  Road road;
  road.to.context.clear();
  road.put("a");
  road.deliver();
  CHECK(road.city.breaches().empty());
  for (const char* name : {"Link", "NGSILD-Tenant", "Authorization"})
    CHECK(road.city.requests().at(0).all(name).empty());
}

TEST_CASE("the first request carries one entity, then it grows quickly") {
  Road road;
  road.options.first_batch = 1;
  for (int i = 0; i < 150; ++i) road.put(std::to_string(100 + i));
  road.deliver();
  std::vector<std::size_t> sizes;
  for (const auto& request : road.city.requests())
    sizes.push_back(Json::parse(request.body).size());
  CHECK(sizes == std::vector<std::size_t>{1, 5, 21, 85, 38});
}

TEST_CASE("a few rows go at once, one by one; when more come, they gather until a batch is full") {
  Road road;
  road.to.linger = std::chrono::hours(1);
  road.to.max_entities = 10;
  road.start();
  for (int i = 0; i < 5; ++i) {
    road.put("early-" + std::to_string(i));
    REQUIRE(road.until_empty());
  }
  CHECK(road.city.requests().size() == 5);
  for (int i = 0; i < 9; ++i) road.put(std::to_string(i));
  CHECK_FALSE(road.until([&] { return road.city.requests().size() > 5; }, 60ms));
  road.put("last");
  REQUIRE(road.until_empty());
  CHECK(road.city.requests().size() == 6);
}

TEST_CASE("rows that linger leave when the time is up, full or not") {
  Road road;
  road.to.linger = 300ms;
  for (const char* early : {"a", "b", "c", "d", "e"}) road.put(early);
  road.deliver();
  const auto begin = std::chrono::steady_clock::now();
  road.put("f");
  CHECK_FALSE(road.until([&] { return road.city.requests().size() > 1; }, 60ms));
  road.put("g");
  REQUIRE(road.until_empty());
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
  CHECK(road.journeys() == Strings{"a b c d e", "f g"});
}

TEST_CASE("rows of an earlier life are sent without anybody's wake") {
  Road road;
  road.put("a");
  road.start();
  CHECK(road.until_empty());
}

TEST_CASE("wakes from many threads while rows come: nothing is forgotten") {
  Road road;
  road.start();
  std::vector<std::thread> sources;
  for (int t = 0; t < 4; ++t)
    sources.emplace_back([&road, t] {
      for (int i = 0; i < 50; ++i) road.put(std::to_string(t), i);
    });
  CHECK(road.until([&] { return road.outbox.totals().destinations["city"].delivered == 200; }));
  for (auto& source : sources) source.join();
  CHECK(road.city.history().size() == 200);
}

TEST_CASE("stop() lets the answer in flight come home") {
  Road road;
  road.put("a");
  road.start();
  REQUIRE(road.until_requests(1));
  road.forwarder->stop(5s);
  CHECK(road.until([&] { return road.forwarder->stopped(); }));
  CHECK(road.outbox.queued() == 0);
}

TEST_CASE("stop() cuts a request that outlives the deadline; its row stays") {
  Road road;
  road.city.script({{204, "", {}, Manner::kSilence}});
  road.put("a");
  road.start();
  REQUIRE(road.until_requests(1));
  CHECK_FALSE(road.forwarder->stopped());
  road.forwarder->stop(20ms);
  CHECK(road.until([&] { return road.forwarder->stopped(); }, 2s));
  REQUIRE(road.outbox.queued() == 1);
  CHECK(road.outbox.next_batch("city", {}).rows.size() == 1);  // not left in flight
  CHECK(road.lines.empty());
}

TEST_CASE("stop() ends a long wait at once") {
  Road road;
  road.options.back_off_base = std::chrono::hours(1);
  road.options.back_off_cap = std::chrono::hours(1);
  road.city.script({{503, "", {}}});
  road.put("a");
  road.start();
  REQUIRE(road.until_said("keeping readings"));
  road.forwarder->stop(5s);
  CHECK(road.until([&] { return road.forwarder->stopped(); }, 2s));
}

TEST_CASE("a forwarder that is destroyed in the middle of a request touches nothing afterwards") {
  Road road;
  road.city.script({{204, "", {}, Manner::kSilence}});
  road.put("a");
  road.start();
  REQUIRE(road.until_requests(1));
  road.outbox.on_append(nullptr);
  road.forwarder.reset();
  road.io.run_for(20ms);
  CHECK(road.outbox.settles() == 0);
  CHECK(road.outbox.queued() == 1);
}

TEST_CASE("state counts requests and sorts their durations") {
  Road road;
  road.put("a");
  road.put("b");
  road.deliver();
  const auto state = road.forwarder->state();
  CHECK(state.requests == 1);
  CHECK(state.entities_sent == 2);
  REQUIRE(state.request_seconds_buckets.size() == std::size(broker::kRequestSecondsBounds) + 1);
  CHECK(state.request_seconds_buckets.back() == 1);
  CHECK(state.request_seconds_sum > 0);
}

TEST_CASE("what cannot stand in a request is refused at start-up") {
  RealClock clock;
  MemoryOutbox outbox(clock);
  const Log log([](LogLevel, std::string_view) {});
  boost::asio::io_context io;
  const auto make = [&](const config::Broker& to) {
    broker::Forwarder(io, to, outbox, clock, log);
  };
  auto to = destination("city", "http://127.0.0.1");
  CHECK_NOTHROW(make(to));
  to.url = "ftp://x";
  CHECK_THROWS_AS(make(to), ConfigError);
  to = destination("city", "http://127.0.0.1");
  to.tenant = "a\r\nX-Evil: 1";
  CHECK_THROWS_AS(make(to), ConfigError);
  to.tenant = "a";
  to.tenant_header = "X: 1\r\nY";
  CHECK_THROWS_AS(make(to), ConfigError);
  to = destination("city", "http://127.0.0.1");
  to.auth = fixed_header("Authorization", "Bearer x\n");
  CHECK_THROWS_AS(make(to), ConfigError);
  to = destination("city", "https://127.0.0.1");
  to.tls.ca_file = "/does/not/exist.pem";
  CHECK_THROWS_AS(make(to), ConfigError);
}

}  // namespace lamppost
