// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "core/json_text.h"
#include "status/sample.h"

using namespace lamppost;
using namespace lamppost::status;

TEST_CASE("json: an outage, whole") {
  const auto expected = Json::parse(R"json({
    "version": "0.1.0", "gateway": "harbour-07", "now": "2026-03-01T12:00:00.000Z",
    "uptime_seconds": 274000.0, "clock_trusted": true, "ready": true, "why_not_ready": "",
    "headline": {"level": "warning", "title": "Keeping readings",
      "text": "city: connection refused; next try in 8 s. 100 entities wait here, none is lost"},
    "config": {"file": "/etc/lamppost/lamppost.toml", "refused": ""},
    "dead_letters": 11, "unknowns": 2,
    "devices": {"ok": 0, "late": 0, "missing": 0, "waiting": 0, "unwatched": 0, "absent": []},
    "outbox": {"rows": 100, "bytes": 48000, "max_bytes": 1073741824,
      "oldest": "2026-03-01T11:57:55.000Z", "oldest_seconds": 125.0,
      "file_bytes": 4194304, "flash_bytes_written": 3400000, "flash_gb_per_year": 0.39,
      "flash_check": {"ended": "2026-03-01T11:00:00.000Z", "looked_at": 120, "damaged": 1, "damage_met": false},
      "fill_bytes_per_second": 1000.0, "autonomy_hours": 298.2, "refusing": ""},
    "sources": [{"name": "site", "configured": true, "type": "mqtt",
      "address": "mqtt://127.0.0.1:1883", "connected": true, "detail": "MQTT 5, session resumed",
      "reconnects": 2, "refused": 7, "received": 1225, "stored": 1208, "empty": 3, "dead": 4,
      "held": 4, "rejected": 1, "late": 2, "duplicate": 3,
      "notes": {"implausible_time": 5, "late_drop": 4, "late_send": 1}, "dead_by_reason": {"malformed": 3, "model": 1}, "balanced": true}],
    "destinations": [{"name": "city", "configured": true, "url": "http://127.0.0.1:1026",
      "state": "backing off", "reason": "connection refused; next try in 8 s",
      "notice": "the certificate of the broker runs out in 9 days",
      "certificates": [{"whose": "broker", "subject": "/CN=city.example",
                        "not_after": "2026-03-10T12:00:00.000Z"}],
      "mode": "batch upsert", "fallen_back": false, "learned_max_bytes": 358400,
      "history_refused": false, "odd_answers": {"207 without errors": 3},
      "requests": 40, "entities_sent": 1100, "last_success": "2026-03-01T11:59:48.000Z",
      "last_success_seconds": 12.0, "stored": 1214, "delivered": 1100, "queued": 100,
      "queued_bytes": 48000, "merged": 4, "dead": 7, "dropped": 3,
      "dead_by_reason": {"BadRequestData": 5, "too_large": 2},
      "dropped_by_reason": {"expired": 3},
      "gaps": [{"reason": "expired", "rows": 3, "began": "2026-03-01T11:59:00.000Z",
        "ended": "2026-03-01T12:00:00.000Z", "first_observed": "2026-03-01T10:00:00.000Z",
        "last_observed": "2026-03-01T11:00:00.000Z", "types": "WasteContainer"}],
      "balanced": true}]
  })json");
  const auto seen = to_json(during_an_outage());
  CHECK_MESSAGE(seen == expected, Json::diff(expected, seen).dump(1));
}

TEST_CASE("json: a silent device comes with its state and how long") {
  auto now = during_an_outage();
  now.devices = {7, 1, 0, 0, 0, {{"bin-7", false, 1'000'500, 900'000}}};
  const auto devices = to_json(now)["devices"];
  CHECK(devices["ok"] == 7);
  CHECK(devices["absent"] == Json::parse(R"([{"name": "bin-7", "state": "late",
        "silent_seconds": 1000.5, "expect_seconds": 900.0}])"));
}

TEST_CASE("json: what is not known is null, not zero") {
  auto now = all_well();
  now.fill_bytes_per_second = 0;
  now.destinations[0].state.last_success.reset();
  const auto json = to_json(now);
  CHECK(json["outbox"]["oldest"].is_null());
  CHECK(json["outbox"]["oldest_seconds"].is_null());
  CHECK(json["outbox"]["autonomy_hours"].is_null());
  now.uptime_ms = 24LL * 3600 * 1000 - 1;
  CHECK(to_json(now)["outbox"]["flash_gb_per_year"].is_null());
  CHECK(to_table(to_json(now)).find("not known before a day has passed") != std::string::npos);
  CHECK(to_openmetrics(now).find("\nlamppost_flash_bytes_per_year ") == std::string::npos);
  now.uptime_ms += 1;
  CHECK(to_json(now)["outbox"]["flash_gb_per_year"] == 1.24);
  CHECK(json["destinations"][0]["last_success"].is_null());
}

TEST_CASE("json: autonomy ends at zero when the outbox is over its limit") {
  auto now = during_an_outage();
  now.totals.bytes = now.outbox_max_bytes + 1;
  CHECK(to_json(now)["outbox"]["autonomy_hours"] == 0.0);
}

TEST_CASE("json: a broker that was taken out of the configuration keeps its books in sight") {
  auto now = during_an_outage();
  now.totals.destinations["former"] = {5, 3, 2, 0, 0, 0, 900};
  now.totals.sources["former"] = {5, 5, 0, 0, 0, 0, {}};
  const auto json = to_json(now);
  REQUIRE(json["destinations"].size() == 2);
  CHECK(json["destinations"][1]["name"] == "former");
  CHECK(json["destinations"][1]["configured"] == false);
  CHECK(json["destinations"][1]["queued"] == 2);
  REQUIRE(json["sources"].size() == 2);
  CHECK(json["sources"][1]["configured"] == false);
}

TEST_CASE("json: names that are no UTF-8 still make text that any writer can dump") {
  auto now = during_an_outage();
  now.gateway = "caf\xE9";
  now.sources[0].state.detail = std::string("nul\0 and \xFF", 10);
  now.totals.dead_by_reason["city"]["bad \xC0\xAF"] = 1;
  std::string text;
  CHECK_NOTHROW(text = to_json(now).dump());
  CHECK(is_utf8(text));
  CHECK(to_json(now)["gateway"] == "caf\xEF\xBF\xBD");
}
