// SPDX-License-Identifier: Apache-2.0
// Counters and checks of values, from readings to rows.
#include <fstream>
#include <limits>

#include "ingest/series_table.h"
#include "station.h"

using namespace lamppost;

namespace {

std::string counting() {
  std::string text = kConfig;
  const std::string anchor = "relativeHumidity = { from = \"/rh\" }\n";
  return text.replace(text.find(anchor), anchor.size(),
                      anchor +
                          "co = { from = \"/n\", delta = { bits = 16 } }\n"
                          "no2 = { from = \"/x\", quality = { range = [0, 100], spike = 10 } }\n");
}

}  // namespace

TEST_CASE("series: the difference to the reading before is stored, the first brings none") {
  Station gateway(counting());
  CHECK(gateway.take(gateway.at(-9, R"("n": 65530)")) == Disposition::kEmpty);
  CHECK(gateway.take(gateway.at(-8, R"("n": 2)")) == Disposition::kStored);
  CHECK(gateway.take(gateway.at(-7, R"("n": 5)")) == Disposition::kStored);
  CHECK(gateway.sent("co") == "8 3 ");
  CHECK(gateway.noted("counter_first") == 1);
}

TEST_CASE("series: a reading that comes twice or late counts nothing") {
  Station gateway(counting());
  const auto first = gateway.at(-9, R"("n": 10)"), second = gateway.at(-5, R"("n": 14)");
  gateway.take(first);
  gateway.take(second);
  gateway.take(second);
  gateway.take(gateway.at(-7, R"("n": 12)"));
  gateway.take(gateway.at(-2, R"("n": 15)"));
  CHECK(gateway.sent("co") == "4 1 ");
}

TEST_CASE("series: readings of one group see each other, each entity its own") {
  Station gateway(counting());
  std::vector<Reading> readings;
  for (int n = 0; n < 3; ++n) {
    readings.push_back(
        gateway.reading("air/s1/state", gateway.at(n - 9, "\"n\": " + std::to_string(n * n))));
    readings.push_back(
        gateway.reading("air/s2/state", gateway.at(n - 9, "\"n\": " + std::to_string(100 * n))));
  }
  CHECK(taken(gateway.ingest->accept(readings)) == 6);
  CHECK(gateway.sent("co") == "1 100 3 100 ");
}

TEST_CASE("series: what was refused is not counted, and comes with the next") {
  outbox::Options options;
  options.max_bytes = 4096;
  Station gateway(counting(), options);
  gateway.take(gateway.at(-60, R"("n": 0)"));
  int n = 0;
  while (gateway.take(gateway.at(n - 59, "\"n\": " + std::to_string(n + 1))) ==
         Disposition::kStored)
    REQUIRE(++n < 50);
  gateway.deliver_all();
  CHECK(gateway.take(gateway.at(-1, "\"n\": " + std::to_string(n + 3))) == Disposition::kStored);
  CHECK(gateway.sent("co") == "3 ");
}

TEST_CASE("series: a restart forgets nothing, a reboot says that it is a first reading") {
  Station gateway(counting());
  gateway.take(gateway.at(-9, R"("n": 10)"));
  gateway.ingest.reset();
  gateway.ingest = gateway.restarted("first");
  gateway.take(gateway.at(-8, R"("n": 17)"));
  CHECK(gateway.sent("co") == "7 ");
  gateway.ingest.reset();
  std::filesystem::remove(gateway.shelf.options.runtime_dir / "series.tracks");
  gateway.ingest = gateway.restarted("second");
  CHECK(gateway.take(gateway.at(-7, R"("n": 20)")) == Disposition::kEmpty);
  gateway.take(gateway.at(-6, R"("n": 21)"));
  CHECK(gateway.sent("co") == "7 1 ");
  CHECK(gateway.noted("counter_first") == 2);
}

TEST_CASE("series: a reading that waits for the clock counts when it goes on, not before") {
  Station gateway(counting());
  gateway.shelf.clock.trust(false);
  CHECK(gateway.take(R"({"n": 10})") == Disposition::kStored);
  gateway.shelf.clock.trust(true);
  gateway.ingest->release_waiting();
  CHECK(gateway.sent("co") == "");
  CHECK(gateway.take(R"({"n": 14})") == Disposition::kStored);
  CHECK(gateway.sent("co") == "4 ");
}

TEST_CASE("series: flags travel with the value and are counted") {
  Station gateway(counting());
  gateway.take(gateway.at(-9, R"("x": 20)"));
  gateway.take(gateway.at(-8, R"("x": 130)"));
  CHECK(gateway.last()["no2"]["value"] == 130);
  CHECK(gateway.last()["no2"]["quality"]["value"] == "range spike");
  gateway.take(gateway.at(-7, R"("x": 21)"));
  CHECK(gateway.last()["no2"]["quality"]["value"] == "good");
  CHECK(gateway.noted("quality_range") == 1);
  CHECK(gateway.noted("quality_spike") == 1);
  CHECK(gateway.noted("quality_dropped") == 0);
}

TEST_CASE("series: a mapping without them opens no table") {
  Station gateway;
  gateway.take(gateway.at(-9, R"("p": 20)"));
  CHECK_FALSE(std::filesystem::exists(gateway.shelf.options.runtime_dir / "series.tracks"));
}

TEST_CASE("series table: keeps all it has room for, and then forgets the oldest") {
  const Log log([](LogLevel, std::string_view) {});
  ingest::SeriesTable table({}, 64, log);
  const auto key = [](std::uint64_t n) { return (n * 0x9E3779B97F4A7C15ULL) | 1; };
  for (std::uint64_t n = 0; n < 64; ++n)
    table.put(key(n), {static_cast<std::int64_t>(n + 5), 1.0 * static_cast<double>(n), 0, 0, 0,
                       n % 2 == 0});
  for (std::uint64_t n = 0; n < 64; ++n) {
    REQUIRE(table.find(key(n)).has_value());
    CHECK(table.find(key(n))->last == static_cast<double>(n));
    CHECK(table.find(key(n))->suspect == (n % 2 == 0));
  }
  table.put(key(64), {1000, 64, 0, 0, 0, false});
  CHECK(table.find(key(64)).has_value());
  CHECK_FALSE(table.find(key(0)).has_value());
  CHECK(table.find(key(1)).has_value());
}

TEST_CASE("series table: a slot that was left half written holds nothing") {
  const Log log([](LogLevel, std::string_view) {});
  TempDirectory directory;
  const auto file = directory.path() / "t";
  { ingest::SeriesTable(file, 64, log).put(1ULL << 40, {5, 7.5, 1, 2, 3, false}); }
  {
    ingest::SeriesTable table(file, 64, log);
    REQUIRE(table.find(1ULL << 40).has_value());
    CHECK(table.find(1ULL << 40)->last == 7.5);
  }
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto place = 64 + 64 * ((1 << 20) & 63) + 40;  // `last` of that key's own slot
  bytes.seekp(place);
  bytes.put('\x55');
  bytes.close();
  CHECK_FALSE(ingest::SeriesTable(file, 64, log).find(1ULL << 40).has_value());
}
