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

TEST_CASE("F33 F34 F35 F36 F38: access and configuration: paused, nothing dead, then it goes on") {
  const std::vector<Refusal> refusals = {
      {"F33", {401, "", {}}, "401 Unauthorized"},
      {"F34", {403, "<html>PEP</html>", {}}, "403 Forbidden"},
      {"F35", {404, problem("NonexistentTenant", 404), {}}, "does not know this tenant"},
      {"F36", {404, "<html>", {}}, "no NGSI-LD batch upsert at this URL"},
      {"F36", {405, "", {}}, "no NGSI-LD batch upsert at this URL"},
      {"F36", {501, "", {}}, "no NGSI-LD batch upsert at this URL"},
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

TEST_CASE("F38: redirects are followed twice, not for ever") {
  Road road;
  const Reply round{307, "", {{"Location", "/ngsi-ld/v1/entityOperations/upsert?options=update"}}};
  road.city.script({round, round, round});
  road.put("a");
  road.start();
  REQUIRE(road.until_said("redirected to"));
  CHECK(road.city.requests().size() == 3);
}

TEST_CASE("F39: when everything is refused, dead-lettering stops and what is left stays") {
  Road road;
  road.options.first_batch = 1;
  road.city.rule([](const SeenRequest&) { return Reply{400, problem("BadRequestData", 400), {}}; });
  for (int i = 0; i < 60; ++i) road.put(std::to_string(100 + i));
  road.start();
  REQUIRE(road.until_said("20 entities in a row refused, the last as BadRequestData"));
  CHECK(road.forwarder->state().state == "paused");
  CHECK(road.dead().size() == 20);
  CHECK(road.outbox.queued() == 40);

  road.city.rule(nullptr);
  REQUIRE(road.until_empty());
  CHECK(road.dead().size() == 20);
  CHECK(road.city.entities().size() == 40);
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
