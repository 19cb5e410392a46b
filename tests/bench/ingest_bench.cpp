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

double microseconds_a_reading(const ingest::Pipeline& pipeline, const Reading& reading) {
  std::array<double, kRounds> rounds{};
  for (double& round : rounds) {
    const auto begin = std::chrono::steady_clock::now();
    for (int n = 0; n < kReadings; ++n)
      if (ingest::transform(pipeline, reading).entities.size() != 1) std::abort();
    const std::chrono::duration<double, std::micro> passed =
        std::chrono::steady_clock::now() - begin;
    round = passed.count() / kReadings;
  }
  std::sort(rounds.begin(), rounds.end());
  return rounds[kRounds / 2];
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
              microseconds_a_reading(*pipeline, arriving), allocated);
}
