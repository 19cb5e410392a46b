// SPDX-License-Identifier: Apache-2.0
// The spine, from a configuration in a file to rows and ledgers in a real outbox.
#include <doctest/doctest.h>

#include "gateway.h"
#include "ingest/retry.h"

using namespace lamppost;

TEST_CASE("ingest: a reading becomes one row for each broker, and the ledgers say so") {
  Gateway gateway;
  CHECK(gateway.accept("air/s1/state", R"({"p": 12})").disposition == Disposition::kStored);
  CHECK(gateway.source().received == 1);
  CHECK(gateway.source().stored == 1);
  CHECK(gateway.city().stored == 1);
  CHECK(gateway.city().queued == 1);
  CHECK(gateway.shelf.outbox->totals().rows == 2);
  const auto rows = gateway.shelf.outbox->list(10);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].entity == "urn:ngsi-ld:AirQualityObserved:s1");
  CHECK(Json::parse(rows[0].payload)["pm25"]["value"] == 12);
}

TEST_CASE("ingest: every odd reading ends in exactly one state and the next one is served") {
  Gateway gateway;
  const std::string deep(10'000, '[');
  for (const std::string& payload :
       {std::string("garbage"), std::string(), deep, std::string("{\"p\": NaN}"),
        std::string("{\"p\": \"\xff\"}"), std::string("{\"p\": \"warm\"}"),
        std::string("{\"p\": 12"), std::string("{\"rh\": 45}")}) {
    const auto outcome = gateway.accept("air/s1/state", payload);
    CHECK_MESSAGE(outcome.disposition == Disposition::kDead, payload.substr(0, 40));
    CHECK_FALSE(outcome.text.empty());
  }
  CHECK(gateway.accept("air/s1/state", "{\"x\": 1}").disposition == Disposition::kEmpty);
  CHECK(gateway.accept("water/s1", "{\"p\": 1}").disposition == Disposition::kHeld);
  CHECK(gateway.accept("air/s1/state", "{\"p\": 1}").disposition == Disposition::kStored);
  const auto ledger = gateway.source();
  CHECK(ledger.received == 11);
  CHECK(ledger.dead == 8);
  CHECK(ledger.held == 1);
  CHECK(ledger.empty == 1);
  CHECK(ledger.stored == 1);
  CHECK(ledger.balanced());
  CHECK(gateway.shelf.outbox->totals().unknowns == 1);
}

TEST_CASE("ingest: what breaks its model is a dead letter with a pointer and never a row") {
  Gateway gateway;
  gateway.accept("air/s1/state", "{\"rh\": 45}");
  const auto dead = gateway.shelf.outbox->dead(10);
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].reason == "model");
  CHECK(dead[0].pointer == "/relativeHumidity");
  CHECK(dead[0].text == "45 is above the maximum 1");
  CHECK(dead[0].reading == "{\"rh\": 45}");
  CHECK(gateway.shelf.outbox->totals().rows == 0);
}

TEST_CASE("ingest: a topic with characters no id may have is a dead letter") {
  Gateway gateway;
  CHECK(gateway.accept("air/s 1/state", "{\"p\": 1}").disposition == Disposition::kDead);
  CHECK(gateway.shelf.outbox->dead(1).at(0).pointer == "/id");
}

TEST_CASE("ingest: elements of an array are stored in the order of their times") {
  Gateway gateway;
  gateway.shelf.clock.step_wall(std::chrono::seconds(1'772'366'460) -
                                std::chrono::seconds(gateway.shelf.clock.now().ms / 1000));
  gateway.accept(
      "air/s1/state",
      R"([{"p": 3, "ts": 1772366403}, {"p": 1, "ts": 1772366401}, {"p": 2, "ts": 1772366402}])");
  std::string order;
  for (const auto& row : gateway.shelf.outbox->list(10))
    if (row.destination == "city") order += Json::parse(row.payload)["pm25"]["value"].dump();
  CHECK(order == "123");
}

TEST_CASE(
    "ingest: a retained reading without a time of its own is turned away, one with a time is "
    "kept") {
  Gateway gateway;
  Reading undated = gateway.reading("air/s1/state", "{\"p\": 1}");
  undated.retained = true;
  CHECK(gateway.ingest->accept(undated).disposition == Disposition::kRejected);
  Reading dated = gateway.reading(
      "air/s1/state",
      "{\"p\": 1, \"ts\": " + std::to_string(gateway.shelf.clock.now().ms - 5000) + "}");
  dated.retained = true;
  CHECK(gateway.ingest->accept(dated).disposition == Disposition::kStored);
}

TEST_CASE("ingest: a payload the transport has cut is never decoded") {
  Gateway gateway;
  Reading cut = gateway.reading("air/s1/state", "{\"p\": 1}");
  cut.cut_from = 10'000'000;
  CHECK(gateway.ingest->accept(cut).disposition == Disposition::kDead);
  CHECK(gateway.shelf.outbox->dead(1).at(0).reason == "too_large");
}

TEST_CASE("ingest: a full outbox refuses, and nothing of the reading is left behind") {
  outbox::Options options;
  options.max_bytes = 1;
  Gateway gateway(kConfig, options);
  gateway.accept("air/s1/state", "{\"p\": 1}");  // an empty outbox takes what it can
  const auto outcome = gateway.accept("air/s1/state", "{\"p\": 2}");
  CHECK(outcome.disposition == Disposition::kRefused);
  CHECK(outcome.text.find("full") != std::string::npos);
  CHECK(gateway.source().balanced());
  CHECK(gateway.source().received <= 1);
}

TEST_CASE("ingest: a dead letter goes round again through today's mapping") {
  Gateway gateway;
  gateway.accept("air/s1/state", "{\"rh\": 45}");
  const auto before = ingest::retry_dead(*gateway.shelf.outbox, *gateway.ingest, {});
  REQUIRE(before.size() == 1);
  CHECK(before[0].fault == "/relativeHumidity: 45 is above the maximum 1");
  std::string mended = kConfig;
  mended.replace(mended.find("{ from = \"/rh\" }"), 16, "{ from = \"/rh\", unit = \"P1\" }");
  gateway.ingest->replace(gateway.built(mended));
  const auto after = ingest::retry_dead(*gateway.shelf.outbox, *gateway.ingest, {});
  REQUIRE(after.size() == 1);
  CHECK(after[0].fault == "");
  CHECK(gateway.shelf.outbox->dead(10).empty());
  CHECK(gateway.city().queued == 1);
  CHECK(gateway.city().balanced());
  CHECK(Json::parse(gateway.shelf.outbox->list(1).at(0).payload)["relativeHumidity"]["value"] ==
        0.45);
  CHECK(ingest::retry_dead(*gateway.shelf.outbox, *gateway.ingest, {77}).at(0).fault ==
        "no such dead letter");
}

TEST_CASE("ingest: map and accept agree: what transform shows is what is stored") {
  Gateway gateway;
  const Reading reading = gateway.reading("air/s1/state", "{\"p\": 7.25}");
  const auto yield = ingest::transform(*gateway.pipeline, reading);
  REQUIRE(yield.entities.size() == 1);
  gateway.ingest->accept(reading);
  CHECK(gateway.shelf.outbox->list(1).at(0).payload == yield.entities[0].json);
}
