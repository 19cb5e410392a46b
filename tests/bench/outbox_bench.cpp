// SPDX-License-Identifier: Apache-2.0
// What a row costs in the outbox: CPU of this process and bytes written to flash, with rows of 500
// bytes delivered in batches of 100. Medians of five runs. Arguments: directory on flash, directory
// on tmpfs.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "outbox/outbox.h"
#include "support/manual_clock.h"

namespace {

using namespace lamppost;
namespace fs = std::filesystem;

constexpr int kRows = 20'000;
constexpr int kBatch = 100;

double cpu_us() {
  timespec at{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) * 1e6 + static_cast<double>(at.tv_nsec) / 1e3;
}

struct Cost {
  double append_us = 0, move_us = 0, deliver_us = 0, flash_bytes = 0;
};

struct Setting {
  const char* name;
  std::chrono::milliseconds window;
  bool outage;  // rows reach flash before they are delivered
  int rows;
};

// Some 500 bytes, no two alike.
std::string payload(const std::string& entity, int n) {
  std::string text = "{\"id\":\"" + entity + "\",\"type\":\"AirQualityObserved\"";
  for (const auto* name : {"pm25", "no2", "o3", "temperature"})
    text += std::string(",\"") + name +
            "\":{\"type\":\"Property\",\"value\":" + std::to_string(n % 977) + "." +
            std::to_string(n % 10) + ",\"unitCode\":\"GQ\",\"observedAt\":\"2026-03-01T12:" +
            std::to_string(10 + n / 60 % 50) + ":" + std::to_string(10 + n % 50) + ".000Z\"}";
  return text + "}";
}

outbox::Deposit reading(int n, Timestamp now) {
  outbox::Deposit deposit;
  deposit.source = "site";
  const auto entity = "urn:ngsi-ld:AirQualityObserved:station-" + std::to_string(n % 1000);
  deposit.rows.push_back({"city", entity, payload(entity, n), now, false});
  return deposit;
}

void deliver(outbox::Outbox& outbox, double& spent) {
  const auto start = cpu_us();
  const auto batch = outbox.next_batch("city", {kBatch, 1 << 20});
  Verdict verdict;
  for (const auto& row : batch.rows) verdict.accepted.push_back(row.id);
  static_cast<void>(outbox.settle("city", verdict, std::chrono::milliseconds(0)));
  spent += cpu_us() - start;
}

Cost run(const Setting& setting, const outbox::Options& options) {
  ManualClock clock;
  const Log log([](LogLevel, std::string_view) {});
  const auto outbox = outbox::Outbox::open(options, clock, log);
  const auto written = outbox->totals().flash_bytes_written;
  Cost cost;
  for (int n = 0; n < setting.rows; ++n) {
    const auto deposit = reading(n, clock.now());
    auto start = cpu_us();
    if (!outbox->append(deposit)) std::abort();
    cost.append_us += cpu_us() - start;
    clock.advance(std::chrono::milliseconds(1));  // 1000 readings a second
    if (n % kBatch != kBatch - 1) continue;
    if (!setting.outage) deliver(*outbox, cost.deliver_us);
    start = cpu_us();
    outbox->maintain();
    cost.move_us += cpu_us() - start;
  }
  while (outbox->totals().rows > 0) deliver(*outbox, cost.deliver_us);
  cost.flash_bytes = static_cast<double>(outbox->totals().flash_bytes_written - written);
  for (auto* value : {&cost.append_us, &cost.move_us, &cost.deliver_us, &cost.flash_bytes})
    *value /= setting.rows;
  return cost;
}

double median(std::vector<Cost> costs, double Cost::*member) {
  std::sort(costs.begin(), costs.end(),
            [member](const Cost& left, const Cost& right) { return left.*member < right.*member; });
  return costs[costs.size() / 2].*member;
}

void print(const Setting& setting, const fs::path& flash, const fs::path& memory) {
  std::vector<Cost> costs;
  for (int n = 0; n < 5; ++n) {
    const auto name = "lamppost-bench-" + std::to_string(getpid());
    outbox::Options options;
    options.path = flash / name / "outbox.db";
    options.runtime_dir = memory / (name + "-run");
    options.destinations = {"city"};
    options.power_loss_window = setting.window;
    fs::create_directories(options.path.parent_path());
    fs::create_directories(options.runtime_dir);
    costs.push_back(run(setting, options));
    fs::remove_all(options.path.parent_path());
    fs::remove_all(options.runtime_dir);
  }
  std::printf("| %-28s | %9.2f | %7.2f | %10.2f | %13.0f |\n", setting.name,
              median(costs, &Cost::append_us), median(costs, &Cost::move_us),
              median(costs, &Cost::deliver_us), median(costs, &Cost::flash_bytes));
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path flash = argc > 1 ? argv[1] : fs::temp_directory_path();
  const fs::path memory = argc > 2 ? argv[2] : "/dev/shm";
  std::printf(
      "| outbox, a row                | append us | move us | deliver us | flash bytes   |\n");
  std::printf(
      "|------------------------------|-----------|---------|------------|---------------|\n");
  using std::chrono::milliseconds;
  print({"window 1 s, broker healthy", milliseconds(1000), false, kRows}, flash, memory);
  print({"window 1 s, outage, backlog", milliseconds(1000), true, kRows}, flash, memory);
  print({"window 0", milliseconds(0), false, kRows / 10}, flash, memory);
}
