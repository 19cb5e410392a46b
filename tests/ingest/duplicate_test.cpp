// SPDX-License-Identifier: Apache-2.0
// Readings that come twice.
#include <doctest/doctest.h>

#include "station.h"

using namespace lamppost;
using std::chrono::hours;
using std::chrono::minutes;

TEST_CASE("duplicate: the same bytes with a time of the device are stored once") {
  Station gateway;
  const auto payload = gateway.at(-10, R"("p": 2)");
  CHECK(gateway.take(payload) == Disposition::kStored);
  CHECK(gateway.take(payload) == Disposition::kStored);
  CHECK(gateway.source().duplicate == 1);
  CHECK(gateway.source().stored == 1);
  CHECK(gateway.sent() == "2 ");
}

TEST_CASE("duplicate: the same session's readings again after kill -9 are stored once") {
  Station gateway;
  const std::vector<std::string> all{gateway.at(-10, R"("p": 1)"), gateway.at(-9, R"("p": 2)"),
                                     gateway.at(-8, R"("p": 3)")};
  for (const auto& payload : all) gateway.take(payload);
  gateway.deliver_all();
  gateway.ingest.reset();
  gateway.shelf.reopen();
  gateway.ingest = gateway.restarted("first");
  for (const auto& payload : all) {
    Reading again = gateway.reading("air/s1/state", payload);
    again.duplicate = true;
    CHECK(gateway.ingest->accept(again).disposition == Disposition::kStored);
  }
  CHECK(gateway.source().duplicate == 3);
  CHECK(gateway.sent() == "");
}

TEST_CASE("duplicate: two equal readings without a time are two readings, DUP or not") {
  Station gateway;
  Reading reading = gateway.reading("air/s1/state", R"({"p": 2})");
  gateway.ingest->accept(reading);
  reading.duplicate = true;
  gateway.ingest->accept(reading);
  CHECK(gateway.source().stored == 2);
  CHECK(gateway.sent() == "2 2 ");
}

TEST_CASE("duplicate: the same number of one device is a duplicate, whatever else differs") {
  Station gateway(with("counter = \"/n\""));
  gateway.take(R"({"n": 7, "p": 2, "rssi": -90})");
  gateway.take(R"({"n": 7, "p": 2, "rssi": -101})");
  gateway.take(R"({"n": 7, "p": 2})", "air/s2/state");
  gateway.take(R"({"n": 8, "p": 2})");
  CHECK(gateway.source().duplicate == 1);
  CHECK(gateway.source().stored == 3);
}

TEST_CASE("duplicate: a number that comes again after the window is a new reading") {
  Station gateway(with("counter = \"/n\"\nduplicate_window = \"5min\""));
  gateway.take(R"({"n": 0, "p": 1})");
  gateway.shelf.clock.advance(minutes(4));
  gateway.take(R"({"n": 0, "p": 2})");
  CHECK(gateway.source().duplicate == 1);
  gateway.shelf.clock.advance(minutes(2));
  gateway.take(R"({"n": 0, "p": 3})");
  CHECK(gateway.sent() == "1 3 ");
}

TEST_CASE("duplicate: a window of 0s lets everything through") {
  Station gateway(with("duplicate_window = \"0s\""));
  const auto payload = gateway.at(-10, R"("p": 2)");
  gateway.take(payload);
  gateway.take(payload);
  CHECK(gateway.source().stored == 2);
}

TEST_CASE("duplicate: a retained state that is not newer than what is known says nothing") {
  Station gateway(with("late = \"send\""));
  gateway.take(gateway.at(-10, R"("p": 2)"));
  gateway.shelf.clock.advance(hours(1));
  Reading known = gateway.reading("air/s1/state", gateway.at(-3610, R"("p": 2)"));
  known.retained = true;
  gateway.ingest->accept(known);
  Reading older = gateway.reading("air/s1/state", gateway.at(-3620, R"("p": 1)"));
  older.retained = true;
  gateway.ingest->accept(older);
  Reading newer = gateway.reading("air/s1/state", gateway.at(-5, R"("p": 3)"));
  newer.retained = true;
  gateway.ingest->accept(newer);
  CHECK(gateway.source().duplicate == 2);
  CHECK(gateway.sent() == "2 3 ");
}

TEST_CASE("duplicate: what the outbox refused is no duplicate when it is offered again") {
  outbox::Options options;
  options.max_bytes = 64 << 10;
  Station gateway(kConfig, options);
  std::string payload;
  Disposition outcome = Disposition::kStored;
  for (int n = -1000; n < 0 && outcome == Disposition::kStored; ++n) {
    payload = gateway.at(n, R"("p": 1)");
    outcome = gateway.take(payload);
  }
  REQUIRE(outcome == Disposition::kRefused);
  gateway.deliver_all();
  CHECK(gateway.take(payload) == Disposition::kStored);
  CHECK(gateway.source().duplicate == 0);
}

TEST_CASE(
    "duplicate: of readings that are stored together those that were refused are no duplicates") {
  outbox::Options options;
  options.max_bytes = 64 << 10;
  Station gateway(kConfig, options);
  std::vector<Reading> readings;
  for (int n = -200; n < 0; ++n)
    readings.push_back(gateway.reading("air/s1/state", gateway.at(n, R"("p": 1)")));
  const auto first = taken(gateway.ingest->accept(readings));
  REQUIRE(first > 0);
  REQUIRE(first < 200);
  gateway.deliver_all();
  const auto again = taken(gateway.ingest->accept(std::span(readings).subspan(first)));
  CHECK(again > 0);
  CHECK(gateway.source().duplicate == 0);
  CHECK(gateway.source().stored == first + again);
}
