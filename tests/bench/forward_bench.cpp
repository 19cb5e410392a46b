// SPDX-License-Identifier: Apache-2.0
// What forwarding costs: CPU of the forwarder's thread for each entity (batches of 1, 10 and 100
// over loopback, HTTP and HTTPS, medians of 5), and how long a lone row takes to reach the broker.
// The outbox hands out ready batches, so that only joining, HTTP, classifying and settling count.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "broker/forwarder.h"
#include "support/certificates.h"
#include "support/fake_broker.h"
#include "support/memory_outbox.h"

namespace {

using namespace lamppost;  // NOLINT: a program, not a header
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Steady = std::chrono::steady_clock;

constexpr int kRounds = 5;
constexpr int kEntities = 20'000;
constexpr int kLatencySamples = 200;

class BenchClock : public Clock {
 public:
  Timestamp now() const override { return Timestamp{1'772'366'400'000}; }
  std::chrono::milliseconds monotonic() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now().time_since_epoch());
  }
  bool trusted() const override { return true; }
};

// An outbox that always has one more batch, until `batches` have gone.
class Conveyor : public MemoryOutbox {
 public:
  Conveyor(const Clock& clock, int size, int batches) : MemoryOutbox(clock), left_(batches) {
    for (int i = 0; i < size; ++i) {
      const std::string id = "urn:ngsi-ld:AirQualityObserved:station-" + std::to_string(1000 + i);
      batch_.rows.push_back({i + 1, id, entity(id), 0});
      batch_.bytes += batch_.rows.back().payload.size() + 1;
    }
  }
  Batch next_batch(const std::string&, const outbox::BatchLimits&) override {
    return left_ > 0 ? batch_ : Batch{};
  }
  Result<void> settle(const std::string&, const Verdict&, std::chrono::milliseconds) override {
    --left_;
    return {};
  }
  bool empty() const { return left_ == 0; }

 private:
  static std::string entity(const std::string& id) {
    std::string text = R"({"id":")" + id + R"(","type":"AirQualityObserved")";
    for (const char* name : {"pm10", "pm25", "no2", "temperature"})
      text += std::string(",\"") + name +
              R"(":{"type":"Property","value":21.5,"unitCode":"GQ","observedAt":)"
              R"("2026-03-01T12:00:00.000Z"})";
    return text + "}";
  }
  Batch batch_;
  int left_;
};

double thread_cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  const auto us = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

config::Broker destination(const FakeBroker& city, const Certificates& certificates) {
  config::Broker to;
  to.name = "city";
  to.url = city.url();
  to.context = "http://127.0.0.1:9/context.jsonld";
  to.tls.ca_file = certificates.file("ca.pem");
  to.max_entities = 100;
  to.max_bytes = std::size_t{512} << 10;
  to.timeout = 10s;
  return to;
}

double cpu_per_entity(const config::Broker& to, int size) {
  const BenchClock clock;
  const Log log([](LogLevel, std::string_view line) { std::printf("%s\n", line.data()); });
  Conveyor outbox(clock, size, kEntities / size);
  boost::asio::io_context io;
  broker::Options options;
  options.first_batch = 100;
  broker::Forwarder forwarder(io, to, outbox, clock, log, options);
  forwarder.start();
  const double before = thread_cpu_us();
  while (!outbox.empty()) {
    forwarder.wake();
    io.run_one();
  }
  return (thread_cpu_us() - before) / kEntities;
}

void print_cpu(const char* name, const config::Broker& to) {
  for (const int size : {1, 10, 100}) {
    std::vector<double> rounds;
    for (int i = 0; i < kRounds; ++i) rounds.push_back(cpu_per_entity(to, size));
    std::sort(rounds.begin(), rounds.end());
    std::printf("%-6s batches of %3d: %6.2f us CPU per entity\n", name, size, rounds[kRounds / 2]);
  }
}

void print_latency(FakeBroker& city, config::Broker to) {
  const BenchClock clock;
  const Log log([](LogLevel, std::string_view) {});
  MemoryOutbox outbox(clock);
  boost::asio::io_context io;
  to.linger = 20ms;
  broker::Forwarder forwarder(io, to, outbox, clock, log);
  outbox.on_append([&forwarder] { forwarder.wake(); });
  std::atomic<Steady::rep> arrived{0};
  city.rule([&arrived](const SeenRequest&) {
    arrived = Steady::now().time_since_epoch().count();
    return Reply{204, "", {}};
  });
  forwarder.start();
  std::vector<double> ms;
  for (int i = 0; i < kLatencySamples; ++i) {
    io.run_for(25ms);  // idle for longer than linger
    const auto begin = Steady::now().time_since_epoch().count();
    std::thread source(
        [&] { outbox.put("city", "urn:ngsi-ld:S:a", R"({"id":"urn:ngsi-ld:S:a"})"); });
    while (arrived < begin) io.run_one_for(1ms);
    source.join();
    ms.push_back(static_cast<double>(arrived - begin) / 1e6);
  }
  std::sort(ms.begin(), ms.end());
  std::printf("lone row, outbox to broker: p50 %.2f ms, p99 %.2f ms\n", ms[ms.size() / 2],
              ms[ms.size() * 99 / 100]);
}

}  // namespace

int main() {
  const Certificates certificates;
  const auto always = [](const SeenRequest&) { return Reply{204, "", {}}; };
  FakeBroker plain;
  plain.rule(always);
  print_cpu("HTTP", destination(plain, certificates));
  FakeBroker::Options served;
  served.cert_file = certificates.file("server.pem");
  served.key_file = certificates.file("server.key");
  FakeBroker secure(served);
  secure.rule(always);
  print_cpu("HTTPS", destination(secure, certificates));
  print_latency(plain, destination(plain, certificates));
  return 0;
}
