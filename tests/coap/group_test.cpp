// SPDX-License-Identifier: Apache-2.0
// Readings that come together.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "coap/desk.h"
#include "support/coap_client.h"

using namespace lamppost;
using namespace lamppost::coap;
using namespace std::chrono_literals;

TEST_CASE("service: readings of one burst are stored together and answered after that, in order") {
  Desk desk;
  for (const auto* payload : {"1", "2", "3"})
    CHECK_FALSE(desk.service.handle(post({"weather"}, payload)));
  CHECK(desk.code(post({"elsewhere"})) == "4.04");
  CHECK(desk.service.taken() == 3);
  CHECK(desk.notebook.readings().empty());
  const auto answers = desk.service.settle();
  CHECK(answers.size() == 3);
  for (const auto& answer : answers) CHECK(answer.code == Code::kChanged);
  CHECK(desk.notebook.groups() == std::vector<std::size_t>{3});
  CHECK(desk.notebook.readings()[2].payload == "3");
  CHECK(desk.service.settle().empty());
}

TEST_CASE(
    "service: a copy of a request whose answer is still to come is answered, but no reading") {
  Desk desk;
  const auto request = post({"weather"});
  CHECK_FALSE(desk.service.handle(request));
  CHECK_FALSE(desk.service.handle(request));
  const auto answers = desk.service.settle();
  CHECK(answers.size() == 2);
  CHECK(answers.back().code == Code::kChanged);
  CHECK(desk.notebook.readings().size() == 1);
  CHECK(desk.service.handle(request)->code == Code::kChanged);
}

TEST_CASE("service: a request to a group is answered at once, after what came before it") {
  Desk desk;
  CHECK_FALSE(desk.service.handle(post({"weather"}, "1")));
  auto request = post({"weather"}, "2");
  request.multicast = true;
  CHECK(desk.service.handle(request)->code == Code::kChanged);
  CHECK(desk.notebook.groups() == std::vector<std::size_t>{2});
  CHECK(desk.service.settle().size() == 1);
}

TEST_CASE("coap: what comes while a reading is stored is stored together and answered once each") {
  constexpr std::size_t kMany = 40;
  HeldUpSource server;
  CoapClient client(server.source.port());
  for (std::size_t i = 0; i < kMany; ++i) {
    auto request = coap_post("weather", std::to_string(i));
    request.type = i % 4 == 3 ? CoapMessage::kNon : CoapMessage::kCon;
    request.message_id = static_cast<std::uint16_t>(100 + i);
    request.token = std::to_string(1000 + i);
    client.send(request);
  }
  server.let_go();
  std::set<std::string> tokens;
  for (std::size_t i = 0; i < kMany; ++i) {
    const auto response = client.receive();
    REQUIRE(response);
    CHECK(response->code_text() == "2.04");
    CHECK(tokens.insert(response->token).second);
    const auto number = std::stoul(response->token) - 1000;
    CHECK(response->type == (number % 4 == 3 ? CoapMessage::kNon : CoapMessage::kAck));
    if (number % 4 != 3) CHECK(response->message_id == 100 + number);
  }
  CHECK_FALSE(client.receive(50ms));
  const auto groups = server.notebook.groups();
  CHECK(groups.size() < kMany / 4);
  CHECK(server.notebook.readings().size() == kMany);
}
