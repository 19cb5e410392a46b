// SPDX-License-Identifier: Apache-2.0
// What a reading costs from its arrival to its verdict, without MQTT and HTTP, stage by stage:
// microseconds of processor time (median of five rounds) and allocations, with the mapping of
// bench.py and readings like its own. Then the same with a pause before each reading: a processor
// that slept finds its caches cold.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>

#include "allocations.h"
#include "ingest/ingest.h"
#include "ngsi_ld/serialize.h"
#include "ngsi_ld/write_mode.h"
#include "support/temp_outbox.h"

namespace {

using namespace lamppost;  // NOLINT: a program, not a header
using std::chrono::milliseconds;

constexpr int kRounds = 5;
constexpr int kDevices = 50;
constexpr int kReadings = 400 * kDevices;

constexpr const char* kConfig = R"(
[gateway]
id = "bench"
[source.site]
type = "mqtt"
url = "mqtt://127.0.0.1"
[broker.city]
url = "http://127.0.0.1:1026"
)";

double cpu_us() {
  timespec at{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) * 1e6 + static_cast<double>(at.tv_nsec) / 1e3;
}

Reading reading(int n, Timestamp now) {
  const std::string station = std::to_string(n % kDevices);
  Reading reading;
  reading.source = "site";
  reading.topic = "air/quay-" + station + "/state";
  reading.payload = R"({"ts":")" + to_iso8601(now) + R"(","station":"harbour-)" + station +
                    R"(","pm1":4.2,"pm2_5":7.9,"pm10":12.4,"no2":21.0,"o3":48.5,"t":11.3,)"
                    R"("rh":71.2,"pressure":1013.2,"battery":3.61,"rssi":-87})";
  reading.arrived = now;
  return reading;
}

// What the stages of one round took together.
struct Spent {
  double us = 0;
  std::size_t allocated = 0;
};

template <typename Work>
auto timed(Spent& spent, Work work) {
  const auto allocated = allocations();
  const double begin = cpu_us();
  auto made = work();
  spent.us += cpu_us() - begin;
  spent.allocated += allocations() - allocated;
  return made;
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "ingest_bench: %s\n", why.c_str());
  std::exit(70);
}

enum Stage { kDecode, kMap, kSerialise, kAccept, kBatch, kSettle, kStages };
using Round = std::array<Spent, kStages>;

class Bench {
 public:
  explicit Bench(const std::filesystem::path& config) {
    Findings findings;
    pipeline_ = ingest::Pipeline::build(config, findings);
    if (!pipeline_) give_up(findings.to_text());
    ingest_.emplace(pipeline_, *shelf_, ingest::ClockDoor{shelf_.clock, "boot"},
                    shelf_.options.runtime_dir, shelf_.log);
  }

  // What accept() does before it judges and stores, one step after the other.
  void transform(Round& round, int n) {
    const ingest::Route& route = *pipeline_->routes("site").front();
    const Reading arriving = reading(n, shelf_.clock.now());
    mapping::Captures captures;
    if (!route.topic.match(arriving.topic, captures)) give_up("no match");
    const auto seen = timed(round[kDecode], [&] { return route.decode(arriving); });
    if (!seen) give_up(seen.error().text);
    const auto mapped = timed(round[kMap], [&] {
      return mapping::map(*route.plan, captures, seen->front(), arriving.arrived);
    });
    if (!mapped || mapped->size() != 1) give_up("no entity");
    const auto json =
        timed(round[kSerialise], [&] { return ngsi_ld::to_json(mapped->front().update); });
    entity_bytes = json.size();
    reading_bytes = arriving.payload.size();
  }

  void accept(Round& round, int n) {
    shelf_.clock.advance(milliseconds(1));
    const Reading arriving = reading(n, shelf_.clock.now());
    const auto outcome = timed(round[kAccept], [&] { return ingest_->accept(arriving); });
    if (outcome.disposition != Disposition::kStored) give_up("not stored");
  }

  void deliver(Round& round) {
    Verdict verdict;
    timed(round[kBatch], [&] {
      const auto batch = shelf_->next_batch("city", {});
      for (const auto& row : batch.rows) verdict.accepted.push_back(row.id);
      return ngsi_ld::batch_body(batch.rows);
    });
    if (!timed(round[kSettle], [&] { return shelf_->settle("city", verdict, milliseconds(0)); }))
      give_up("not settled");
  }

  std::size_t reading_bytes = 0, entity_bytes = 0;

 private:
  TempOutbox shelf_;
  std::shared_ptr<const ingest::Pipeline> pipeline_;
  std::optional<ingest::Ingest> ingest_;
};

void print_stages(Bench& bench) {
  std::array<Round, kRounds> rounds{};
  for (Round& round : rounds)
    for (int n = 0; n < kReadings; ++n) {
      bench.transform(round, n);
      bench.accept(round, n);
      if ((n + 1) % kDevices == 0) bench.deliver(round);
    }
  std::printf("%zu bytes of JSON become %zu bytes of NGSI-LD\n\n", bench.reading_bytes,
              bench.entity_bytes);
  std::puts("| stage | us a reading | allocations |\n|---|---:|---:|");
  double together = 0, allocated = 0;
  const auto row = [](const char* name, double us, double count) {
    std::printf("| %s | %.2f | %.1f |\n", name, us, count);
  };
  const auto of = [&](Stage stage) {
    std::sort(rounds.begin(), rounds.end(),
              [&](const Round& a, const Round& b) { return a[stage].us < b[stage].us; });
    const Spent& middle = rounds[kRounds / 2][stage];
    return std::pair(middle.us / kReadings, static_cast<double>(middle.allocated) / kReadings);
  };
  const auto accept = of(kAccept);
  double before_us = 0, before_count = 0;
  for (const auto& [stage, name] :
       {std::pair(kDecode, "decode"), {kMap, "map and check"}, {kSerialise, "serialise"}}) {
    const auto [us, count] = of(stage);
    before_us += us, before_count += count;
    row(name, us, count);
  }
  row("late, duplicate, store: accept() less the above", accept.first - before_us,
      accept.second - before_count);
  together = accept.first, allocated = accept.second;
  for (const auto& [stage, name] : {std::pair(kBatch, "batch of 50"), {kSettle, "settle"}}) {
    const auto [us, count] = of(stage);
    together += us, allocated += count;
    row(name, us, count);
  }
  row("together", together, allocated);
}

// accept() and delivery of one reading alone, each after so long a sleep, and a sleep that nothing
// follows.
void print_pauses(Bench& bench) {
  std::puts(
      "\n| pause before each reading | us a reading | us of an empty pause |\n|---|---:|---:|");
  for (const auto pause : {milliseconds(0), milliseconds(2), milliseconds(10)}) {
    constexpr int kAlone = 300;
    Round round{};
    for (int n = 0; n < kAlone; ++n) {
      if (pause.count() > 0) std::this_thread::sleep_for(pause);
      bench.accept(round, n);
      bench.deliver(round);
    }
    const double begin = cpu_us();
    for (int n = 0; n < kAlone && pause.count() > 0; ++n) std::this_thread::sleep_for(pause);
    const double empty = cpu_us() - begin;
    std::printf("| %d ms | %.1f | %.1f |\n", static_cast<int>(pause.count()),
                (round[kAccept].us + round[kBatch].us + round[kSettle].us) / kAlone,
                empty / kAlone);
  }
}

}  // namespace

int main() {
  setenv("LAMPPOST_DATA_DIR", LAMPPOST_SOURCE_DIR "/config", 1);
  const TempDirectory directory;
  std::ofstream(directory / "lamppost.toml")
      << kConfig << std::ifstream(LAMPPOST_SOURCE_DIR "/tests/bench/air.toml").rdbuf();
  Bench bench(directory / "lamppost.toml");
  print_stages(bench);
  print_pauses(bench);
}
