// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/intake.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "mqtt/source_fixture.h"

using namespace lamppost;
using namespace lamppost::mqtt;

namespace {

const auto kFull = taken(0, 1);
const std::vector<Reading> kOne(1);

}  // namespace

TEST_CASE("a short refusal is sat out") {
  Lines lines;
  const Log log = lines.log();
  int calls = 0;
  Intake intake(
      "site", [&](auto readings) { return ++calls < 3 ? kFull : taken(1, readings.size()); }, log);
  CHECK(intake.offer(kOne) == 1);
  CHECK(calls == 3);
  CHECK(intake.refused() == 1);
  CHECK(intake.refusal().empty());
  CHECK(lines.text() ==
        "4 source site: the outbox refuses readings (outbox full (5 rows)): the broker keeps those "
        "of QoS 1 and 2 until there is room; QoS 0 is lost\n"
        "5 source site: the outbox takes readings again; pushed back meanwhile: 1\n");
}

TEST_CASE("a long refusal is said once, and later readings do not wait") {
  Lines lines;
  const Log log = lines.log();
  int calls = 0;
  Intake intake(
      "site", [&](auto) { return ++calls, kFull; }, log);
  CHECK(intake.offer(kOne) == 0);
  CHECK(calls == 6);
  for (int i = 0; i < 100; ++i) CHECK(intake.offer(kOne) == 0);
  CHECK(calls == 106);
  CHECK(intake.refused() == 101);
  CHECK(intake.refusal() == "outbox full (5 rows)");
  CHECK(lines.count("refuses") == 1);
}

TEST_CASE("stop ends the waiting at once") {
  const Log log([](LogLevel, std::string_view) {});
  std::atomic<bool> asked{false};
  Intake intake(
      "site", [&](auto) { return asked = true, kFull; }, log);
  const auto before = std::chrono::steady_clock::now();
  std::thread waiting([&] { CHECK(intake.offer(kOne) == 0); });
  CHECK(eventually([&] { return asked.load(); }));
  intake.stop();
  waiting.join();
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::milliseconds(1000));
}

TEST_CASE("of several readings those are offered again that were refused") {
  const Log log([](LogLevel, std::string_view) {});
  std::vector<std::size_t> offered;
  Intake intake(
      "site",
      [&](auto readings) {
        offered.push_back(readings.size());
        return taken(2, readings.size());
      },
      log);
  CHECK(intake.offer(std::vector<Reading>(6)) == 6);
  CHECK(offered == std::vector<std::size_t>{6, 4, 2});
  CHECK(intake.refused() == 4);
  CHECK_FALSE(intake.refusing());
}
