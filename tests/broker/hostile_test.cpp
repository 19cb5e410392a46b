// SPDX-License-Identifier: Apache-2.0
// A hostile afternoon: two destinations on a real outbox. The region has outages, answers 503, 429
// and half sentences, resets, stores without saying so, falls silent, refuses some entities, lets
// tokens run out and changes its certificates; the city is well and must not notice any of it.
//
// LAMPPOST_READINGS (3,000) and LAMPPOST_RATE (300 a second) choose a longer afternoon.
#include <algorithm>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "broker/road.h"
#include "support/certificates.h"
#include "support/temp_directory.h"

namespace lamppost {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kEntities = 400;
constexpr int kUnwelcome = 2;  // of them the region refuses
constexpr std::chrono::milliseconds kTokenLife = 1s, kBeat = 10ms, kLinger = 20ms;

long number_from(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::atol(text);
}

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Steady::now().time_since_epoch())
      .count();
}

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * 4096 / 1e6;
}

std::string entity_name(long reading) { return std::to_string(reading % kEntities); }

// What a broker has stored, seen from its side: each entity's numbers never fall.
class Witness {
 public:
  std::function<void(const Json&)> ear() {
    return [this](const Json& entity) { note(entity); };
  }
  long stored() const { return stored_; }
  long repeated() const { return repeated_; }
  long backwards() const { return backwards_; }
  // Milliseconds from the outbox to the broker; of a hundred the slowest one, and of all.
  std::pair<double, double> slowest() {
    const std::lock_guard lock(mutex_);
    std::sort(delays_ms_.begin(), delays_ms_.end());
    if (delays_ms_.empty()) return {0, 0};
    return {delays_ms_[delays_ms_.size() * 99 / 100], delays_ms_.back()};
  }

 private:
  void note(const Json& entity) {
    const std::lock_guard lock(mutex_);
    auto& last = last_[entity["id"].get<std::string>()];
    const long number = entity["n"]["value"];
    ++stored_;
    repeated_ += number == last ? 1 : 0;
    backwards_ += number < last ? 1 : 0;
    last = number;
    delays_ms_.push_back(
        static_cast<float>(now_us() - entity["sent"]["value"].get<std::int64_t>()) / 1000);
  }
  std::mutex mutex_;
  std::map<std::string, long> last_;  // numbers begin with 1
  std::vector<float> delays_ms_;
  std::atomic<long> stored_ = 0, repeated_ = 0, backwards_ = 0;
};

// Tokens that run out, and who knows of them.
class Tokens {
 public:
  Reply issue() {
    const std::lock_guard lock(mutex_);
    born_ = Steady::now();
    return {200,
            R"({"token_type":"Bearer","expires_in":1,"access_token":"t)" +
                std::to_string(++number_) + "\"}",
            {}};
  }
  bool valid(const std::string& shown) {
    const std::lock_guard lock(mutex_);
    return shown == "Bearer t" + std::to_string(number_) && Steady::now() - born_ < kTokenLife;
  }
  int issued() {
    const std::lock_guard lock(mutex_);
    return number_;
  }

 private:
  std::mutex mutex_;
  int number_ = 0;
  Steady::time_point born_;
};

// The region's moods, eight requests each.
class Moods {
 public:
  explicit Moods(Tokens& tokens) : tokens_(tokens) {}
  void calm_down() { calm_ = true; }

  std::optional<Reply> answer(const SeenRequest& request) {
    if (!tokens_.valid(request.header("Authorization"))) return Reply{401, "", {}};
    if (calm_) return std::nullopt;
    const int mood = count_++ / 8 % 12;
    switch (mood) {
      case 1:
        return Reply{503, problem("InternalError", 503), {}};
      case 2:
        return count_ % 8 == 0 ? Reply{429, "", {{"Retry-After", "1"}}} : Reply{429, "", {}};
      case 4:
        return Reply{204, "", {}, Manner::kCloseUnanswered};
      case 5:
        return Reply{204, "", {}, Manner::kStoreButNeverAnswer};
      case 7:
        return Reply{204, "", {}, count_ % 4 == 0 ? Manner::kSilence : Manner::kCloseInsideHeader};
      case 8:
        return Reply{200, "{\"success\":[", {}, Manner::kCloseInsideBody};
      case 10:
        if (count_ % 4 == 0) return Reply{200, "", {}, Manner::kTrickle};
        return Reply{500, problem("InternalError", 500, "deadlock"), {}};
      default:
        return std::nullopt;
    }
  }

 private:
  Tokens& tokens_;
  std::atomic<bool> calm_ = false;
  std::atomic<int> count_ = 0;
};

// The region, up or down, on one port, behind certificates of the one authority or the other.
class Region {
 public:
  explicit Region(Witness& witness) : witness_(witness), moods_(tokens_) {
    identity_.rule([this](const SeenRequest&) { return std::optional<Reply>(tokens_.issue()); });
    rise();
  }
  void fall() { server_.reset(); }
  void rise() {
    const std::string which = ++lives_ % 2 == 0 ? "other-" : "";
    for (const auto& [from, to] : {std::pair{which + "ca.pem", "ca"},
                                   {which + "client.pem", "cert"},
                                   {which + "client.key", "key"}})
      std::filesystem::copy_file(made_.file(from), file(to),
                                 std::filesystem::copy_options::overwrite_existing);
    FakeBroker::Options served;
    served.port = port_;
    served.cert_file = made_.file(which + "server.pem");
    served.key_file = made_.file(which + "server.key");
    served.client_ca_file = made_.file(which + "ca.pem");
    served.on_entity = witness_.ear();
    served.forgetful = true;
    server_ = std::make_unique<FakeBroker>(served);
    port_ = static_cast<unsigned short>(server_->port());
    server_->rule([this](const SeenRequest& request) { return moods_.answer(request); });
    for (int i = 0; i < kUnwelcome; ++i) server_->refuse(urn(std::to_string(i)));
  }
  void calm_down() { moods_.calm_down(); }
  void reset_next() {
    if (server_) server_->script({{200, "", {}, Manner::kResetWhileReading}});
  }
  bool is_up() const { return server_ != nullptr; }
  int lives() const { return lives_; }
  int tokens() { return tokens_.issued(); }
  Strings breaches() const { return server_->breaches(); }

  config::Broker way() const {
    auto to = destination("region", server_->url());
    to.tls = {file("ca"), file("cert"), file("key")};
    to.min_tls = "1.2";
    to.timeout = 400ms;
    to.auth.type = config::AuthType::kOAuth2;
    to.auth.header = "Authorization";
    to.auth.token_url = identity_.url() + "/token";
    to.auth.client_id = "gateway";
    to.auth.client_secret.value = "secret";
    return to;
  }

 private:
  std::string file(const std::string& name) const { return (directory_.path() / name).string(); }

  Witness& witness_;
  TempDirectory directory_;
  Certificates made_;
  Tokens tokens_;
  Moods moods_;
  FakeBroker identity_;
  std::unique_ptr<FakeBroker> server_;
  unsigned short port_ = 0;
  int lives_ = 0;
};

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
