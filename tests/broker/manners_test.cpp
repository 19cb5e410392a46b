// SPDX-License-Identifier: Apache-2.0
// Answers that no standard knows, and the products that give them.
#include "broker/road.h"

namespace lamppost {

TEST_CASE("F54: 200 with nothing in it: taken as stored, said once and counted") {
  Road road(Profile::kFogFlow);
  for (const char* local : {"a", "b", "c"}) road.put(local);
  road.deliver();
  road.put("d");
  REQUIRE(road.until_empty());
  CHECK(road.said("200 instead of 201 or 204 is taken as stored") == 1);
  CHECK(road.forwarder->state().odd_answers.at("200 instead of 201 or 204") == 2);
  CHECK(road.dead().empty());

  for (const auto* body : {"", "{created: urn:ngsi-ld:S:a,}"}) {
    Road silent;
    silent.to.answers = "status";
    silent.city.script({{200, body, {}}});
    silent.put("a");
    silent.deliver();
    CHECK(silent.lines.empty());
    CHECK(silent.city.requests().size() == 1);
    CHECK(silent.forwarder->state().odd_answers.empty());
  }
}

TEST_CASE("F21: what a broker says it has not found is read row by row, whatever the status") {
  // Deletes are not sent; an answer of their kind must not be taken for a missing route.
  Road road;
  road.gain_trust();
  road.city.script(
      {{404, R"({"errors":[)" + failed("a", problem("ResourceNotFound", 404)) + "]}", {}}});
  road.put("a");
  REQUIRE(road.until_empty());
  CHECK(road.dead().size() == 1);
  CHECK(road.forwarder->state().mode == "batch upsert");
}

TEST_CASE("every product that the fake broker plays gets the same readings through") {
  for (const auto profile :
       {Profile::kSpec, Profile::kOrionLd, Profile::kScorpio, Profile::kCassiopeia,
        Profile::kStellio, Profile::kFogFlow, Profile::kDiwise}) {
    Road road(profile);
    if (profile == Profile::kFogFlow) road.to.answers = "status";
    if (profile == Profile::kDiwise) road.to.modes = {"merge"};
    for (const char* local : {"a", "b", "c"}) road.put(local);
    road.deliver();
    road.put("c", 5);
    road.put("d", 5);
    REQUIRE(road.until_empty());
    CHECK(road.city.entities().size() == 4);
    CHECK(road.city.breaches().empty());
    CHECK(road.lines.empty());
  }
}

}  // namespace lamppost
