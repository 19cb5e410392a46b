// SPDX-License-Identifier: Apache-2.0
// Nothing acknowledged is lost, and nothing lost is acknowledged: watched in mosquitto's own log.
#include <doctest/doctest.h>

#include <algorithm>

#include "mqtt/source_fixture.h"

using namespace lamppost;
using namespace lamppost::mqtt;

namespace {

constexpr std::size_t kMany = 300;

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> payloads;
  for (std::size_t i = 0; i < count; ++i) payloads.push_back("reading " + std::to_string(i));
  std::sort(payloads.begin(), payloads.end());
  return payloads;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::size_t acknowledged(const Mosquitto& broker) {
  const std::string log = broker.log();
  return count(log, "Received PUBACK from lamppost-test") +
         count(log, "Received PUBREC from lamppost-test");
}

Options with_qos(const Mosquitto& broker, int version, int qos) {
  Options options = options_for(broker.url(), {"field/#"});
  options.version = version;
  options.qos = qos;
  return options;
}

}  // namespace

TEST_CASE("what arrives while we are away comes after a restart") {
  int version = 5, qos = 1;
  SUBCASE("MQTT 5, QoS 1") {}
  SUBCASE("MQTT 5, QoS 2") { qos = 2; }
  SUBCASE("MQTT 3.1.1, QoS 1") { version = 3; }
  SUBCASE("MQTT 3.1.1, QoS 2") { version = 3, qos = 2; }
  Mosquitto broker;
  const Options options = with_qos(broker, version, qos);
  {
    RunningSource before(options);
    REQUIRE(before.wait_until_connected());
    REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
  }
  publish(broker, "field/a", numbered(kMany), qos);
  RunningSource after(options);
  REQUIRE(after.spine.wait_for_payloads(kMany));
  CHECK(after.spine.payloads() == numbered(kMany));
  CHECK(eventually(
      [&] { return after.state().detail.find("session resumed") != std::string::npos; }));
}

TEST_CASE("the broker's own restart loses nothing either") {
  Mosquitto broker;
  const Options options = with_qos(broker, 5, 1);
  RunningSource source(options);
  REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
  source.spine.refuse(true);
  publish(broker, "field/a", numbered(kMany), 1);
  REQUIRE(source.spine.wait_for_offers(1));
  broker.stop();
  source.spine.refuse(false);
  broker.start();
  REQUIRE(source.spine.wait_for_payloads(kMany));
  CHECK(source.spine.payloads() == numbered(kMany));
}

TEST_CASE("the acknowledgement waits for the spine") {
  int qos = 1;
  SUBCASE("QoS 1") {}
  SUBCASE("QoS 2") { qos = 2; }
  Mosquitto broker;
  RunningSource source(with_qos(broker, 5, qos));
  REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
  source.spine.hold(true);
  publish(broker, "field/a", numbered(2), qos);
  REQUIRE(source.spine.wait_for_offers(1));
  REQUIRE(eventually([&] { return count(broker.log(), "Sending PUBLISH to lamppost-test") == 2; }));
  CHECK(acknowledged(broker) == 0);
  source.spine.hold(false);
  CHECK(eventually([&] { return acknowledged(broker) == 2; }));
  CHECK(source.spine.payloads() == numbered(2));
}

TEST_CASE("what comes together is stored together, and acknowledged after that") {
  int version = 5;
  SUBCASE("MQTT 5") {}
  SUBCASE("MQTT 3.1.1") { version = 3; }
  Mosquitto broker;
  RunningSource source(with_qos(broker, version, 1));
  REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
  publish(broker, {"field/a", "reading"});  // shows that PUBACKs can be held
  REQUIRE(eventually([&] { return acknowledged(broker) == 1; }));
  source.spine.hold(true);
  publish(broker, "field/a", numbered(kMany), 1);
  REQUIRE(source.spine.wait_for_offers(2));
  const std::size_t under_way = version == 5 ? kMany : 20;
  REQUIRE(eventually(
      [&] { return count(broker.log(), "Sending PUBLISH to lamppost-test") == 1 + under_way; }));
  CHECK(acknowledged(broker) == 1);
  source.spine.hold(false);
  CHECK(eventually([&] { return acknowledged(broker) == 1 + kMany; }));
  CHECK(source.spine.readings().size() == 1 + kMany);
  CHECK(source.spine.offered() < 1 + kMany / 4);
}

TEST_CASE("of readings that came together only those are acknowledged that were stored") {
  constexpr std::size_t kRoom = 77;
  Mosquitto broker;
  const Options options = with_qos(broker, 5, 1);
  std::vector<std::string> stored;
  {
    RunningSource source(options);
    REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
    publish(broker, {"field/a", "reading"});
    REQUIRE(eventually([&] { return acknowledged(broker) == 1; }));
    source.spine.hold(true);
    publish(broker, "field/a", numbered(kMany), 1);
    REQUIRE(source.spine.wait_for_offers(2));
    source.spine.leave_room(kRoom);
    source.spine.hold(false);
    REQUIRE(eventually([&] { return source.state().refused > 0; }));
    stored = source.spine.payloads();
    CHECK(stored.size() == 1 + kRoom);
  }
  // What the connection took along when it was cut may be missing, and comes again.
  CHECK(acknowledged(broker) <= 1 + kRoom);
  RunningSource after(options);
  CHECK(eventually([&] {
    auto all = after.spine.payloads();
    all.insert(all.end(), stored.begin(), stored.end());
    std::sort(all.begin(), all.end());
    return std::unique(all.begin(), all.end()) - all.begin() == 1 + kMany;
  }));
}

TEST_CASE("a reading that was refused until the stop is not acknowledged and comes again") {
  int version = 5, qos = 1;
  SUBCASE("MQTT 5, QoS 1") {}
  SUBCASE("MQTT 5, QoS 2") { qos = 2; }
  SUBCASE("MQTT 3.1.1, QoS 1") { version = 3; }
  SUBCASE("MQTT 3.1.1, QoS 2") { version = 3, qos = 2; }
  Mosquitto::Setup setup;
  SUBCASE("MQTT 5, QoS 1, TLS") { setup.tls = true; }
  Mosquitto broker(setup);
  Options options = with_qos(broker, version, qos);
  if (setup.tls) options.ca_file = broker.certificates().file("ca.pem");
  {
    RunningSource refusing(options);
    REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
    refusing.spine.refuse(true);
    publish(broker, "field/a", numbered(kMany), qos);
    REQUIRE(refusing.spine.wait_for_offers(1));
    CHECK(eventually([&] {
      return refusing.state().detail.find(
                 "waiting for the outbox: outbox "
                 "full (5 rows)") == 0;
    }));
    const auto before = std::chrono::steady_clock::now();
    refusing.stop();
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::milliseconds(2500));
  }
  CHECK(acknowledged(broker) == 0);
  RunningSource after(options);
  REQUIRE(after.spine.wait_for_payloads(kMany));
  CHECK(after.spine.payloads() == numbered(kMany));
}

TEST_CASE("when the outbox has room again, everything it refused comes, in order") {
  int qos = 1;
  SUBCASE("QoS 1") {}
  SUBCASE("QoS 2") { qos = 2; }
  Mosquitto broker;
  RunningSource source(with_qos(broker, 5, qos));
  REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
  source.spine.refuse(true);
  publish(broker, "field/a", numbered(kMany), qos);
  // One offer more than the patience with one reading makes: it has been away and come back.
  REQUIRE(source.spine.wait_for_offers(7));
  CHECK(acknowledged(broker) == 0);
  source.spine.refuse(false);
  REQUIRE(source.spine.wait_for_payloads(kMany));
  CHECK(source.spine.payloads() == numbered(kMany));
  std::vector<std::string> in_order;
  for (const Reading& reading : source.spine.readings()) in_order.push_back(reading.payload);
  CHECK(std::is_sorted(in_order.begin(), in_order.end()));
  CHECK(source.lines.count("the outbox refuses readings") == 1);
  CHECK(source.lines.count("takes readings again") == 1);
  CHECK(source.lines.count("lost") == 1);  // in the sentence about QoS 0, none about connections
  CHECK(source.state().refused >= 2);
}

TEST_CASE("a name with several addresses is no reason to try them while the outbox refuses") {
  Mosquitto broker;
  Options options = options_for("mqtt://localhost:" + std::to_string(broker.port()));
  RunningSource source(options);
  REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
  source.spine.refuse(true);
  publish(broker, {"field/a", "x"});
  REQUIRE(source.spine.wait_for_offers(7));
  source.spine.refuse(false);
  REQUIRE(source.spine.wait_for(1));
  CHECK(source.lines.count("trying again") == 0);
}

TEST_CASE("a short refusal does not cost the connection") {
  Mosquitto broker;
  RunningSource source(with_qos(broker, 5, 1));
  REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
  source.spine.refuse(true);
  publish(broker, {"field/a", "x"});
  REQUIRE(source.spine.wait_for_offers(2));
  source.spine.refuse(false);
  REQUIRE(source.spine.wait_for(1));
  CHECK(eventually([&] { return acknowledged(broker) == 1; }));
  CHECK(source.state().reconnects == 0);
  CHECK(source.state().connected);
}

TEST_CASE("QoS 0 that is refused is gone and costs no connection") {
  Mosquitto broker;
  RunningSource source(with_qos(broker, 5, 1));
  REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
  source.spine.refuse(true);
  publish(broker, "field/a", numbered(20), 0);
  REQUIRE(eventually([&] { return source.state().refused == 20; }));
  source.spine.refuse(false);
  publish(broker, {"field/a", "after"});
  REQUIRE(source.spine.wait_for(1));
  CHECK(source.spine.payloads() == std::vector<std::string>{"after"});
  CHECK(source.state().reconnects == 0);
}

TEST_CASE("one source that is refused does not hold up another") {
  Mosquitto broker;
  Options first = options_for(broker.url(), {"a/#"});
  Options second = options_for(broker.url(), {"b/#"});
  second.name = "other";
  second.client_id = "lamppost-other";
  RunningSource refused(first);
  REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 1; }));
  RunningSource free(second);
  REQUIRE(eventually([&] { return count(broker.log(), "Sending SUBACK") == 2; }));
  refused.spine.refuse(true);
  publish(broker, "a/x", numbered(50), 1);
  REQUIRE(refused.spine.wait_for_offers(7));
  publish(broker, "b/x", numbered(50), 1);
  CHECK(free.spine.wait_for(50));
  CHECK(free.state().reconnects == 0);
  refused.spine.refuse(false);
  CHECK(refused.spine.wait_for(50));
}
