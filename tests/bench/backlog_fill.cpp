// SPDX-License-Identifier: Apache-2.0
// backlog_fill FILE ROWS ENTITIES: an outbox as a long outage leaves it behind, with rows of 1.1 KB
// for the broker "city". Prints how long that took and what it takes on disk.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "daemon/system_clock.h"
#include "outbox/outbox.h"

namespace {

using namespace lamppost;

constexpr long kGroup = 1000;
constexpr std::int64_t kSecondsBack = 7LL * 24 * 3600;

std::string property(const char* name, long number, const char* unit, const std::string& at) {
  return std::string(",\"") + name +
         "\":{\"type\":\"Property\",\"value\":" + std::to_string(number / 10) + "." +
         std::to_string(number % 10) + ",\"unitCode\":\"" + unit + "\",\"observedAt\":\"" + at +
         "\"}";
}

std::string payload(const std::string& entity, long n, Timestamp observed) {
  const auto at = to_iso8601(observed);
  auto text = R"({"id":")" + entity + R"(","type":"AirQualityObserved")" +
              R"(,"dataProvider":{"type":"Property","value":"City of Antwerp"})" +
              R"(,"dateObserved":{"type":"Property","value":{"@type":"DateTime","@value":")" + at +
              R"("}})" + property("no2", n * 7 % 800, "GQ", at) +
              property("o3", n * 11 % 1200, "GQ", at) + property("pm10", n * 13 % 900, "GQ", at) +
              property("pm25", n * 17 % 600, "GQ", at) +
              property("relativeHumidity", n * 3 % 10, "C62", at) +
              property("temperature", n * 5 % 300, "CEL", at);
  text +=
      R"(,"location":{"type":"GeoProperty","value":{"type":"Point","coordinates":[4.4025,51.2194]}})";
  text += R"(,"refDevice":{"type":"Relationship","object":"urn:ngsi-ld:Device:station"}})";
  return text;
}

outbox::Deposit reading(long n, long rows, long entities, Timestamp now) {
  outbox::Deposit deposit;
  deposit.source = "site";
  const auto entity = "urn:ngsi-ld:AirQualityObserved:backlog-" + std::to_string(n % entities);
  const Timestamp observed{now.ms - kSecondsBack * 1000 * (rows - n) / rows};
  deposit.rows.push_back({"city", entity, payload(entity, n, observed), observed, false});
  return deposit;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: backlog_fill FILE ROWS ENTITIES\n"), 64;
  const long rows = std::atol(argv[2]), entities = std::atol(argv[3]);
  const SystemClock clock;
  const Log log([](LogLevel, std::string_view) {});
  outbox::Options options;
  options.path = argv[1];
  options.destinations = {"city"};
  options.power_loss_window = std::chrono::milliseconds(0);
  options.max_bytes = std::uint64_t{1} << 40;
  const auto begin = std::chrono::steady_clock::now();
  const auto outbox = outbox::Outbox::open(options, clock, log);
  std::vector<outbox::Deposit> group;
  for (long n = 0; n < rows; ++n) {
    group.push_back(reading(n, rows, entities, clock.now()));
    if (static_cast<long>(group.size()) < kGroup && n + 1 < rows) continue;
    if (outbox->append(group).count < group.size()) return std::perror("backlog_fill"), 1;
    group.clear();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto totals = outbox->totals();
  std::printf("%ld rows in %.0f s, %.2f GB on disk, %.2f GB written\n", rows, took.count(),
              static_cast<double>(totals.file_bytes) / 1e9,
              static_cast<double>(totals.flash_bytes_written) / 1e9);
}
