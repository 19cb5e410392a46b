// SPDX-License-Identifier: Apache-2.0
// What a reading costs in each decoder: nanoseconds (median of five rounds) and allocations.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "allocations.h"
#include "drivers/catalogue.h"

namespace {

using namespace lamppost;

struct Case {
  const char* what;
  const char* format;
  std::string payload;
  std::string content_type;
  std::vector<std::string> names;
};

constexpr int kRounds = 5;
constexpr int kReadings = 20'000;

std::string cbor_of(const std::string& json) {
  const auto bytes = Json::to_cbor(Json::parse(json));
  return {bytes.begin(), bytes.end()};
}

std::vector<Case> cases() {
  const std::string flat =
      R"({"ts":"2026-03-01T12:00:00Z","station":"harbour-07","pm1":4.2,"pm2_5":7.9,"pm10":12.4,)"
      R"("no2":21.0,"o3":48.5,"temperature":11.3,"humidity":71.2,"pressure":1013.2,"battery":3.61,)"
      R"("rssi":-87})";
  const std::vector<std::string> eight = {"/ts",  "/station",     "/pm2_5",    "/pm10",
                                          "/no2", "/temperature", "/humidity", "/pressure"};
  return {
      {"json, flat, 8 wanted", "json", flat, "", eight},
      {"json, flat, 1 wanted", "json", flat, "", {"/pm2_5"}},
      {"json, flat, everything", "json", flat, "", {}},
      {"json from CBOR, 8 wanted", "json", cbor_of(flat), "application/cbor", eight},
      {"text, a number", "text", "21.4", "", {"value"}},
      {"senml, 3 records",
       "senml",
       R"([{"bn":"urn:dev:ow:10e2:","bt":1.7723664e9,"n":"temp","u":"Cel","v":23.1},)"
       R"({"n":"rh","u":"%RH","v":45},{"n":"open","vb":false}])",
       "",
       {"temp", "rh", "open"}},
      {"ultralight, 4 keys", "ultralight", "t|15|h|45|p|1013.2|s|ok", "", {"t", "h", "p", "s"}},
  };
}

void measure(const Case& one) {
  const Decoder decode = find_driver(one.format)->open({one.names, "", {}});
  Reading reading;
  reading.payload = one.payload;
  reading.content_type = one.content_type;
  std::array<double, kRounds> ns{};
  std::size_t made = 0;
  for (double& round : ns) {
    const std::size_t before = allocations();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kReadings; ++i)
      if (!decode(reading)) std::abort();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    round = took.count() / kReadings;
    made = (allocations() - before) / kReadings;
  }
  std::sort(ns.begin(), ns.end());
  std::printf("%-26s %4zu bytes %8.0f ns %4zu allocations\n", one.what, one.payload.size(),
              ns[kRounds / 2], made);
}

}  // namespace

int main() {
  for (const Case& one : cases()) measure(one);
}
