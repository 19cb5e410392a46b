// SPDX-License-Identifier: Apache-2.0
// What a reading costs between its arrival and its row: decode, map, check, serialise. Nanoseconds
// (median of five rounds) and allocations, with the mapping of bench.py and a reading like its own.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "allocations.h"
#include "ingest/ingest.h"
#include "ingest/past.h"
#include "support/temp_directory.h"

namespace {

using namespace lamppost;

constexpr int kRounds = 5;
constexpr int kReadings = 20'000;

constexpr const char* kConfig = R"(
[gateway]
id = "bench"
[source.site]
type = "mqtt"
url = "mqtt://127.0.0.1"
[broker.city]
url = "http://127.0.0.1:1026"
)";

Reading reading() {
  Reading reading;
  reading.source = "site";
  reading.topic = "air/quay-7/state";
  reading.payload =
      R"({"ts":"2026-03-01T12:00:00Z","station":"harbour-07","pm1":4.2,"pm2_5":7.9,"pm10":12.4,)"
      R"("no2":21.0,"o3":48.5,"t":11.3,"rh":71.2,"pressure":1013.2,"battery":3.61,"rssi":-87})";
  reading.arrived = Timestamp{1'772'366'405'000};
  return reading;
}

template <typename Work>
double microseconds_a_reading(Work work) {
  std::array<double, kRounds> rounds{};
  for (double& round : rounds) {
    const auto begin = std::chrono::steady_clock::now();
    for (int n = 0; n < kReadings; ++n) work(n);
    const std::chrono::duration<double, std::micro> passed =
        std::chrono::steady_clock::now() - begin;
    round = passed.count() / kReadings;
  }
  std::sort(rounds.begin(), rounds.end());
  return rounds[kRounds / 2];
}

// Is it late, was it seen, and remember it: for one of 1000 stations each time.
double microseconds_to_remember(const std::filesystem::path& directory, EntityUpdate update,
                                std::size_t& allocated) {
  const Log log([](LogLevel, std::string_view) {});
  ingest::Past past(directory, log);
  const auto once = [&](int n) {
    update.observed_at.ms += 1;
    update.id.replace(update.id.size() - 4, 4, std::to_string(1000 + n % 1000));
    past.begin();
    past.next();
    const auto evidence = static_cast<std::uint64_t>(update.observed_at.ms) * 0x9E3779B97F4A7C15;
    if (past.seen(evidence, update.observed_at, std::chrono::minutes(10))) std::abort();
    past.will_have_seen(evidence, update.observed_at);
    for (auto& attribute : update.attributes)
      if (attribute.observed_at) attribute.observed_at = update.observed_at;
    if (!past.late("city", update, {update.observed_at}).empty()) std::abort();
    past.keep(1);
  };
  for (int n = 0; n < 1000; ++n) once(n);
  const auto before = allocations();
  once(0);
  allocated = allocations() - before;
  return microseconds_a_reading(once);
}

}  // namespace

int main() {
  const TempDirectory directory;
  std::ofstream(directory / "lamppost.toml")
      << kConfig << std::ifstream(LAMPPOST_SOURCE_DIR "/tests/bench/air.toml").rdbuf();
  Findings findings;
  const auto pipeline = ingest::Pipeline::build(directory / "lamppost.toml", findings);
  if (!pipeline) {
    std::fputs(findings.to_text().c_str(), stderr);
    return 1;
  }
  const auto arriving = reading();
  const auto before = allocations();
  const auto yield = ingest::transform(*pipeline, arriving);
  const auto allocated = allocations() - before;
  std::printf("%zu bytes of JSON become %zu bytes of NGSI-LD: %.2f us, %zu allocations\n",
              arriving.payload.size(), yield.entities.at(0).json.size(),
              microseconds_a_reading([&](int) {
                if (ingest::transform(*pipeline, arriving).entities.size() != 1) std::abort();
              }),
              allocated);
  std::size_t remembering = 0;
  const auto& update = yield.entities.at(0).mapped.update;
  const double remembered = microseconds_to_remember(directory.path(), update, remembering);
  std::printf("late or seen before, %zu attributes, 1000 entities: %.2f us, %zu allocations\n",
              update.attributes.size(), remembered, remembering);
}
