// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/address.h"

#include <doctest/doctest.h>

using lamppost::mqtt::parse_address;

TEST_CASE("an address has a host and MQTT's own default ports") {
  const auto plain = parse_address("mqtt://broker.example");
  REQUIRE(plain.ok());
  CHECK(plain->host == "broker.example");
  CHECK(plain->port == 1883);
  CHECK_FALSE(plain->tls);
  const auto secure = parse_address("mqtts://broker.example/");
  REQUIRE(secure.ok());
  CHECK(secure->port == 8883);
  CHECK(secure->tls);
}

TEST_CASE("an address may be IPv6 in brackets, with and without a port") {
  const auto with_port = parse_address("mqtt://[2001:db8::1]:1884");
  REQUIRE(with_port.ok());
  CHECK(with_port->host == "2001:db8::1");
  CHECK(with_port->port == 1884);
  const auto without = parse_address("mqtts://[::1]");
  REQUIRE(without.ok());
  CHECK(without->host == "::1");
  CHECK(without->port == 8883);
}

TEST_CASE("an address that cannot work says what is wrong with it") {
  CHECK(parse_address("http://h").error().text ==
        "\"http://h\" is no MQTT address; write mqtt://host or mqtts://host");
  CHECK(parse_address("mqtt://user:pw@h").error().text ==
        "\"mqtt://user:pw@h\" carries a user; use the keys username and password_file");
  CHECK(parse_address("mqtt://").error().text == "\"mqtt://\" names no host");
  CHECK(parse_address("mqtt://:1883").error().text == "\"mqtt://:1883\" names no host");
  CHECK(parse_address("mqtt://[::1").error().text == "\"mqtt://[::1\" names no host");
  CHECK(parse_address("mqtt://h/path").error().text ==
        "\"mqtt://h/path\" carries a path, which MQTT does not have");
  for (const char* url : {"mqtt://h:", "mqtt://h:0", "mqtt://h:65536", "mqtt://h:1x",
                          "mqtt://[::1]1883", "mqtt://h:-1"})
    CHECK(parse_address(url).error().text ==
          "\"" + std::string(url) + "\" has no port between 1 and 65535 after its host");
}
