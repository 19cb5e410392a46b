// SPDX-License-Identifier: Apache-2.0
// Snapshots that the tests of the status room start from.
#pragma once

#include "status/snapshot.h"

namespace lamppost::status {

inline constexpr Timestamp kNoon{1'772'366'400'000};  // 2026-03-01T12:00:00Z

// One source, one destination, 100 entities waiting because the broker is away.
inline Snapshot during_an_outage() {
  Snapshot now;
  now.version = "0.1.0";
  now.gateway = "harbour-07";
  now.uptime_ms = 274'000'000;  // 3 d 4 h
  now.now = kNoon;
  now.clock_trusted = true;
  now.config_file = "/etc/lamppost/lamppost.toml";
  now.outbox_max_bytes = std::uint64_t{1} << 30;
  now.fill_bytes_per_second = 1000;
  now.sources.push_back(
      {"site", "mqtt", "mqtt://127.0.0.1:1883", {true, "MQTT 5, session resumed", 2, 7}});

  DestinationView city{"city", "http://127.0.0.1:1026", {}};
  city.state.state = "backing off";
  city.state.reason = "connection refused; next try in 8 s";
  city.state.requests = 40;
  city.state.mode = "batch upsert";
  city.state.max_bytes = 358400;
  city.state.odd_answers = {{"207 without errors", 3}};
  city.state.entities_sent = 1100;
  city.state.last_success = Timestamp{kNoon.ms - 12'000};
  city.state.certificates = {
      {"broker", "/CN=city.example", Timestamp{kNoon.ms + 9LL * 86'400'000}}};
  city.state.notice = "the certificate of the broker runs out in 9 days";
  city.state.request_seconds_buckets = {1, 2, 10, 20, 30, 38, 39, 40, 40, 40, 40, 40, 40};
  city.state.request_seconds_sum = 4.25;
  now.destinations.push_back(city);

  auto& totals = now.totals;
  totals.destinations["city"] = {1214, 1100, 100, 4, 7, 3, 48'000};
  totals.sources["site"] = {1225,
                            1208,
                            3,
                            4,
                            4,
                            1,
                            {{"malformed", 3}, {"model", 1}},
                            2,
                            3,
                            {{"late_drop", 4}, {"late_send", 1}, {"implausible_time", 5}}};
  totals.dead_by_reason["city"] = {{"BadRequestData", 5}, {"too_large", 2}};
  totals.dropped_by_reason["city"] = {{"expired", 3}};
  totals.gaps.push_back({4, "city", "expired", 3, Timestamp{kNoon.ms - 60'000}, kNoon,
                         Timestamp{kNoon.ms - 7'200'000}, Timestamp{kNoon.ms - 3'600'000},
                         "WasteContainer"});
  totals.rows = 100;
  totals.bytes = 48'000;
  totals.dead_letters = 11;
  totals.unknowns = 2;
  totals.oldest = Timestamp{kNoon.ms - 125'000};
  totals.file_bytes = 4'194'304;
  totals.flash_bytes_written = 3'400'000;
  totals.flash_check = {Timestamp{1'772'362'800'000}, 120, 1, false};
  return now;
}

inline Snapshot all_well() {
  auto now = during_an_outage();
  auto& city = now.destinations[0].state;
  city.state = "idle";
  city.reason = "";
  now.totals.destinations["city"] = {1214, 1200, 0, 4, 7, 3, 0};
  now.totals.rows = now.totals.bytes = 0;
  now.totals.oldest.reset();
  return now;
}

}  // namespace lamppost::status
