// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "mqtt/source_fixture.h"

using namespace lamppost;
using namespace lamppost::mqtt;

TEST_CASE("every QoS and both versions of the publisher arrive") {
  int version = 5;
  SUBCASE("we speak MQTT 5") {}
  SUBCASE("we speak MQTT 3.1.1") { version = 3; }
  Mosquitto broker;
  Options options = options_for(broker.url(), {"air/+/state", "bin/#"});
  options.version = version;
  options.qos = 2;
  RunningSource source(options);
  REQUIRE(source.wait_until_connected());
  publish(broker, {"bin/first", "subscribed", 1, true});  // retained: comes even if we are slow
  REQUIRE(source.spine.wait_for(1));
  for (const int publisher : {5, 3})
    for (const int qos : {0, 1, 2})
      publish(broker, {"air/x/state", std::to_string(publisher) + std::to_string(qos), qos, false,
                       publisher});
  publish(broker, {"elsewhere", "not for us"});
  publish(broker, {"bin/last", "end"});
  REQUIRE(source.spine.wait_for(8));
  CHECK(source.spine.payloads() ==
        std::vector<std::string>{"30", "31", "32", "50", "51", "52", "end", "subscribed"});
  const Reading last = source.spine.readings().back();
  CHECK(last.source == "site");
  CHECK(last.topic == "bin/last");
  CHECK(last.arrived.ms > 1'700'000'000'000);
  CHECK(last.cut_from == 0);
}

TEST_CASE("retained means a state from the past: sent on subscription, not while we listen") {
  Mosquitto broker;
  publish(broker, {"a", "old", 1, true});
  const Options options = options_for(broker.url(), {"#"});
  {
    RunningSource source(options);
    REQUIRE(source.spine.wait_for(1));
    CHECK(source.spine.readings()[0].retained);
    publish(broker, {"a", "new", 1, true});
    REQUIRE(source.spine.wait_for(2));
    CHECK(source.spine.readings()[1].payload == "new");
    CHECK_FALSE(source.spine.readings()[1].retained);
  }
  RunningSource again(options);  // the subscription is not new: no second copy
  REQUIRE(again.wait_until_connected());
  publish(broker, {"b", "live"});
  REQUIRE(again.spine.wait_for(1));
  CHECK(again.spine.readings()[0].payload == "live");
}

TEST_CASE("an oversized payload comes cut to a sample that tells its size") {
  Mosquitto broker;
  Options options = options_for(broker.url(), {"#"});
  options.max_payload = 10'000;
  RunningSource source(options);
  REQUIRE(source.wait_until_connected());
  publish(broker, {"a", std::string(10'000, 'x'), 1, true});
  publish(broker, {"b", std::string(10'001, 'y'), 1, true});
  REQUIRE(source.spine.wait_for(2));
  const auto readings = source.spine.readings();
  const Reading& whole = readings[0].topic == "a" ? readings[0] : readings[1];
  const Reading& cut = readings[0].topic == "b" ? readings[0] : readings[1];
  CHECK(whole.payload.size() == 10'000);
  CHECK(whole.cut_from == 0);
  CHECK(cut.payload == std::string(4096, 'y'));
  CHECK(cut.cut_from == 10'001);
}

TEST_CASE("an empty payload and bytes that are no text arrive as they are") {
  Mosquitto broker;
  RunningSource source(options_for(broker.url(), {"#"}));
  REQUIRE(source.wait_until_connected());
  const std::string bytes("\x00\xFF\x0A\x80", 4);
  publish(broker, {"b", bytes, 1, true});
  REQUIRE(source.spine.wait_for(1));
  publish(broker, {"a", ""});
  REQUIRE(source.spine.wait_for(2));
  CHECK(source.spine.readings()[0].payload == bytes);
  CHECK(source.spine.readings()[1].payload.empty());
}

TEST_CASE("the content type of an MQTT 5 publisher is passed on") {
  Mosquitto broker;
  RunningSource source(options_for(broker.url(), {"#"}));
  REQUIRE(source.wait_until_connected());
  publish(broker, {"a", "x", 1, true, 5, "application/senml+cbor"});
  REQUIRE(source.spine.wait_for(1));
  CHECK(source.spine.readings()[0].content_type == "application/senml+cbor");
}

TEST_CASE("a redelivered reading is marked as such") {
  Mosquitto broker;
  RunningSource source(options_for(broker.url(), {"#"}));
  REQUIRE(source.wait_until_connected());
  source.spine.refuse(true);
  publish(broker, {"a", "x", 1, true});
  REQUIRE(source.spine.wait_for_offers(7));
  source.spine.refuse(false);
  REQUIRE(source.spine.wait_for(1));
  CHECK(source.spine.readings()[0].duplicate);
}
