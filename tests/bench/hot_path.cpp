// SPDX-License-Identifier: Apache-2.0
// The way of a reading without transports: the recorded traffic of the demo, over and over, with
// the annotated configuration, into a real outbox and out of it in batches. instructions.py counts
// what each stage costs. Argument: how many rounds of the traffic.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "ingest/ingest.h"
#include "ingest/waiting.h"
#include "ngsi_ld/write_mode.h"
#include "support/temp_outbox.h"

using namespace lamppost;

namespace {

// One line of traffic.txt; `payload` still has its @NOW-n@.
struct Recorded {
  Reading reading;
  std::string payload;
};

std::vector<Recorded> recorded() {
  std::vector<Recorded> all;
  std::ifstream file(LAMPPOST_SOURCE_DIR "/tests/demo/traffic.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string kind, format;
    Recorded one;
    words >> kind >> one.reading.topic;
    if (kind != "mqtt" && kind != "coap") continue;
    one.reading.source = kind == "mqtt" ? "site" : "field";
    if (kind == "coap") {
      words >> format;
      one.reading.content_type = format == "110" ? "application/senml+json" : "";
    }
    std::getline(words >> std::ws, one.payload);
    all.push_back(std::move(one));
  }
  return all;
}

Reading arriving(const Recorded& recorded, Timestamp now) {
  Reading reading = recorded.reading;
  reading.arrived = now;
  reading.payload = recorded.payload;
  const auto mark = reading.payload.find("@NOW");
  if (mark == std::string::npos) return reading;
  const auto end = reading.payload.find('@', mark + 1);
  const long back = std::strtol(reading.payload.c_str() + mark + 4, nullptr, 10);
  reading.payload.replace(mark, end + 1 - mark, std::to_string(now.ms / 1000 + back));
  return reading;
}

}  // namespace

// The stages, as functions that neither inlining nor link-time optimisation takes away.
#define STAGE extern "C" __attribute__((noinline, noclone, used))

STAGE std::size_t stage_transform(const ingest::Pipeline& pipeline, const Reading& reading) {
  return ingest::transform(pipeline, reading).entities.size();
}

STAGE bool stage_accept(ingest::Ingest& ingest, const Reading& reading) {
  return ingest.accept(reading).disposition == Disposition::kStored;
}

STAGE std::size_t stage_batch(outbox::Outbox& outbox, Verdict& verdict) {
  const auto batch = outbox.next_batch("city", {});
  for (const auto& row : batch.rows) verdict.accepted.push_back(row.id);
  return ngsi_ld::batch_body(batch.rows).size();
}

STAGE bool stage_settle(outbox::Outbox& outbox, const Verdict& verdict) {
  return static_cast<bool>(outbox.settle("city", verdict, std::chrono::milliseconds(0)));
}

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 100;
  setenv("LAMPPOST_DATA_DIR", LAMPPOST_SOURCE_DIR "/config", 1);
  outbox::Options options;
  options.destinations = {"city", ingest::kClockDestination};
  TempOutbox shelf(options);
  Findings findings;
  const std::shared_ptr<const ingest::Pipeline> pipeline =
      ingest::Pipeline::build(LAMPPOST_SOURCE_DIR "/config/lamppost.toml", findings);
  if (!pipeline) {
    std::fputs(findings.to_text().c_str(), stderr);
    return 78;
  }
  ingest::Ingest ingest(pipeline, *shelf, {shelf.clock, "boot"}, shelf.options.runtime_dir,
                        shelf.log);
  const auto traffic = recorded();
  for (int round = 0; round < rounds; ++round) {
    for (const auto& recorded : traffic) {
      const Reading reading = arriving(recorded, shelf.clock.now());
      if (stage_transform(*pipeline, reading) == 0 || !stage_accept(ingest, reading)) {
        std::fprintf(stderr, "not stored: %s %s\n", reading.topic.c_str(), reading.payload.c_str());
        return 70;
      }
    }
    shelf.clock.advance(std::chrono::seconds(60));
    while (shelf->totals().rows > 0) {
      Verdict verdict;
      if (stage_batch(*shelf, verdict) == 0 || !stage_settle(*shelf, verdict)) return 70;
    }
  }
  std::printf("%zu readings\n", traffic.size() * static_cast<std::size_t>(rounds));
}
