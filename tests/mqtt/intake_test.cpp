// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/intake.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "mqtt/source_fixture.h"

using namespace lamppost;
using namespace lamppost::mqtt;

namespace {

const Outcome kFull{Disposition::kRefused, "outbox full (5 rows)"};

}  // namespace

TEST_CASE("a short refusal is sat out") {
  Lines lines;
  const Log log = lines.log();
  int calls = 0;
  Intake intake(
      "site", [&](const Reading&) { return ++calls < 3 ? kFull : Outcome{}; }, log);
  CHECK(intake.offer({}));
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
      "site", [&](const Reading&) { return ++calls, kFull; }, log);
  CHECK_FALSE(intake.offer({}));
  CHECK(calls == 6);
  for (int i = 0; i < 100; ++i) CHECK_FALSE(intake.offer({}));
  CHECK(calls == 106);
  CHECK(intake.refused() == 101);
  CHECK(intake.refusal() == "outbox full (5 rows)");
  CHECK(lines.count("refuses") == 1);
}

TEST_CASE("stop ends the waiting at once") {
  const Log log([](LogLevel, std::string_view) {});
  std::atomic<bool> asked{false};
  Intake intake(
      "site", [&](const Reading&) { return asked = true, kFull; }, log);
  const auto before = std::chrono::steady_clock::now();
  std::thread waiting([&] { CHECK_FALSE(intake.offer({})); });
  CHECK(eventually([&] { return asked.load(); }));
  intake.stop();
  waiting.join();
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::milliseconds(1000));
}

TEST_CASE("every final state may be acknowledged") {
  const Log log([](LogLevel, std::string_view) {});
  for (const auto disposition : {Disposition::kStored, Disposition::kEmpty, Disposition::kDead,
                                 Disposition::kHeld, Disposition::kRejected}) {
    Intake intake(
        "site",
        [&](const Reading&) {
          return Outcome{disposition, ""};
        },
        log);
    CHECK(intake.offer({}));
  }
}
