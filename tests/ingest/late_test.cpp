// SPDX-License-Identifier: Apache-2.0
// Readings that come late.
#include <doctest/doctest.h>

#include <numeric>

#include "ingest/retry.h"
#include "station.h"

using namespace lamppost;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

using Strings = std::vector<std::string>;

// What a second mapping writes of the same entities, from topics of its own.
constexpr const char* kHumidity = R"(
[[mapping]]
name = "humidity"
source = "site"
match = "humidity/{station}"
format = "json"
time = { from = "/ts" }
model = "AirQualityObserved"
id = "urn:ngsi-ld:AirQualityObserved:{station}"
location = [4.4, 51.2]
[mapping.attributes]
relativeHumidity = { from = "/rh" }
)";

}  // namespace

TEST_CASE("late: a reading older than what was stored is dropped, and the books say so") {
  Station gateway;
  CHECK(gateway.take(gateway.at(-10, R"("p": 2)")) == Disposition::kStored);
  CHECK(gateway.take(gateway.at(-20, R"("p": 1)")) == Disposition::kEmpty);
  CHECK(gateway.take(gateway.at(-5, R"("p": 3)")) == Disposition::kStored);
  CHECK(gateway.sent() == "2 3 ");
  CHECK(gateway.source().late == 1);
  CHECK(gateway.source().stored == 2);
  CHECK(gateway.noted("late_drop") == 1);
  const auto totals = gateway.shelf.outbox->totals();
  CHECK(totals.dropped_by_reason.at("city").at("late") == 1);
  CHECK(totals.dropped_by_reason.at("region").at("late") == 1);
}

TEST_CASE("late: delivered is remembered as well as queued") {
  Station gateway;
  gateway.take(gateway.at(-10, R"("p": 2)"));
  gateway.deliver_all();
  CHECK(gateway.take(gateway.at(-20, R"("p": 1)")) == Disposition::kEmpty);
  CHECK(gateway.sent() == "");
}

TEST_CASE("late: send lets it through, counted") {
  Station gateway(with("late = \"send\""));
  gateway.take(gateway.at(-10, R"("p": 2)"));
  CHECK(gateway.take(gateway.at(-20, R"("p": 1)")) == Disposition::kStored);
  CHECK(gateway.sent() == "2 1 ");
  CHECK(gateway.source().late == 0);
  CHECK(gateway.noted("late_send") == 1);
}

TEST_CASE("late: temporal puts it aside for the broker's history, what is newer goes as always") {
  Station gateway(with("late = \"temporal\"\nhistory = \"latest\""));
  gateway.take(gateway.at(-10, R"("p": 2)"));
  CHECK(gateway.take(gateway.at(-20, R"("p": 1, "rh": 0.5)")) == Disposition::kStored);
  CHECK(gateway.take(gateway.at(-30, R"("p": 3)")) == Disposition::kStored);
  gateway.take(gateway.at(-5, R"("p": 4)"));
  // Its way, and what it carries.
  Strings all;
  for (;;) {
    const auto batch = gateway.shelf.outbox->next_batch("city", {});
    if (batch.rows.empty()) break;
    REQUIRE(batch.rows.size() == 1);
    const auto entity = Json::parse(batch.rows[0].payload);
    std::string seen = batch.rows[0].temporal ? "history" : "state";
    for (const char* name : {"pm25", "relativeHumidity"})
      if (entity.contains(name)) seen += " " + entity[name]["value"].dump();
    all.push_back(seen);
    REQUIRE(gateway.shelf.outbox->settle("city", {{batch.rows[0].id}, {}, {}},
                                         std::chrono::milliseconds(0)));
  }
  CHECK(all == Strings{"state 2", "history 1", "state 0.5", "history 3", "state 4"});
  CHECK(gateway.source().late == 0);
  CHECK(gateway.source().stored == 4);
  CHECK(gateway.noted("late_temporal") == 2);
  CHECK(gateway.noted("late_drop") == 0);
}

TEST_CASE("late: with history = latest a late reading that is sent overwrites nothing newer") {
  Station gateway(with("late = \"send\"\nhistory = \"latest\""));
  gateway.take(gateway.at(-10, R"("p": 2)"));
  const auto newest = gateway.last()["dateObserved"];
  gateway.take(gateway.at(-20, R"("p": 1, "rh": 0.5)"));
  CHECK(gateway.sent() == "2 ");
  CHECK(gateway.sent("relativeHumidity") == "0.5 ");
  CHECK(gateway.last()["dateObserved"] == newest);
}

TEST_CASE("late: what nobody has said newer of goes out, the rest of the reading does not") {
  Station gateway;
  gateway.take(gateway.at(-10, R"("p": 2)"));
  CHECK(gateway.take(gateway.at(-20, R"("p": 1, "rh": 0.5)")) == Disposition::kStored);
  const auto last = gateway.last();
  CHECK(last["relativeHumidity"]["value"] == 0.5);
  CHECK_FALSE(last.contains("pm25"));
  CHECK_FALSE(last.contains("dateObserved"));  // it would go back as well
  CHECK(gateway.source().stored == 2);
  CHECK(gateway.noted("late_drop") == 1);
}

TEST_CASE("late: two mappings that write one entity do not make each other late") {
  std::string text = kConfig;
  text.erase(text.find("relativeHumidity"));
  Station gateway(text + kHumidity);
  gateway.take(gateway.at(-10, R"("p": 2)"));
  CHECK(gateway.take(gateway.at(-20, R"("rh": 0.5)"), "humidity/s1") == Disposition::kStored);
  CHECK(gateway.take(gateway.at(-15, R"("rh": 0.6)"), "humidity/s1") == Disposition::kStored);
  CHECK(gateway.take(gateway.at(-18, R"("rh": 0.4)"), "humidity/s1") == Disposition::kEmpty);
  CHECK(gateway.sent("relativeHumidity") == "0.5 0.6 ");
  CHECK(gateway.sent("dateObserved").find(' ') == gateway.sent("dateObserved").size() - 1);
}

TEST_CASE("late: a destination that was not given the newer state still gets the older one") {
  std::string text = with("to = [\"city\"]");
  std::string both = kHumidity;
  both.replace(both.find("relativeHumidity"), both.npos, "pm25 = { from = \"/p\" }\n");
  Station gateway(text + both);
  gateway.take(gateway.at(-10, R"("p": 2)"));
  gateway.take(gateway.at(-20, R"("p": 1)"), "humidity/s1");
  CHECK(gateway.sent() == "2 ");
  CHECK(gateway.shelf.outbox->totals().destinations["region"].queued == 1);
}

TEST_CASE("late: many updates of one entity in any order leave in the order of their times") {
  Station gateway;
  std::vector<int> order(50);
  std::iota(order.begin(), order.end(), -100);
  for (std::size_t i = 0; i < order.size(); ++i) std::swap(order[i], order[i * 17 % order.size()]);
  for (const int at : order) gateway.take(gateway.at(at, R"("p": 1)"));
  std::string before;
  for (const auto& row : gateway.shelf.outbox->list(1000)) {
    if (row.destination != "city") continue;
    const std::string at = Json::parse(row.payload)["pm25"]["observedAt"];
    CHECK(at > before);
    before = at;
  }
  CHECK(before == to_iso8601(Timestamp{gateway.shelf.clock.now().ms - 51'000}));
  CHECK(gateway.source().stored + gateway.source().late == 50);
}

TEST_CASE("late: a restart forgets nothing, a reboot what is no longer queued") {
  Station gateway;
  bool reboot = false, delivered = false;
  SUBCASE("kill -9") {}
  SUBCASE("kill -9, delivered") { delivered = true; }
  SUBCASE("reboot") { reboot = true; }
  SUBCASE("reboot, delivered") { reboot = delivered = true; }
  gateway.take(gateway.at(-10, R"("p": 2)"));
  if (delivered) gateway.deliver_all();
  gateway.ingest.reset();
  gateway.shelf.reopen();
  if (reboot) {
    std::filesystem::remove(gateway.shelf.options.runtime_dir / "newest.times");
    std::filesystem::remove(gateway.shelf.options.runtime_dir / "seen.times");
  }
  gateway.ingest = gateway.restarted("first");
  const auto outcome = gateway.take(gateway.at(-20, R"("p": 1)"));
  CHECK(outcome == (reboot && delivered ? Disposition::kStored : Disposition::kEmpty));
}

TEST_CASE("late: one reading of 2099 makes nothing after it late") {
  Station gateway;
  const std::string future = R"({"ts": "2099-01-01T00:00:00Z", "p": 1})";
  SUBCASE("the clock is set: it gets the time of its arrival") {
    gateway.take(future);
    CHECK(gateway.last()["pm25"]["observedAt"] == to_iso8601(gateway.shelf.clock.now()));
    CHECK(gateway.noted("implausible_time") == 1);
  }
  SUBCASE("the clock is not set yet: nobody can tell that it is wrong") {
    gateway.shelf.clock.step_wall(-std::chrono::years(50));
    gateway.take(future);
    CHECK(gateway.take(R"({"ts": "2026-03-01T11:00:00Z", "p": 2})") == Disposition::kStored);
    gateway.shelf.clock.step_wall(std::chrono::years(50));
  }
  gateway.shelf.clock.advance(seconds(1));
  CHECK(gateway.take(gateway.at(0, R"("p": 3)")) == Disposition::kStored);
}

TEST_CASE("late: a clock that is set back makes nothing late that comes in without a time") {
  Station gateway;
  gateway.take(R"({"p": 1})");
  gateway.shelf.clock.step_wall(-hours(1));
  CHECK(gateway.take(R"({"p": 2})") == Disposition::kStored);
  gateway.shelf.clock.step_wall(hours(2));
  CHECK(gateway.take(R"({"p": 3})") == Disposition::kStored);
  CHECK(gateway.sent() == "1 2 3 ");
}

TEST_CASE("late: readings that waited for the clock stay before those that come after it is set") {
  Station gateway;
  gateway.shelf.clock.trust(false);
  gateway.take(R"({"p": 1})");
  gateway.shelf.clock.advance(seconds(5));
  gateway.take(R"({"p": 2})");
  gateway.shelf.clock.trust(true);
  gateway.shelf.clock.advance(seconds(5));
  gateway.take(R"({"p": 3})");
  for (int n = 0; n < 3; ++n) gateway.ingest->release_waiting();
  CHECK(gateway.sent() == "1 2 3 ");
  CHECK(gateway.take(R"({"p": 4})") == Disposition::kStored);
  CHECK(gateway.sent() == "1 2 3 4 ");
}

TEST_CASE("late: a dead letter that goes round again does not turn time back") {
  Station gateway;
  gateway.take(gateway.at(-20, R"("rh": 45)"));
  gateway.take(gateway.at(-10, R"("rh": 0.4)"));
  std::string mended = kConfig;
  mended.replace(mended.find("{ from = \"/rh\" }"), 16, "{ from = \"/rh\", unit = \"P1\" }");
  gateway.ingest->replace(gateway.built(mended));
  const auto retried = ingest::retry_dead(*gateway.shelf.outbox, *gateway.ingest, {});
  REQUIRE(retried.size() == 1);
  CHECK(retried[0].fault == "older than what has been stored of its entity");
  CHECK(gateway.shelf.outbox->dead(10).size() == 1);
}

TEST_CASE("late: among readings that are stored together each is held against those before it") {
  Station gateway;
  const auto take = [&](std::initializer_list<int> times) {
    std::vector<Reading> readings;
    for (const int at : times)
      readings.push_back(
          gateway.reading("air/s1/state", gateway.at(at, R"("p": )" + std::to_string(-at))));
    return taken(gateway.ingest->accept(readings));
  };
  CHECK(take({-9, -8, -12, -8, -7}) == 5);
  CHECK(take({-11, -6}) == 2);
  CHECK(gateway.sent() == "9 8 7 6 ");
  CHECK(gateway.source().late == 2);
  CHECK(gateway.source().duplicate == 1);
}
