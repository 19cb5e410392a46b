// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "core/finding.h"
#include "mqtt/scripted_broker.h"
#include "mqtt/source_fixture.h"
#include "support/manual_clock.h"

using namespace lamppost;
using namespace lamppost::mqtt;

TEST_CASE("a broker that is absent at the start is waited for, and that is said once") {
  Mosquitto::Setup setup;
  setup.started = false;
  Mosquitto broker(setup);
  RunningSource source(options_for(broker.url()));
  REQUIRE(source.lines.wait_for("4 source site: " + broker.url() +
                                ": Connection refused; trying again for ever"));
  CHECK(eventually(
      [&] { return source.state().detail.find("Connection refused; next try in ") == 0; }));
  broker.start();
  REQUIRE(source.wait_until_connected());
  CHECK(source.state().detail == "MQTT 5, new session");
  publish(broker, {"a", "x"});
  CHECK(source.spine.wait_for(1));
  CHECK(source.lines.count("refused") == 1);
}

TEST_CASE("a broker that is killed and comes back is said to be away once and back once") {
  Mosquitto broker;
  RunningSource source(options_for(broker.url()));
  REQUIRE(source.wait_until_connected());
  broker.kill();
  REQUIRE(source.lines.wait_for("4 source site: " + broker.url() + ": connection lost; trying"));
  CHECK(eventually([&] { return !source.state().connected; }));
  broker.start();
  REQUIRE(source.lines.wait_for("5 source site: " + broker.url() + " is back (MQTT 5, new "));
  CHECK(source.state().reconnects == 1);
  publish(broker, {"a", "x"});
  CHECK(source.spine.wait_for(1));
  CHECK(source.lines.count("is back") == 1);
  CHECK(source.lines.count("connection lost") == 1);
}

TEST_CASE("a source is not connected before the broker has confirmed its subscriptions") {
  ScriptedBroker::Script script;
  script.answers_subscribe = false;
  const ScriptedBroker broker(script);
  RunningSource source(options_for(broker.url(), {"a"}));
  CHECK(eventually([&] { return source.state().detail == "subscribing"; }));
  CHECK_FALSE(source.state().connected);
}

TEST_CASE("a broker that knows only 3.1.1 is spoken to in 3.1.1, and that is said once") {
  using OnVersion5 = ScriptedBroker::OnVersion5;
  OnVersion5 refusal = OnVersion5::kRefuse84;
  SUBCASE("it refuses as MQTT 5 says") {}
  SUBCASE("it refuses as old brokers do") { refusal = OnVersion5::kRefuseLikeOldBrokers; }
  const ScriptedBroker broker({refusal});
  Options options = options_for(broker.url(), {"a"});
  options.qos = 2;
  RunningSource source(options);
  REQUIRE(source.wait_until_connected());
  CHECK(source.state().detail == "MQTT 3.1.1, new session");
  CHECK(broker.connects() == 2);
  CHECK(source.lines.count("does not speak MQTT 5: using MQTT 3.1.1") == 1);
  CHECK(source.lines.count("QoS 2 is asked for as QoS 1") == 1);
}

TEST_CASE("a broker that just hangs up on MQTT 5 is tried in 3.1.1") {
  const ScriptedBroker broker({ScriptedBroker::OnVersion5::kHangUp});
  RunningSource source(options_for(broker.url(), {"a"}));
  REQUIRE(source.wait_until_connected());
  CHECK(source.state().detail == "MQTT 3.1.1, new session");
  CHECK(source.lines.count("it hangs up or does not answer CONNECT") == 1);
}

TEST_CASE("a filter that the broker refuses is an error, a lower QoS a warning") {
  SUBCASE("refused") {
    const ScriptedBroker broker({ScriptedBroker::OnVersion5::kTake, 0x87});
    RunningSource source(options_for(broker.url(), {"secret/#", "b"}));
    CHECK(source.lines.wait_for("3 source site: " + broker.url() +
                                " refuses filter \"secret/#\": not authorized (0x87); its "
                                "readings do not reach us"));
    CHECK(source.lines.wait_for("refuses filter \"b\""));
  }
  SUBCASE("refused by a 3.1.1 broker") {
    const ScriptedBroker broker({ScriptedBroker::OnVersion5::kRefuse84, 0x80});
    RunningSource source(options_for(broker.url(), {"secret/#"}));
    CHECK(source.lines.wait_for("refuses filter \"secret/#\": refused (0x80)"));
  }
  SUBCASE("lower QoS") {
    const ScriptedBroker broker({ScriptedBroker::OnVersion5::kTake, 0});
    RunningSource source(options_for(broker.url(), {"a"}));
    CHECK(source.lines.wait_for("4 source site: " + broker.url() +
                                " grants only QoS 0 for filter \"a\", asked for 1: what arrives "
                                "while we are away is lost"));
  }
}

TEST_CASE("a wrong password is said in words, a right one works") {
  Mosquitto::Setup setup;
  setup.username = "gateway";
  setup.password = "right";
  Mosquitto broker(setup);
  Options options = options_for(broker.url());
  options.username = "gateway";
  SUBCASE("wrong, MQTT 5") {
    options.password = "wrong";
    RunningSource source(options);
    CHECK(source.lines.wait_for("refused: not authorized (0x87); trying again"));
  }
  SUBCASE("wrong, MQTT 3.1.1") {
    options.version = 3;
    options.password = "wrong";
    RunningSource source(options);
    CHECK(source.lines.wait_for("refused: not authorized (0x05); trying again"));
  }
  SUBCASE("right") {
    options.password = "right";
    RunningSource source(options);
    CHECK(source.wait_until_connected());
  }
}

TEST_CASE("TLS connects to the certified broker and to no other") {
  Mosquitto::Setup setup;
  setup.tls = true;
  SUBCASE("a certificate for us") {
    const Mosquitto broker(setup);
    Options options = options_for(broker.url());
    SUBCASE("of the right authority") {
      options.ca_file = broker.certificates().file("ca.pem");
      RunningSource source(options);
      CHECK(source.wait_until_connected());
    }
    SUBCASE("of another authority") {
      options.ca_file = broker.certificates().file("other-ca.pem");
      RunningSource source(options);
      CHECK(source.lines.wait_for("the broker's certificate is not accepted for localhost: "));
      CHECK_FALSE(source.state().connected);
    }
    SUBCASE("of none that the system knows") {
      RunningSource source(options);
      CHECK(source.lines.wait_for("the broker's certificate is not accepted for localhost: "));
    }
    SUBCASE("and a ca_file that is not there") {
      options.ca_file = "/nowhere/ca.pem";
      RunningSource source(options);
      CHECK(source.lines.wait_for("cannot use ca_file /nowhere/ca.pem: "));
    }
  }
  SUBCASE("a certificate for another host") {
    setup.certificate = "stranger";
    const Mosquitto broker(setup);
    Options options = options_for(broker.url());
    options.ca_file = broker.certificates().file("ca.pem");
    RunningSource source(options);
    CHECK(source.lines.wait_for("certificate is not accepted for localhost: hostname mismatch"));
    CHECK_FALSE(source.state().connected);
  }
}

TEST_CASE("a certificate that is no longer valid is said as such") {
  Mosquitto::Setup setup;
  setup.tls = true;
  setup.certificate = "old";
  const Mosquitto broker(setup);
  Options options = options_for(broker.url());
  options.ca_file = broker.certificates().file("ca.pem");
  RunningSource source(options);
  CHECK(
      source.lines.wait_for("certificate is not accepted for localhost: certificate has expired"));
}

TEST_CASE("TLS towards a broker without TLS is said as such") {
  const Mosquitto plain;
  RunningSource source(options_for("mqtts://localhost:" + std::to_string(plain.port())));
  CHECK(source.lines.wait_for(": TLS: "));
}

TEST_CASE("a client certificate lets us in where the broker asks for one") {
  const Certificates ours;
  Mosquitto::Setup setup;
  setup.tls = true;
  setup.lines = {"cafile " + ours.file("ca.pem"), "require_certificate true"};
  const Mosquitto broker(setup);
  Options options = options_for(broker.url());
  options.ca_file = broker.certificates().file("ca.pem");
  SUBCASE("with it") {
    options.cert_file = ours.file("client.pem");
    options.key_file = ours.file("client.key");
    RunningSource source(options);
    CHECK(source.wait_until_connected());
  }
  SUBCASE("without it") {
    RunningSource source(options);
    CHECK(source.lines.wait_for("trying again for ever"));
    CHECK_FALSE(source.state().connected);
  }
}

TEST_CASE("two sources work side by side") {
  Mosquitto here, there;
  Options second = options_for(there.url());
  second.name = "other";
  RunningSource one(options_for(here.url())), other(second);
  REQUIRE(one.wait_until_connected());
  REQUIRE(other.wait_until_connected());
  publish(here, {"a", "here"});
  publish(there, {"a", "there"});
  REQUIRE(one.spine.wait_for(1));
  REQUIRE(other.spine.wait_for(1));
  CHECK(one.spine.payloads() == std::vector<std::string>{"here"});
  CHECK(other.spine.payloads() == std::vector<std::string>{"there"});
  CHECK(other.spine.readings().front().source == "other");
}

TEST_CASE("a name that does not exist is said as such") {
  RunningSource source(options_for("mqtt://no-such-host.invalid"));
  CHECK(source.lines.wait_for("cannot resolve no-such-host.invalid: "));
}

TEST_CASE("stop is quick whatever the source is doing") {
  std::string url = "mqtt://127.0.0.1:" + std::to_string(free_port());
  SUBCASE("pausing before the next attempt") {}
  SUBCASE("connecting to an address that does not answer") { url = "mqtt://192.0.2.1:1883"; }
  RunningSource source(options_for(url));
  CHECK(eventually([&] { return source.state().detail != ""; }));
  const auto before = std::chrono::steady_clock::now();
  source.stop();
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::milliseconds(2500));
  CHECK(source.state().detail == "stopped");
}

TEST_CASE("a url that cannot work is a configuration error") {
  boost::asio::io_context io;
  const Log log([](LogLevel, std::string_view) {});
  const ManualClock clock;
  MqttSource source(
      io, options_for("http://broker"),
      [](std::span<const Reading> readings) { return taken(readings.size(), readings.size()); },
      clock, log);
  CHECK_THROWS_WITH_AS(source.start(),
                       "source site: \"http://broker\" is no MQTT address; write mqtt://host or "
                       "mqtts://host",
                       ConfigError);
}
