// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/moderation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace std::chrono_literals;
using lamppost::mqtt::Moderation;

namespace {

using Pause = Moderation::Pause;
using Time = Moderation::Time;

constexpr auto kTurn = 60us;  // to wake, read and acknowledge

// The thread that reads, and what it has seen.
class Reader {
 public:
  Time now = Time{} + 1h;
  int turns = 0, pauses = 0;
  std::size_t readings = 0;
  Pause longest{};

  void take(std::size_t count, const void* connection = nullptr) {
    ++turns;
    readings += count;
    now += kTurn;
    const auto pause = moderation_.after(connection, count, now);
    longest = std::max(longest, pause);
    pauses += pause.count() > 0 ? 1 : 0;
    now += pause;
  }

  // Sleeps until the next of `times`, then takes all that have come.
  void follow(const std::vector<Time>& times) {
    for (auto next = times.begin(); next != times.end();) {
      now = std::max(now, *next);
      const auto end = std::upper_bound(next, times.end(), now);
      take(static_cast<std::size_t>(end - next));
      next = end;
    }
  }
  double readings_a_turn() const { return static_cast<double>(readings) / turns; }

 private:
  Moderation moderation_;
};

std::vector<Time> evenly(Time from, double a_second, std::chrono::seconds during) {
  std::vector<Time> times;
  const auto count = static_cast<long>(a_second * static_cast<double>(during.count()));
  for (long n = 0; n < count; ++n)
    times.push_back(from + std::chrono::nanoseconds(static_cast<long>(1e9 / a_second) * n));
  return times;
}

std::vector<Time> at_random(Time from, double a_second, std::chrono::seconds during) {
  std::mt19937 dice(7);  // NOLINT: the same each time
  std::exponential_distribution<double> gap(a_second);
  std::vector<Time> times;
  for (double at = gap(dice); at < static_cast<double>(during.count()); at += gap(dice))
    times.push_back(from + std::chrono::nanoseconds(static_cast<long>(at * 1e9)));
  return times;
}

}  // namespace

TEST_CASE("mqtt: a hundred readings a second are each taken at once") {
  Reader evenly_spaced, random;
  evenly_spaced.follow(evenly(evenly_spaced.now, 100, 20s));
  random.follow(at_random(random.now, 100, 60s));
  CHECK(evenly_spaced.pauses == 0);
  CHECK(random.pauses == 0);
}

TEST_CASE("mqtt: five hundred a second are taken in turns of five, within ten milliseconds") {
  Reader evenly_spaced, random;
  evenly_spaced.follow(evenly(evenly_spaced.now, 500, 10s));
  random.follow(at_random(random.now, 500, 60s));
  CHECK(evenly_spaced.readings_a_turn() > 4.5);
  CHECK(random.readings_a_turn() > 3);
  CHECK(evenly_spaced.longest == Moderation::kLongest);
  CHECK(random.longest == Moderation::kLongest);
}

TEST_CASE("mqtt: the more come, the shorter they are waited for, and of very many none waits") {
  Reader many, very_many;
  many.follow(evenly(many.now, 4'000, 3s));
  very_many.follow(evenly(very_many.now, 20'000, 3s));
  CHECK(many.readings_a_turn() > 5);
  // The first readings of a stream do not yet show its rate.
  CHECK(very_many.pauses < 20);
}

TEST_CASE("mqtt: a stream at full rate waits once, at its beginning") {
  Reader reader;
  while (reader.readings < 20'000) reader.take(reader.pauses == 0 ? 1 : 20);
  CHECK(reader.pauses <= 1);
}

TEST_CASE(
    "mqtt: a sender that keeps all but one packet until it hears from us counts as one that "
    "sends") {
  Reader reader;
  double lying = 0;
  for (int turn = 0; turn < 500; ++turn) {
    const auto before = reader.now;
    reader.take(1);
    lying += 500 * std::chrono::duration<double>(reader.now - before).count();
    const auto kept = static_cast<std::size_t>(lying);
    if (kept > 1)
      reader.take(kept - 1), lying -= static_cast<double>(kept);
    else
      reader.now += 2ms, lying = 0;
  }
  CHECK(reader.pauses > 200);
}

// Not of one that has three to five on their way: see decision 25.
TEST_CASE("mqtt: a sender that waits for PUBACKs keeps nearly all of its rate") {
  for (const std::size_t ahead : {1U, 2U, 10U, 20U})
    for (const auto way : {200us, 1'000us, 3'000us, 9'000us}) {
      CAPTURE(ahead);
      CAPTURE(way.count());
      Reader reader;
      const auto begin = reader.now;
      while (reader.now < begin + 60s) {
        const auto acknowledged = reader.now + kTurn;
        reader.take(ahead);
        reader.now = std::max(reader.now, acknowledged + way);
      }
      const double passed = std::chrono::duration<double>(reader.now - begin).count();
      const double alone = passed / std::chrono::duration<double>(way + kTurn).count();
      CHECK(static_cast<double>(reader.readings) > 0.95 * alone * static_cast<double>(ahead));
    }
}

TEST_CASE("mqtt: of several connections one waits for all") {
  Reader reader;
  std::vector<char> connections(10);
  const auto begin = reader.now;
  std::size_t given = 0;
  while (reader.now < begin + 10s) {
    // 60 a second of each; whoever has something is read in its turn.
    const auto due =
        static_cast<std::size_t>(600 * std::chrono::duration<double>(reader.now - begin).count());
    if (due < given + connections.size()) {
      reader.now += 1ms;
      continue;
    }
    for (const char& connection : connections) reader.take(1, &connection);
    given += connections.size();
  }
  const double share = static_cast<double>(reader.pauses) / reader.turns;
  CHECK(reader.pauses > 0);
  CHECK(share < 0.11);
}
