// SPDX-License-Identifier: Apache-2.0
// A gateway without transports, from a configuration in a file to rows in a real outbox.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "ingest/ingest.h"
#include "ingest/waiting.h"
#include "support/temp_outbox.h"

namespace lamppost {

inline constexpr const char* kConfig = R"(
[source.site]
type = "mqtt"
url = "mqtt://127.0.0.1:1883"
[broker.city]
url = "http://127.0.0.1:1026"
[broker.region]
url = "http://127.0.0.1:1027"
[[mapping]]
name = "air"
source = "site"
match = "air/{station}/state"
format = "json"
time = { from = "/ts" }
model = "AirQualityObserved"
id = "urn:ngsi-ld:AirQualityObserved:{station}"
location = [4.4, 51.2]
[mapping.attributes]
pm25 = { from = "/p" }
relativeHumidity = { from = "/rh" }
)";

// How many of the readings were not refused.
inline std::size_t taken(const std::vector<Outcome>& outcomes) {
  return static_cast<std::size_t>(std::count_if(
      outcomes.begin(), outcomes.end(),
      [](const Outcome& outcome) { return outcome.disposition != Disposition::kRefused; }));
}

// A gateway without transports: what a reading becomes can be looked at right after accept().
struct Gateway {
  TempDirectory directory;
  TempOutbox shelf;
  std::filesystem::path file = directory.path() / "lamppost.toml";
  std::shared_ptr<const ingest::Pipeline> pipeline;
  std::unique_ptr<ingest::Ingest> ingest;

  explicit Gateway(const std::string& text = kConfig, outbox::Options options = {})
      : shelf([&] {
          options.destinations = {"city", "region", ingest::kClockDestination};
          return options;
        }()) {
    setenv("LAMPPOST_DATA_DIR", LAMPPOST_SOURCE_DIR "/config", 1);
    pipeline = built(text);
    ingest = restarted("first");
  }

  // The daemon anew, in this boot of the machine or in another.
  std::unique_ptr<ingest::Ingest> restarted(const std::string& boot) {
    return std::make_unique<ingest::Ingest>(pipeline, *shelf.outbox,
                                            ingest::ClockDoor{shelf.clock, boot},
                                            shelf.options.runtime_dir, shelf.log);
  }

  std::shared_ptr<const ingest::Pipeline> built(const std::string& text) {
    std::ofstream(file) << text;
    Findings findings;
    auto result = ingest::Pipeline::build(file, findings);
    REQUIRE_MESSAGE(result != nullptr, findings.to_text());
    return result;
  }

  Reading reading(std::string topic, std::string payload) const {
    return {"site", std::move(topic), std::move(payload), "", "", shelf.clock.now()};
  }
  Outcome accept(std::string topic, std::string payload) {
    return ingest->accept(reading(std::move(topic), std::move(payload)));
  }
  outbox::SourceLedger source() const { return shelf.outbox->totals().sources["site"]; }
  outbox::Ledger city() const { return shelf.outbox->totals().destinations["city"]; }
};

}  // namespace lamppost
