// SPDX-License-Identifier: Apache-2.0
// A broker that lacks the best way of writing is served in another, and looked at again.
#include "broker/road.h"

namespace lamppost {
namespace {

FakeBroker::Rule batch_gets(Reply reply) {
  return [reply](const SeenRequest& request) {
    return is_batch(request) ? std::optional(reply) : std::nullopt;
  };
}

int batches(const Road& road) {
  int count = 0;
  for (const auto& request : road.city.requests()) count += is_batch(request) ? 1 : 0;
  return count;
}

const Reply kWrongStatement{
    500, R"x({"type":"InternalError","title":"missing FROM-clause entry for table (42P01)"})x", {}};

}  // namespace

TEST_CASE("F36: no batch route: the same rows one by one, remembered, said once") {
  for (const Reply& reply : {Reply{404, "<html>", {}}, Reply{405, "", {}}, Reply{501, "", {}}}) {
    CAPTURE(reply.status);
    Road road;
    road.city.rule(batch_gets(reply));
    road.put("a", 1);
    road.put("b", 1);
    road.deliver();
    CHECK(road.errands() == Strings{"POST entityOperations/upsert?options=update", "POST a/attrs",
                                    "POST entities", "POST b/attrs", "POST entities"});
    CHECK(road.city.entities().size() == 2);
    CHECK(road.said("writes by POST /entities/{id}/attrs from now on") == 1);
    CHECK(road.said("writes by") == 1);
    CHECK(road.forwarder->state().mode == "POST /entities/{id}/attrs");
    CHECK(road.forwarder->state().fallen_back);
    road.put("a", 2);
    REQUIRE(road.until_empty());
    road.restart();
    road.put("b", 2);
    REQUIRE(road.until_empty());
    CHECK(batches(road) == 1);
    CHECK(road.city.entities().at(urn("a"))["n"]["value"] == 2);
    CHECK(road.city.breaches().empty());
    CHECK(road.dead().empty());
  }
}

TEST_CASE("F36: no way of writing at all: paused, nothing dead, then it goes on") {
  Road road;
  road.city.rule([](const SeenRequest&) { return Reply{404, "<html>default backend", {}}; });
  road.put("a");
  road.start();
  REQUIRE(road.until_said("no such NGSI-LD operation at this URL"));
  CHECK(road.forwarder->state().state == "paused");
  CHECK(road.city.requests().size() >= 3);
  road.city.rule(nullptr);
  REQUIRE(road.until_empty());
  CHECK(road.dead().empty());
  CHECK(road.forwarder->state().mode == "batch upsert");
}

TEST_CASE("F32: a broken statement behind every update: the next way, and back after the repair") {
  Road road(Profile::kScorpio);
  road.options.modes = {20ms, 40ms};
  road.city.rule(batch_gets(kWrongStatement));
  road.put("a", 1);
  road.deliver();
  CHECK(road.said("writes by POST /entities/{id}/attrs from now on (500") == 1);
  road.city.rule(nullptr);
  REQUIRE(road.until([&, number = 2]() mutable {
    if (road.outbox.queued() == 0) road.put("a", ++number);
    return road.said("writes by batch upsert again") == 1;
  }));
  CHECK_FALSE(road.forwarder->state().fallen_back);
  CHECK(road.dead().empty());
}

TEST_CASE("F32: the same statement reported row by row") {
  Road road;
  road.city.rule(batch_gets(
      {207, multi_status({}, failed("a", problem("InvalidRequest", 400, "42P01"))), {}}));
  road.put("a");
  road.deliver();
  CHECK(road.forwarder->state().fallen_back);
  CHECK(road.city.entities().size() == 1);
}

TEST_CASE("a plain 500 is trouble, not a reason for another way") {
  Road road;
  road.city.script({{500, "", {}}, {500, "", {}}, {500, "", {}}});
  road.put("a");
  road.deliver();
  CHECK(batches(road) == 4);
  CHECK(road.city.requests().size() == 4);
}

TEST_CASE("F53: a broker that only merges single entities (diwise)") {
  Road road(Profile::kDiwise);
  road.to.modes = {"merge"};
  road.put("a", 1);
  road.deliver();
  road.put("a", 2);
  REQUIRE(road.until_empty());
  CHECK(road.errands() == Strings{"PATCH a", "POST entities", "PATCH a"});
  CHECK(road.city.entities().at(urn("a"))["n"]["value"] == 2);
  CHECK(road.city.breaches().empty());
}

TEST_CASE("F53: created by another meanwhile: 404, 409, then the change") {
  Road road(Profile::kDiwise);
  road.to.modes = {"merge"};
  road.city.script({{404, problem("ResourceNotFound", 404), {}},
                    {409, problem("AlreadyExists", 409), {}},
                    {204, "", {}}});
  road.put("a");
  road.deliver();
  CHECK(road.errands() == Strings{"PATCH a", "POST entities", "PATCH a"});
  CHECK(road.lines.empty());
}

TEST_CASE("F53: 404 for what is there is a denial: paused, nothing dead") {
  Road road(Profile::kDiwise);
  road.to.modes = {"merge"};
  const Reply hidden{404, problem("ResourceNotFound", 404), {}};
  road.city.script({hidden, {409, problem("AlreadyExists", 409), {}}, hidden});
  road.put("a");
  road.start();
  REQUIRE(road.until_said("no right to change it"));
  CHECK(road.forwarder->state().state == "paused");
  REQUIRE(road.until_empty());
  CHECK(road.dead().empty());
}

TEST_CASE("one entity at a time: a refused one dies alone, in its lane's order") {
  Road road(Profile::kDiwise);
  road.to.modes = {"merge"};
  road.city.refuse(urn("b"));
  for (int i = 0; i < 3; ++i)
    for (const char* local : {"a", "b", "c"}) road.put(local, i);
  road.deliver();
  CHECK(road.dead().size() == 3);
  std::map<std::string, int> last;
  for (const auto& entity : road.city.history()) {
    const int value = entity["n"]["value"];
    CHECK(value == last[entity["id"]]);
    last[entity["id"]] = value + 1;
  }
  CHECK(last.size() == 2);
}

}  // namespace lamppost
