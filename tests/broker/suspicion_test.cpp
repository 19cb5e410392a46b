// SPDX-License-Identifier: Apache-2.0
// Refusals that are not the rows' own fault cost no row.
#include "broker/suspicion.h"

#include <algorithm>

#include "broker/road.h"

namespace lamppost {
namespace {

using broker::Suspicion;

// Every entity whose id begins with "bad" is refused.
std::optional<Reply> refuse_bad(const SeenRequest& request) {
  std::string errors;
  std::vector<std::string> stored;
  for (const auto& entity : Json::parse(request.body)) {
    const auto local = entity["id"].get<std::string>().substr(urn("").size());
    if (!local.starts_with("bad"))
      stored.push_back(local);
    else
      errors += (errors.empty() ? "" : ",") + failed(local, problem("BadRequestData", 400));
  }
  if (errors.empty()) return std::nullopt;
  return Reply{207, multi_status(stored, errors), {}};
}

void put_mixed(Road& road, int good, int bad) {
  for (int i = 0; i < good; ++i) road.put("good" + std::to_string(100 + i), i);
  for (int i = 0; i < bad; ++i) road.put("bad" + std::to_string(100 + i), i);
}

}  // namespace

TEST_CASE("F39: when everything is refused nothing dies, and all of it arrives after the repair") {
  for (const std::size_t first : {1U, 1000U}) {
    Road road;
    road.options.first_batch = first;
    road.options.rows.normal_base = road.options.rows.normal_cap = 300ms;
    road.city.rule([](const SeenRequest&) {
      return Reply{400, problem("BadRequestData", 400), {}};
    });
    for (int i = 0; i < 60; ++i) road.put(std::to_string(100 + i));
    road.start();
    REQUIRE(road.until_said(
        "20 entities refused and none stored in between, the last as BadRequestData: t"));
    CHECK(road.forwarder->state().state == "paused");
    CHECK(road.dead().empty());
    CHECK(road.outbox.queued() == 60);
    road.city.rule(nullptr);
    REQUIRE(road.until_empty());
    CHECK(road.dead().empty());
    CHECK(road.city.entities().size() == 60);
  }
}

TEST_CASE("F39: one good row behind twenty bad ones is found") {
  Road road;
  road.options.first_batch = 1;
  road.options.rows.normal_base = road.options.rows.normal_cap = 1h;
  road.city.rule(refuse_bad);
  put_mixed(road, 0, 25);
  road.put("good");
  road.start();
  REQUIRE(road.until([&] { return road.outbox.totals().destinations["city"].delivered == 1; }));
  // Not one by one any more: it might have been the thousandth.
  const auto sent = road.journeys();
  CHECK(std::find(sent.begin(), sent.end(), "bad120 bad121 bad122 bad123 bad124 good") !=
        sent.end());
}

TEST_CASE("F39: a kind of refusal that becomes common is suspected, and those who died come back") {
  Road road;
  road.city.rule(refuse_bad);
  put_mixed(road, 80, 15);
  road.start();
  REQUIRE(road.until_said("more than 5 % of the entities are refused as BadRequestData: t"));
  CHECK(road.dead().size() == 10);
  CHECK(road.outbox.queued() == 5);
  CHECK(road.until(
      [&] { return road.forwarder->state().reason.find("more than 5 %") != std::string::npos; }));
  road.put("good", 7);  // others flow
  REQUIRE(road.until([&] { return road.outbox.totals().destinations["city"].delivered == 81; }));

  road.city.rule(nullptr);
  REQUIRE(road.until_empty());
  CHECK(road.said("10 dead letters are sent again") == 1);
  CHECK(road.dead().empty());
  CHECK(road.outbox.totals().destinations["city"].delivered == 96);
  CHECK(road.forwarder->state().reason.empty());
}

TEST_CASE("F39: mended by another configuration: those who died come back after the restart") {
  Road road;
  road.city.rule(refuse_bad);
  put_mixed(road, 80, 15);
  road.start();
  REQUIRE(road.until_said("more than 5 %"));
  road.forwarder->stop(5s);
  REQUIRE(road.until([&] { return road.forwarder->stopped(); }));
  road.city.rule(nullptr);
  road.restart();
  REQUIRE(road.until_empty());
  CHECK(road.dead().empty());
  CHECK(road.city.entities().size() == 15);
}

TEST_CASE("a row dies only within ten minutes of one that was stored") {
  Suspicion suspicion({10min, 24h});
  CHECK_FALSE(suspicion.may_die(1, "x", 0ms));
  suspicion.stored(2, 0ms);
  CHECK(suspicion.may_die(1, "x", 10min));
  CHECK_FALSE(suspicion.may_die(3, "x", 10min + 1ms));
}

TEST_CASE("ten of a kind in the last 200 are rare, the eleventh is not; other kinds are free") {
  Suspicion suspicion({10min, 24h});
  RowId row = 0;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 18; ++i) suspicion.stored(++row, 0ms);
    CHECK(suspicion.may_die(++row, "x", 5ms));
  }
  CHECK_FALSE(suspicion.may_die(++row, "x", 9ms));
  CHECK(suspicion.take_news() == 5ms);
  CHECK(suspicion.may_die(++row, "y", 9ms));
  CHECK(suspicion.suspected(9ms).find("refused as x") != std::string::npos);
  // A day later it was the rows after all.
  suspicion.stored(++row, 25h);
  CHECK(suspicion.may_die(++row, "x", 25h));
  CHECK(suspicion.suspected(25h).empty());
}

TEST_CASE("one of a kind in twenty never becomes suspicious") {
  Suspicion suspicion({10min, 24h});
  RowId row = 0;
  for (int round = 0; round < 1000; ++round) {
    for (int i = 0; i < 20; ++i) suspicion.stored(++row, 0ms);
    CHECK(suspicion.may_die(++row, "x", 0ms));
  }
  CHECK_FALSE(suspicion.take_news().has_value());
}

TEST_CASE("a row of a suspected kind that is stored clears the kind") {
  Suspicion suspicion({10min, 24h});
  suspicion.stored(1, 0ms);
  for (RowId row = 2; row < 12; ++row) CHECK(suspicion.may_die(row, "x", 0ms));
  CHECK_FALSE(suspicion.may_die(12, "x", 0ms));
  suspicion.stored(13, 0ms);
  CHECK_FALSE(suspicion.take_cleared());
  suspicion.stored(12, 0ms);
  CHECK(suspicion.take_cleared());
  CHECK_FALSE(suspicion.take_cleared());
  CHECK(suspicion.suspected(0ms).empty());
}

}  // namespace lamppost
