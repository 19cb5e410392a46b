// SPDX-License-Identifier: Apache-2.0
// What a person must mend pauses the destination, says so clearly, and costs no row.
#include "broker/road.h"

namespace lamppost {
namespace {

struct Refusal {
  std::string what;
  Reply reply;
  std::string words;
};

}  // namespace

TEST_CASE("F33 F34 F35 F38: access and configuration: paused, nothing dead, then it goes on") {
  const std::vector<Refusal> refusals = {
      {"F33", {401, "", {}}, "401 Unauthorized"},
      {"F34", {403, "<html>PEP</html>", {}}, "403 Forbidden"},
      {"F35", {404, problem("NonexistentTenant", 404), {}}, "does not know this tenant"},
      {"F38", {301, "", {{"Location", "https://x.example/"}}}, "redirected to https://x.example/"},
      {"F38", {308, "", {{"Location", "http://127.0.0.1:1/"}}}, "redirected to"},
      {"F38", {307, "", {}}, "redirected to nowhere"},
      {"portal", {200, "<html>Welcome to the hotel", {}}, "this is no NGSI-LD broker"},
  };
  for (const auto& refusal : refusals) {
    CAPTURE(refusal.what);
    CAPTURE(refusal.words);
    Road road;
    road.city.script({refusal.reply, refusal.reply, refusal.reply});
    road.put("a");
    road.put("b");
    road.start();
    REQUIRE(road.until_said(refusal.words));
    CHECK(road.forwarder->state().state == "paused");
    CHECK(road.forwarder->state().reason.find(refusal.words) != std::string::npos);
    REQUIRE(road.until_empty());
    CHECK(road.dead().empty());
    CHECK(road.said(refusal.words) == 1);
    CHECK(road.said("nothing more is sent and every reading is kept") == 1);
    CHECK(road.said("back after") == 1);
    CHECK(road.city.requests().size() >= 4);
  }
}

TEST_CASE("F38: 308 to another path of the same broker is followed with verb and body") {
  Road road;
  const std::string path = "/v2/ngsi-ld/v1/entityOperations/upsert?options=update";
  road.city.script({{308, "", {{"Location", path}}}});
  road.put("a");
  road.deliver();
  const auto requests = road.city.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].target == path);
  CHECK(requests[1].method == "POST");
  CHECK(requests[1].body == requests[0].body);
  CHECK(road.lines.empty());
}

TEST_CASE("F38: 301 is not followed even at home, where it may mean GET, nor 308 to elsewhere") {
  const std::vector<std::pair<int, std::string>> cases = {
      {301, "/v2"}, {302, "/v2"}, {308, "http://127.0.0.1:1/v2"}};
  for (const auto& [status, location] : cases) {
    CAPTURE(status);
    Road road;
    road.city.script({{status, "", {{"Location", location}}}});
    road.put("a");
    road.start();
    REQUIRE(road.until_said("redirected to " + location + "; nothing more is sent"));
    CHECK(road.city.requests().size() == 1);
  }
}

TEST_CASE("F38: redirects are followed twice, not for ever") {
  Road road;
  const Reply round{307, "", {{"Location", "/ngsi-ld/v1/entityOperations/upsert?options=update"}}};
  road.city.script({round, round, round});
  road.put("a");
  road.start();
  REQUIRE(road.until_said("redirected to"));
  CHECK(road.city.requests().size() == 3);
}

TEST_CASE("F23: 413 makes smaller batches for good; what is too large alone is a dead letter") {
  FakeBroker::Options narrow;
  narrow.max_body = 20'000;
  Road road(narrow);
  for (int i = 0; i < 40; ++i) road.put(std::to_string(100 + i), 1, 1000);
  road.put("monster", 1, 30'000);
  road.deliver();
  CHECK(road.city.entities().size() == 40);
  REQUIRE(road.dead().size() == 1);
  CHECK(road.dead()[0].reason == "too_large");
  CHECK(road.dead()[0].status == 413);

  const auto before = road.forwarder->state().requests;
  const auto stored = road.city.requests().size();
  for (int i = 0; i < 40; ++i) road.put(std::to_string(100 + i), 2, 1000);
  REQUIRE(road.until_empty());
  // Every request of the second round was small enough to be read.
  CHECK(road.forwarder->state().requests - before == road.city.requests().size() - stored);
}

namespace {

// No request of a second life is refused for its size.
void check_limit_is_kept(Road& road, std::size_t padding) {
  CHECK(road.said("takes no larger bodies") >= 1);
  CHECK(road.forwarder->state().max_bytes > 0);
  CHECK(road.dead().empty());
  const auto read = road.city.requests().size();
  road.restart();
  for (int i = 0; i < 40; ++i) road.put(std::to_string(100 + i), 3, padding);
  REQUIRE(road.until_empty());
  CHECK(road.forwarder->state().requests == road.city.requests().size() - read);
}

}  // namespace

TEST_CASE("F22 F23: a limit behind a 400 or a 413 is learned and remembered over a restart") {
  for (const auto profile : {Profile::kSpec, Profile::kStellio, Profile::kOrionLd}) {
    FakeBroker::Options narrow;
    narrow.profile = profile;
    narrow.max_body = 80'000;
    Road road(narrow);
    for (int i = 0; i < 40; ++i) road.put(std::to_string(100 + i), 1, 4000);
    road.deliver();
    CHECK(road.city.entities().size() == 40);
    check_limit_is_kept(road, 4000);
  }
}

TEST_CASE("F23: 413 is a limit, whoever says it and in whatever words") {
  for (const std::string body :
       {"", "<html>nginx</html>", R"({"title":"Too large","status":413})"}) {
    CAPTURE(body);
    Road road;
    road.city.script({{413, body, {}}});
    for (int i = 0; i < 8; ++i) road.put(std::to_string(i), 1, 4000);
    road.deliver();
    CHECK(road.journeys() == Strings{"0 1 2 3 4 5 6 7", "0 1 2 3", "4 5 6 7"});
    CHECK(road.forwarder->state().max_bytes > 0);
  }
}

TEST_CASE("F22: another URL, tenant or limit in the configuration forgets what was learned") {
  Road road;
  road.city.script({{413, "", {}}});
  for (int i = 0; i < 40; ++i) road.put(std::to_string(100 + i), 1, 4000);
  road.deliver();
  REQUIRE(road.forwarder->state().max_bytes > 0);
  road.restart();
  CHECK(road.forwarder->state().max_bytes > 0);
  road.to.max_bytes += 1;
  road.restart();
  CHECK(road.forwarder->state().max_bytes == 0);
}

TEST_CASE("F24: two large uploads that break off are taken for a limit") {
  Road road;
  const Reply reset{204, "", {}, Manner::kResetWhileReading};
  road.city.script({reset, reset});
  for (int i = 0; i < 3; ++i) road.put(std::to_string(i), 1, 160'000);
  road.deliver();
  CHECK(road.forwarder->state().max_bytes > 300'000);
  CHECK(road.forwarder->state().max_bytes < 400'000);
  CHECK(road.city.entities().size() == 3);
  CHECK(road.dead().empty());

  Road small;
  small.city.script({reset, reset});
  for (int i = 0; i < 3; ++i) small.put(std::to_string(i), 1, 1000);
  small.deliver();
  CHECK(small.forwarder->state().max_bytes == 0);
}

TEST_CASE("an outage ends a bisection without losing a row") {
  Road road(Profile::kCassiopeia);
  road.city.refuse(urn("b"));
  int count = 0;
  road.city.rule([&count](const SeenRequest&) -> std::optional<Reply> {
    return ++count == 2 ? std::optional<Reply>(Reply{503, "", {}}) : std::nullopt;
  });
  for (const char* local : {"a", "b", "c", "d"}) road.put(local);
  road.deliver();
  CHECK(road.city.entities().size() == 3);
  CHECK(road.dead().size() == 1);
}

}  // namespace lamppost
