// SPDX-License-Identifier: Apache-2.0
// Everything between an outbox and a broker, with all waits made short: rows go in at one end, and
// the test looks at what arrived at the other.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "broker/forwarder.h"
#include "support/fake_broker.h"
#include "support/memory_outbox.h"

namespace lamppost {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

class RealClock : public Clock {
 public:
  Timestamp now() const override {
    return {ms(std::chrono::system_clock::now()) + (ahead + wall_ahead).count()};
  }
  std::chrono::milliseconds monotonic() const override {
    return std::chrono::milliseconds(ms(std::chrono::steady_clock::now())) + ahead;
  }
  bool trusted() const override { return true; }

  // Time that has passed meanwhile, and by how much the clock on the wall is set forward.
  std::chrono::milliseconds ahead{0}, wall_ahead{0};

 private:
  template <typename Point>
  static std::int64_t ms(Point point) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(point.time_since_epoch()).count();
  }
};

inline broker::Options impatient() {
  broker::Options options;
  options.back_off_base = 2ms;
  options.back_off_cap = 20ms;
  options.pause_base = 5ms;
  options.pause_cap = 20ms;
  options.idle_look = 20ms;
  options.first_batch = 1000;
  options.first_contact = 5ms;
  options.look_at_context = false;  // of a host that is not there
  options.rows = {2ms, 10ms, 5ms, 20ms, std::chrono::hours(6)};
  return options;
}

inline config::Broker destination(const std::string& name, const std::string& url) {
  config::Broker broker;
  broker.name = name;
  broker.url = url;
  broker.context = "https://city.example/context.jsonld";
  broker.tenant_header = "NGSILD-Tenant";
  broker.modes = {"update", "append", "merge"};
  broker.answers = "full";
  broker.max_entities = 100;
  broker.max_bytes = std::size_t{512} << 10;
  broker.linger = 0ms;
  broker.timeout = 5s;
  return broker;
}

inline config::Auth fixed_header(const std::string& name, const std::string& value) {
  config::Auth auth;
  auth.type = config::AuthType::kHeader;
  auth.header = name;
  auth.value.value = value;
  return auth;
}

inline std::string urn(const std::string& local) { return "urn:ngsi-ld:S:" + local; }

// A sound entity with one number; `padding` bytes of text make it as large as needed.
inline std::string payload(const std::string& local, int number, std::size_t padding = 0) {
  std::string text = R"({"id":")" + urn(local) + R"(","type":"S","n":{"type":"Property","value":)" +
                     std::to_string(number) + R"(,"observedAt":"2026-03-01T12:00:00.000Z"})";
  if (padding > 0)
    text += R"(,"pad":{"type":"Property","value":")" + std::string(padding, 'x') + R"("})";
  return text + "}";
}

inline std::string problem(const std::string& type, int status, const std::string& detail = "d") {
  return R"({"type":"https://uri.etsi.org/ngsi-ld/errors/)" + type + R"(","title":"t","detail":")" +
         detail + R"(","status":)" + std::to_string(status) + "}";
}

inline std::string failed(const std::string& local, const std::string& problem_text) {
  return R"({"entityId":")" + urn(local) + R"(","error":)" + problem_text + "}";
}

inline std::string multi_status(const std::vector<std::string>& stored, const std::string& errors) {
  std::string list;
  for (const auto& local : stored) list += (list.empty() ? "\"" : ",\"") + urn(local) + "\"";
  return R"({"success":[)" + list + R"(],"errors":[)" + errors + "]}";
}

inline bool is_batch(const SeenRequest& request) {
  return request.target.find("/entityOperations/") != std::string::npos;
}

// "POST a/attrs": verb and target of a request about one entity, with its id as in carried().
inline std::string errand(const SeenRequest& request) {
  auto target = request.target.substr(std::string("/ngsi-ld/v1/").size());
  if (const auto at = target.find(urn("")); at != std::string::npos)
    target.erase(0, at + urn("").size());
  return request.method + " " + target;
}

// ids (without their prefix) that a request carried, joined by blanks.
inline std::string carried(const SeenRequest& request) {
  std::string ids;
  Json body = Json::parse(request.body, nullptr, false);
  if (body.is_object() && !body.contains("id")) body["id"] = id_in(request.target);
  if (body.is_object()) body = Json::array({body});
  for (const auto& entity : body)
    ids += (ids.empty() ? "" : " ") + entity["id"].get<std::string>().substr(urn("").size());
  return ids;
}

struct Road {
  explicit Road(FakeBroker::Options served = {}) : city(std::move(served)) {
    to = destination("city", city.url());
  }
  explicit Road(Profile profile) : Road(with(profile)) {}
  // Every road must lose nothing and never misuse the outbox.
  ~Road() {
    CHECK(outbox.complaints().empty());
    for (const auto& [name, ledger] : outbox.totals().destinations) CHECK(ledger.balanced());
  }

  void put(const std::string& local, int number = 0, std::size_t padding = 0) {
    outbox.put("city", urn(local), payload(local, number, padding));
  }
  void start() {
    forwarder = std::make_unique<broker::Forwarder>(io, to, outbox, clock, log, options);
    outbox.on_append([this] { forwarder->wake(); });
    forwarder->start();
  }
  bool until(const std::function<bool()>& done, std::chrono::milliseconds limit = 10s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      if (io.stopped()) io.restart();
      io.run_one_for(5ms);
    }
    return true;
  }
  bool until_empty() {
    return until([this] { return outbox.queued() == 0; });
  }
  bool until_requests(std::size_t count, std::chrono::milliseconds limit = 10s) {
    return until([this, count] { return city.requests().size() >= count; }, limit);
  }
  bool until_said(const std::string& words) {
    return until([&] { return said(words) > 0; });
  }
  // A second life on the same outbox, as after a restart or a reload.
  void restart() {
    outbox.on_append(nullptr);
    forwarder.reset();
    start();
  }
  // The broker has stored something: from now on it may refuse a row for good.
  void gain_trust() {
    put("trusted");
    deliver();
  }
  // Starts and waits until nothing is queued.
  void deliver() {
    start();
    REQUIRE(until_empty());
  }
  // Nothing leaves, for the reason that the log gives, and nothing is lost.
  void check_kept(const std::string& words) {
    put("a");
    start();
    REQUIRE(until_said(words));
    CHECK(city.requests().empty());
    CHECK(outbox.queued() == 1);
    CHECK(dead().empty());
  }
  int said(const std::string& words) const {
    int count = 0;
    for (const auto& line : lines) count += line.find(words) != std::string::npos ? 1 : 0;
    return count;
  }
  std::vector<std::string> errands() const {
    std::vector<std::string> all;
    for (const auto& request : city.requests()) all.push_back(errand(request));
    return all;
  }
  std::vector<std::string> journeys() const {
    std::vector<std::string> all;
    for (const auto& request : city.requests()) all.push_back(carried(request));
    return all;
  }
  std::vector<outbox::DeadLetter> dead() const { return outbox.dead(1000); }

  static FakeBroker::Options with(Profile profile) {
    FakeBroker::Options served;
    served.profile = profile;
    return served;
  }

  RealClock clock;
  MemoryOutbox outbox{clock};
  FakeBroker city;
  config::Broker to;
  broker::Options options = impatient();
  std::vector<std::string> lines;
  Log log{[this](LogLevel, std::string_view line) { lines.emplace_back(line); }};
  boost::asio::io_context io;
  std::unique_ptr<broker::Forwarder> forwarder;
};

using Strings = std::vector<std::string>;

}  // namespace lamppost
