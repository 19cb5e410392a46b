// SPDX-License-Identifier: Apache-2.0
// A hostile afternoon: two destinations on a real outbox. The region has outages, answers 503, 429
// and half sentences, resets, stores without saying so, falls silent, refuses some entities, lets
// tokens run out and changes its certificates; the city is well and must not notice any of it.
//
// LAMPPOST_READINGS (3,000) and LAMPPOST_RATE (300 a second) choose a longer afternoon.
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <fstream>

#include "broker/hostile_region.h"
#include "support/temp_directory.h"

namespace lamppost {
namespace {

constexpr int kEntities = 400;
constexpr std::chrono::milliseconds kBeat = 10ms, kLinger = 20ms;

long number_from(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atol(text);
}

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * 4096 / 1e6;
}

std::string entity_name(long reading) { return std::to_string(reading % kEntities); }

outbox::Options shelves_in(const std::filesystem::path& directory) {
  outbox::Options options;
  options.path = directory / "outbox.db";
  options.runtime_dir = directory;
  options.destinations = {"city", "region"};
  return options;
}

FakeBroker::Options listening(Witness& witness) {
  FakeBroker::Options served;
  served.on_entity = witness.ear();
  served.forgetful = true;
  return served;
}

config::Broker lingering(config::Broker to) {
  to.linger = kLinger;
  return to;
}

struct Afternoon {
  Afternoon() {
    box->on_append([this] {
      to_city.wake();
      to_region.wake();
    });
    to_city.start();
    to_region.start();
  }

  void store(long reading) {
    const auto local = entity_name(reading);
    const auto text = R"({"id":")" + urn(local) +
                      R"(","type":"S","n":{"type":"Property","value":)" +
                      std::to_string(reading / kEntities + 1) +
                      R"(,"observedAt":"2026-03-01T12:00:00.000Z"},"sent":{"type":"Property",)" +
                      R"("value":)" + std::to_string(now_us()) + "}}";
    outbox::Deposit deposit;
    deposit.source = "site";
    for (const char* name : {"city", "region"})
      deposit.rows.push_back({name, urn(local), text, clock.now()});
    REQUIRE(box->append(deposit));
  }

  // One beat of readings, and now and then something for the region.
  void beat(long beats) {
    if (beats % 10 == 0) static_cast<void>(box->maintain());
    if (beats % 37 == 0) region.reset_next();
    if (beats % 200 == 150) region.fall();
    if (beats % 200 == 180) region.rise();
  }

  template <typename Done>
  void live_until(Done done, long per_beat, std::chrono::minutes limit) {
    const auto end = Steady::now() + limit;
    boost::asio::steady_timer timer(io, Steady::now());
    while (!done()) {
      REQUIRE(Steady::now() < end);
      beat(++beats_);
      for (long i = 0; i < per_beat && readings < wanted; ++i) store(readings++);
      bool over = false;
      timer.expires_at(timer.expiry() + kBeat);
      timer.async_wait([&over](const boost::system::error_code&) { over = true; });
      while (!over) io.run_one();
      if (readings == wanted / 5) early_mb = resident_mb();
    }
  }

  long seconds() const {
    return std::chrono::duration_cast<std::chrono::seconds>(Steady::now() - begin).count();
  }
  outbox::Ledger ledger(const std::string& name) { return box->totals().destinations[name]; }

  RealClock clock;
  Log quiet{[](LogLevel, std::string_view) {}};
  TempDirectory directory;
  std::unique_ptr<outbox::Outbox> box =
      outbox::Outbox::open(shelves_in(directory.path()), clock, quiet);
  Witness at_city, at_region;
  FakeBroker city{listening(at_city)};
  Region region{at_region};
  boost::asio::io_context io;
  broker::Forwarder to_city{
      io, lingering(destination("city", city.url())), *box, clock, quiet, impatient()};
  broker::Forwarder to_region{io, lingering(region.way()), *box, clock, quiet, impatient()};
  const long wanted = number_from("LAMPPOST_READINGS", 3'000);
  long readings = 0, beats_ = 0;
  double early_mb = 0;
  const Steady::time_point begin = Steady::now();
};

}  // namespace

TEST_CASE("a hostile afternoon: every reading accounted for, order kept, the other never delayed") {
  Afternoon day;
  const long rate = number_from("LAMPPOST_RATE", 300);
  const std::chrono::minutes limit(5 + day.wanted / rate / 20);
  day.live_until([&] { return day.readings == day.wanted; }, rate / 100, limit);
  if (!day.region.is_up()) day.region.rise();
  day.region.calm_down();
  day.live_until([&] { return day.box->totals().rows == 0; }, 0, limit);
  const auto [slow, slowest] = day.at_city.slowest();
  const auto readings = static_cast<std::uint64_t>(day.wanted);

  const auto city = day.ledger("city");
  CHECK(city.balanced());
  CHECK(city.delivered == readings);
  CHECK(day.at_city.stored() == day.wanted);
  CHECK(day.at_city.repeated() + day.at_city.backwards() == 0);
  // Its linger, and room for a busy machine.
  CHECK(slow < 20 + 500);
  CHECK(slowest < 20 + 2000);

  std::uint64_t unwelcome = 0;
  for (long i = 0; i < day.wanted; ++i) unwelcome += i % kEntities < kUnwelcome ? 1 : 0;
  const auto region = day.ledger("region");
  CHECK(region.balanced());
  CHECK(region.dead == unwelcome);
  CHECK(region.delivered == readings - unwelcome);
  CHECK(day.at_region.backwards() == 0);
  CHECK(day.at_region.stored() - day.at_region.repeated() == static_cast<long>(region.delivered));
  CHECK(day.region.lives() > 1);
  // One each 0.8 s; after a refusal one more.
  CHECK(day.region.tokens() > 3);
  CHECK(day.region.tokens() < day.seconds() * 3 + 5);
  CHECK(day.region.breaches().empty());
  CHECK(day.city.breaches().empty());
  // What the witnesses remember is some 10 bytes a reading.
  const auto late_mb = resident_mb();
  if (day.wanted >= 100'000) CHECK(late_mb < day.early_mb + 32);
  MESSAGE(day.wanted << " readings; city: of a hundred the slowest " << slow << " ms, of all "
                     << slowest << " ms; region: " << region.dead << " dead, "
                     << day.at_region.repeated() << " came twice, " << day.region.lives()
                     << " lives, " << day.region.tokens() << " tokens; RSS after a fifth "
                     << day.early_mb << " MB, at the end " << late_mb << " MB");
}

}  // namespace lamppost
