// SPDX-License-Identifier: Apache-2.0
// The whole source over loopback, with datagrams that a well-behaved client would not send.
#include "drivers/coap/coap_source.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "coap/server.h"
#include "drivers/coap/request.h"
#include "support/coap_client.h"

using namespace lamppost;
using namespace lamppost::coap;
using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t kUriHost = 3, kMaxAge = 14, kBlock2 = 23, kBlock1 = 27, kSize1 = 60;

}  // namespace

TEST_CASE("coap: a confirmable post is acknowledged with 2.04 and is a reading by then") {
  Server server;
  CoapClient client(server.source.port());
  const auto response = client.exchange(coap_post("air/s1/state", "{\"pm25\":7}", 50));
  REQUIRE(response);
  CHECK(response->type == CoapMessage::kAck);
  CHECK(response->code_text() == "2.04");
  REQUIRE(server.notebook.readings().size() == 1);
  CHECK(server.notebook.readings()[0].topic == "air/s1/state");
  CHECK(server.notebook.readings()[0].payload == "{\"pm25\":7}");
  CHECK(server.notebook.readings()[0].content_type == "application/json");
}

TEST_CASE("coap: 2.04 waits until the reading is stored") {
  HeldUpSource server;
  CoapClient client(server.source.port());
  client.send(coap_post("weather", "1"));
  CHECK_FALSE(client.receive(50ms));
  server.let_go();
  REQUIRE(client.receive());
}

TEST_CASE("coap: every outcome reaches the sender with its reason") {
  Server server;
  CoapClient client(server.source.port());
  server.notebook.answer_with(Disposition::kDead, "/t: not a number");
  auto response = client.exchange(coap_post("weather", "1"));
  CHECK(response->code_text() == "4.00");
  CHECK(response->payload == "/t: not a number");
  server.notebook.answer_with(Disposition::kRejected, "not listed");
  response = client.exchange(coap_post("weather", "1"));
  CHECK(response->code_text() == "4.03");
  CHECK(response->payload == "not listed");
  server.notebook.answer_with(Disposition::kRefused, "outbox full");
  response = client.exchange(coap_post("weather", "1"));
  CHECK(response->code_text() == "5.03");
  CHECK(response->number(kMaxAge) == 10);
  CHECK(server.source.state().refused == 1);
}

TEST_CASE("coap: a datagram sent three times is stored once and answered three times") {
  Server server;
  CoapClient client(server.source.port());
  auto request = coap_post("weather", "1");
  request.message_id = 4711;
  request.token = "tok";
  for (const auto type : {CoapMessage::kCon, CoapMessage::kNon}) {
    request.type = type;
    request.message_id++;
    const auto before = server.notebook.readings().size();
    for (int i = 0; i < 3; ++i) client.send(request);
    for (int i = 0; i < 3; ++i) {
      const auto response = client.receive();
      REQUIRE(response);
      CHECK(response->code_text() == "2.04");
      CHECK(response->token == "tok");
      if (type == CoapMessage::kCon) CHECK(response->message_id == request.message_id);
    }
    CHECK(server.notebook.readings().size() == before + 1);
  }
}

TEST_CASE("coap: the last block of a body may come twice, the body is stored once") {
  Server server;
  CoapClient client(server.source.port());
  const std::string body(100, 'x');
  for (std::uint32_t number = 0; number < 2; ++number) {
    auto request = coap_post("weather", body.substr(number * 64, 64));
    request.message_id = static_cast<std::uint16_t>(100 + number);
    request.options.push_back({kBlock1, coap_number(Block{number, number == 0, 2}.value())});
    for (int copy = 0; copy < 2; ++copy) {
      client.send(request);
      const auto response = client.receive();
      REQUIRE(response);
      CHECK(response->code_text() == (number == 0 ? "2.31" : "2.04"));
      CHECK(response->number(kBlock1) == Block{number, number == 0, 2}.value());
    }
  }
  REQUIRE(server.notebook.readings().size() == 1);
  CHECK(server.notebook.readings()[0].payload == body);
}

TEST_CASE("coap: a large body is refused at its announcement") {
  Server server;
  CoapClient client(server.source.port());
  auto request = coap_post("weather", std::string(16, 'x'));
  request.options.push_back({kBlock1, coap_number(Block{0, true, 0}.value())});
  request.options.push_back({kSize1, coap_number(64 * 1024 + 1)});
  const auto response = client.exchange(request);
  REQUIRE(response);
  CHECK(response->code_text() == "4.13");
  CHECK(response->number(kSize1) == 64 * 1024);
  CHECK(server.notebook.readings().empty());
}

TEST_CASE("coap: a datagram that the receive buffer cuts off is 4.13, never half a reading") {
  Server server;
  CoapClient client(server.source.port());
  CHECK(client.post("weather", std::string(1400, 'x')) == "2.04");
  REQUIRE(server.notebook.readings().size() == 1);
  CHECK(server.notebook.readings()[0].payload.size() == 1400);
  CHECK(client.post("weather", std::string(1600, 'x')) == "4.13");
  CHECK(client.post("weather", std::string(20'000, 'x')) == "4.13");
  CHECK(server.notebook.readings().size() == 1);
}

TEST_CASE("coap: wrong paths, methods and options get their codes") {
  Server server;
  CoapClient client(server.source.port());
  CHECK(client.post("elsewhere", "1") == "4.04");
  CHECK(client.post("weather", "1", 41) == "4.15");
  auto get = coap_post("weather", "");
  get.code = 1;
  CHECK(client.exchange(get)->code_text() == "4.05");
  auto conditional = coap_post("weather", "1");
  conditional.options.push_back({1, "etag"});  // If-Match
  CHECK(client.exchange(conditional)->code_text() == "4.02");
  auto unknown = coap_post("weather", "1");
  unknown.options.push_back({9999, "?"});  // odd: critical
  CHECK(client.exchange(unknown)->code_text() == "4.02");
  auto elective = coap_post("weather", "1");
  elective.options.push_back({9998, "?"});
  elective.options.push_back({6, ""});  // Observe
  elective.options.push_back({kUriHost, "gateway"});
  CHECK(client.exchange(elective)->code_text() == "2.04");
  CHECK(server.notebook.readings().size() == 1);
}

TEST_CASE("coap: a ping is answered") {
  Server server;
  CoapClient client(server.source.port());
  CoapMessage ping;
  ping.code = 0;
  ping.message_id = 77;
  client.send(ping);
  const auto pong = client.receive();
  REQUIRE(pong);
  CHECK(pong->type == CoapMessage::kRst);
  CHECK(pong->message_id == 77);
}

TEST_CASE("coap: discovery over the wire, in blocks") {
  Server server;
  CoapClient client(server.source.port());
  auto get = coap_post(".well-known/core", "");
  get.code = 1;
  get.options.push_back({kBlock2, coap_number(Block{1, false, 1}.value())});
  const auto response = client.exchange(get);
  REQUIRE(response);
  CHECK(response->code_text() == "2.05");
  CHECK(response->payload.size() == 32);
  CHECK(response->number(kBlock2) == Block{1, true, 1}.value());
}

TEST_CASE("coap: an exception behind the door is 5.00 and the source lives on") {
  const ManualClock clock;
  const Log log([](LogLevel, std::string_view) {});
  bool broken = true;
  CoapSource source(
      test_options(),
      [&broken](std::span<const Reading> readings) {
        if (std::exchange(broken, false)) throw std::runtime_error("disk on fire");
        return std::vector<Outcome>(readings.size());
      },
      clock, log);
  source.start();
  CoapClient client(source.port());
  CHECK(client.post("weather", "1") == "5.00");
  CHECK(client.post("weather", "1") == "2.04");
}
