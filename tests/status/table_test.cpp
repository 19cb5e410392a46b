// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "status/sample.h"
#include "status/words.h"

using namespace lamppost;
using namespace lamppost::status;

TEST_CASE("table: an outage, whole") {
  CHECK(
      to_table(to_json(during_an_outage())) ==
      R"(harbour-07: Keeping readings. city: connection refused; next try in 8 s. 100 entities wait here, none is lost
lamppost 0.1.0, up 3 d 4 h, clock trusted, /etc/lamppost/lamppost.toml

SOURCE  TYPE  STATE      RECEIVED  REFUSED  ADDRESS                DETAIL
site    mqtt  connected  1225      7        mqtt://127.0.0.1:1883  MQTT 5, session resumed

DESTINATION  STATE        QUEUED  DELIVERED  LAST      ADDRESS                DETAIL
city         backing off  100     1100       12 s ago  http://127.0.0.1:1026  connection refused; next try in 8 s

queued          100 entities, 46 KiB of 1 GiB
oldest          2 min
autonomy left   298 h
flash written   3.2 MiB; 0.39 GB a year at this rate
flash check     2026-03-01T11:00:00.000Z, 120 rows and dead letters, 1 damaged
dead letters    11; `lamppost dead list` says why
unknown topics  2; `lamppost discover` proposes mappings

missing at city  3 rows dropped (expired), observed 2026-03-01T10:00:00.000Z to 2026-03-01T11:00:00.000Z: WasteContainer

site  received 1225 = stored 1208 + empty 3 + dead 4 + held 4 + rejected 1 + late 2 + duplicate 3
city  stored 1214 = delivered 1100 + queued 100 + merged 4 + dead 7 + dropped 3
)");
}

TEST_CASE("table: any JSON makes a table, so that versions may differ") {
  for (const char* text :
       {"null", "[]", "{}", "7", R"({"sources": 3, "destinations": {"a": 1}, "outbox": "x"})",
        R"({"sources": [1, null, {"name": 5, "received": -1}], "headline": []})"})
    CHECK_MESSAGE(to_table(Json::parse(text)).find("queued") != std::string::npos, text);
}

TEST_CASE("table: names cannot steer the terminal, and count by what is seen") {
  auto now = during_an_outage();
  now.sources[0].name = "caf\xC3\xA9 \x1B[31m";
  now.sources[0].type = "\xC2\x9B mqtt";
  now.totals.sources.clear();
  const auto table = to_table(to_json(now));
  CHECK(table.find('\x1B') == std::string::npos);
  CHECK(table.find("\xC2\x9B") == std::string::npos);
  CHECK(table.find("SOURCE      TYPE") != std::string::npos);
  CHECK(table.find("caf\xC3\xA9 ?[31m  ? mqtt") != std::string::npos);
}

TEST_CASE("table: where nothing is wrong, what wants a person soon is the detail") {
  auto now = during_an_outage();
  const std::string soon = "the certificate of the broker runs out in 9 days";
  CHECK(to_table(to_json(now)).find(soon) == std::string::npos);
  now.destinations[0].state.reason.clear();
  CHECK(to_table(to_json(now)).find(soon) != std::string::npos);
}

TEST_CASE("table: devices that are late and missing are counted, the worst by name") {
  auto now = during_an_outage();
  CHECK(to_table(to_json(now)).find("devices") == std::string::npos);
  now.devices = {12, 1, 2, 3, 0, {{"bin-7", true, 10'800'000, 900'000}, {"b\x1B", false, 0, 0}}};
  const auto table = to_table(to_json(now));
  CHECK(table.find("devices         12 ok, 1 late, 2 missing, 3 waiting\n") != std::string::npos);
  CHECK(table.find("missing device  bin-7, silent for 3 h and expected every 15 min\n") !=
        std::string::npos);
  CHECK(table.find("late device     b?, silent") != std::string::npos);
}

TEST_CASE("table: a refused configuration and unbalanced books are said") {
  auto now = during_an_outage();
  now.config_state = "line 3: unknown key";
  ++now.totals.destinations["city"].stored;
  const auto table = to_table(to_json(now));
  CHECK(table.find("config refused  line 3: unknown key\n") != std::string::npos);
  CHECK(table.find("dropped 3  DOES NOT ADD UP\n") != std::string::npos);
}

TEST_CASE("words: durations have two units at most") {
  CHECK(duration_words(-5) == "0 s");
  CHECK(duration_words(0.4) == "0 s");
  CHECK(duration_words(59.9) == "59 s");
  CHECK(duration_words(60) == "1 min");
  CHECK(duration_words(3600) == "1 h");
  CHECK(duration_words(3600 * 5 + 180) == "5 h 3 min");
  CHECK(duration_words(86400 * 2) == "2 d");
  CHECK(duration_words(1e300) == "36500 d");
  CHECK(duration_words(std::nan("")) == "0 s");
}

TEST_CASE("words: sizes are rounded down, with one digit when they are small") {
  CHECK(size_words(0) == "0 B");
  CHECK(size_words(1023) == "1023 B");
  CHECK(size_words(1536) == "1.5 KiB");
  CHECK(size_words(48'000) == "46 KiB");
  CHECK(size_words(std::uint64_t{1} << 30) == "1 GiB");
  CHECK(size_words(~std::uint64_t{0}) == "16777216 TiB");
}

TEST_CASE("words: autonomy is hours, and no promise beyond what anybody needs") {
  const auto words = [](Json hours) { return autonomy_words({{"autonomy_hours", hours}}); };
  CHECK(words(nullptr) == "-");
  CHECK(words(0.0) == "0 s");
  CHECK(words(0.5) == "30 min");
  CHECK(words(298.9) == "298 h");
  CHECK(words(1e9) == "years");
}
