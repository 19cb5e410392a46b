// SPDX-License-Identifier: Apache-2.0
// What the broker answers to one batch, and what then becomes of its rows. The numbers are those of
// the conformance cases for a forwarder in docs.
#include "broker/road.h"

namespace lamppost {
namespace {

void put_abc(Road& road) {
  for (const char* local : {"a", "b", "c"}) road.put(local);
}

// c is refused, a and b are stored, nothing is sent twice.
void check_only_c_died(Road& road) {
  put_abc(road);
  road.deliver();
  CHECK(road.journeys() == Strings{"a b c"});
  REQUIRE(road.dead().size() == 1);
  CHECK(road.dead()[0].entity == urn("c"));
  CHECK(road.dead()[0].reason == "BadRequestData");
  CHECK(road.dead()[0].status == 400);
  CHECK(road.said("refused an entity") == 1);
}

}  // namespace

TEST_CASE("F01: all created: every row is gone after one request") {
  Road road;
  put_abc(road);
  road.deliver();
  CHECK(road.journeys() == Strings{"a b c"});
  CHECK(road.city.entities().size() == 3);
  CHECK(road.city.breaches().empty());
  CHECK(road.outbox.settles() == 1);
  CHECK(road.forwarder->state().state == "idle");
  CHECK(road.forwarder->state().last_success.has_value());
}

TEST_CASE("F02: a mixed batch answers only the created half: both halves are stored") {
  Road road;
  road.put("a", 1);
  road.deliver();
  road.put("b", 1);
  road.put("a", 2);
  REQUIRE(road.until_empty());
  CHECK(road.journeys() == Strings{"a", "a b"});
  CHECK(road.city.entities().at(urn("a"))["n"]["value"] == 2);
  CHECK(road.dead().empty());
  CHECK(road.forwarder->state().odd_answers.empty());
}

TEST_CASE("F03: ids repeated and in another order are no news") {
  Road road;
  road.city.script({{201, R"(["urn:ngsi-ld:S:c","urn:ngsi-ld:S:a","urn:ngsi-ld:S:c"])", {}}});
  put_abc(road);
  road.deliver();
  CHECK(road.lines.empty());
  CHECK(road.city.requests().size() == 1);
  CHECK(road.forwarder->state().odd_answers.empty());
}

TEST_CASE("F04: 201 that names nobody: each row once more, alone") {
  Road road;
  road.city.script({{201, "[]", {}}, {201, "[]", {}}});
  put_abc(road);
  road.deliver();
  CHECK(road.journeys() == Strings{"a b c", "a", "b", "c"});
  CHECK(road.dead().empty());
  CHECK(road.forwarder->state().odd_answers.at("201 that names no entity") == 2);
}

TEST_CASE("F05: 204 without Content-Length leaves the connection usable") {
  Road road;
  road.put("a");
  road.deliver();
  for (int i = 0; i < 3; ++i) {
    road.put("a", i);
    REQUIRE(road.until_empty());
  }
  for (const auto& request : road.city.requests()) CHECK(request.connection == 1);
}

TEST_CASE("F06: 207 without errors is success (Orion-LD)") {
  Road road(Profile::kOrionLd);
  road.put("a");
  road.deliver();
  put_abc(road);
  REQUIRE(road.until_empty());
  CHECK(road.journeys() == Strings{"a", "a b c"});
  // Nor does it matter what it lists.
  road.city.script({{207, multi_status({"a"}, ""), {}}});
  put_abc(road);
  REQUIRE(road.until_empty());
  CHECK(road.city.requests().size() == 3);
}

TEST_CASE("F07: 207 with one bad entity: the others are stored and never sent again") {
  Road road;
  road.city.refuse(urn("c"));
  check_only_c_died(road);
  CHECK(road.dead()[0].text.find("this entity is not welcome") != std::string::npos);
}

TEST_CASE("F08: the same in Scorpio's words") {
  Road road(Profile::kScorpio);
  road.city.refuse(urn("c"));
  check_only_c_died(road);
}

TEST_CASE("F09: the same in old Scorpio's words, a list at the top") {
  Road road;
  road.city.script(
      {{207,
        R"([{"success":[],"id":"urn:ngsi-ld:S:a"},{"success":[],"id":"urn:ngsi-ld:S:b"},)"
        R"({"failure":[{"type":"BadRequestData","detail":{"message":"m"},"errorCode":400}],)"
        R"("id":"urn:ngsi-ld:S:c"}])",
        {}}});
  check_only_c_died(road);
}

TEST_CASE("F10: 207 with nothing in it: each row once more, alone") {
  Road road;
  road.city.script({{207, "", {}}});
  put_abc(road);
  road.deliver();
  CHECK(road.journeys() == Strings{"a b c", "a", "b", "c"});
  CHECK(road.city.entities().size() == 3);
}

TEST_CASE("F11: an id in both lists has failed, unless it was only merged") {
  const std::string merged = R"({"title":"Duplicated Entity","status":400})";
  Road kind;
  kind.city.script({{207, multi_status({"a", "b"}, failed("b", merged)), {}}});
  kind.put("a");
  kind.put("b");
  kind.deliver();
  CHECK(kind.dead().empty());

  Road unkind;
  unkind.city.script(
      {{207, multi_status({"a", "b"}, failed("b", problem("BadRequestData", 400))), {}}});
  unkind.put("a");
  unkind.put("b");
  unkind.deliver();
  CHECK(unkind.dead().size() == 1);
}

TEST_CASE("F12: a context that the broker cannot load is waited for") {
  Road road;
  road.city.script(
      {{207, multi_status({"a"}, failed("b", problem("LdContextNotAvailable", 503))), {}}});
  road.options.rows.normal_base = road.options.rows.normal_cap = 1h;  // its own pace
  road.put("a");
  road.put("b");
  road.deliver();
  CHECK(road.journeys() == Strings{"a b", "b"});
  CHECK(road.dead().empty());

  Road whole;
  whole.options.back_off_base = whole.options.back_off_cap = 1h;
  whole.city.script({{503, problem("LdContextNotAvailable", 503), {}}});
  whole.put("a");
  whole.deliver();
  CHECK(whole.journeys() == Strings{"a", "a"});
}

TEST_CASE("F13: a deadlock behind a 400 is tried again, bad input behind a 400 is not") {
  Road road;
  road.city.script(
      {{207,
        multi_status({"a"}, failed("b", problem("InvalidRequest", 400, "40P01")) + "," +
                                failed("c", problem("InvalidRequest", 400, "22P02"))),
        {}}});
  put_abc(road);
  road.deliver();
  CHECK(road.journeys() == Strings{"a b c", "b"});
  REQUIRE(road.dead().size() == 1);
  CHECK(road.dead()[0].entity == urn("c"));
}

TEST_CASE("F14: an internal error of one row: only that row again") {
  Road road;
  road.city.script(
      {{207, multi_status({"a", "c"}, failed("b", problem("InternalError", 500))), {}}});
  put_abc(road);
  road.deliver();
  CHECK(road.journeys() == Strings{"a b c", "b"});
  CHECK(road.dead().empty());
}

TEST_CASE("F15: an error without a name: halved until the culprit is found") {
  Road road;
  road.city.rule([](const SeenRequest& request) -> std::optional<Reply> {
    if (carried(request).find('b') == std::string::npos) return std::nullopt;
    const std::string error =
        R"({"entityId":"No Entity::id","error":)" + problem("BadRequestData", 400) + "}";
    return Reply{207, multi_status({}, error), {}};
  });
  for (const char* local : {"a", "b", "c", "d"}) road.put(local);
  road.deliver();
  CHECK(road.journeys() == Strings{"a b c d", "a b", "a", "b", "c d"});
  REQUIRE(road.dead().size() == 1);
  CHECK(road.dead()[0].entity == urn("b"));
}

TEST_CASE("F16: a registered source that fails is tried three times more, then let go") {
  Road road;
  road.city.rule([](const SeenRequest&) {
    const std::string error =
        R"({"entityId":"urn:ngsi-ld:S:a","registrationId":"urn:r:1","error":)" +
        problem("GatewayTimeout", 504) + "}";
    return Reply{207, multi_status({}, error), {}};
  });
  road.put("a");
  road.deliver();
  CHECK(road.city.requests().size() == 4);
  CHECK(road.dead().empty());
  CHECK(road.said("a source that is registered there fails again and again") == 1);
  CHECK(road.forwarder->state().odd_answers.at("a registered source fails") == 1);
}

TEST_CASE("F17: an empty success list beside errors: the unnamed are asked again") {
  Road road;
  road.city.script({{207, multi_status({}, failed("b", problem("BadRequestData", 400))), {}}});
  put_abc(road);
  road.deliver();
  CHECK(road.journeys() == Strings{"a b c", "a", "c"});
  CHECK(road.dead().size() == 1);
  CHECK(road.city.entities().size() == 2);
}

TEST_CASE("F17: a broker that names only failures has stored the others (Cassiopeia)") {
  Road road;
  road.to.answers = "failures";
  road.city.script({{207, multi_status({}, failed("b", problem("BadRequestData", 400))), {}}});
  put_abc(road);
  road.deliver();
  CHECK(road.journeys() == Strings{"a b c"});
  CHECK(road.dead().size() == 1);
}

TEST_CASE("F18: one bad entity among 64 in a batch refused as a whole") {
  for (const int bad : {0, 31, 63}) {
    Road road(Profile::kCassiopeia);
    for (int i = 0; i < 64; ++i) road.put(std::to_string(100 + i), i);
    road.city.refuse(urn(std::to_string(100 + bad)));
    road.deliver();
    CHECK(road.city.requests().size() <= 1 + 2 * 6);
    CHECK(road.city.entities().size() == 63);
    REQUIRE(road.dead().size() == 1);
    CHECK(road.dead()[0].text.find("not welcome") != std::string::npos);
  }
}

TEST_CASE("F19: all failed: 400 with a list is read row by row, not halved") {
  Road road(Profile::kScorpio);
  road.gain_trust();
  for (const char* local : {"a", "b", "c"}) road.city.refuse(urn(local));
  put_abc(road);
  REQUIRE(road.until_empty());
  CHECK(road.city.requests().size() <= 1 + 3);  // together, or as they came
  CHECK(road.dead().size() == 3);
}

TEST_CASE("F20: a 503 made of 400s is a refusal") {
  Road road(Profile::kScorpio);
  road.gain_trust();
  road.city.refuse(urn("1503"));
  road.put("1503");
  REQUIRE(road.until_empty());
  CHECK(road.city.requests().size() == 2);
  REQUIRE(road.dead().size() == 1);
  CHECK(road.dead()[0].reason == "BadRequestData");
}

TEST_CASE("F37: a creation race is tried again at once") {
  Road road;
  road.options.rows.normal_base = road.options.rows.normal_cap = 1h;
  road.city.script({{207, multi_status({"a"}, failed("b", problem("AlreadyExists", 409))), {}},
                    {409, problem("AlreadyExists", 409), {}}});
  road.put("a");
  road.put("b");
  road.deliver();
  CHECK(road.journeys() == Strings{"a b", "b", "b"});
}

}  // namespace lamppost
