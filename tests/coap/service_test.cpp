// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/service.h"

#include <doctest/doctest.h>

#include "coap/desk.h"

using namespace lamppost;
using namespace lamppost::coap;
using namespace std::chrono_literals;

namespace {

Request discovery() {
  auto request = post({".well-known", "core"}, "");
  request.method = Method::kGet;
  return request;
}

}  // namespace

TEST_CASE("service: a post becomes a reading with all that is known about it") {
  Desk desk;
  auto request = post({"air", "s1", "state"}, "{\"pm25\":7}");
  request.content_format = 50;
  CHECK(desk.code(request) == "2.04");
  REQUIRE(desk.notebook.readings().size() == 1);
  const auto reading = desk.notebook.readings()[0];
  CHECK(reading.source == "field");
  CHECK(reading.topic == "air/s1/state");
  CHECK(reading.payload == "{\"pm25\":7}");
  CHECK(reading.content_type == "application/json");
  CHECK(reading.sender == "");
  CHECK(reading.arrived == desk.clock.now());
}

TEST_CASE("service: content formats become media types, foreign ones are 4.15") {
  Desk desk;
  const auto type_of = [&](std::optional<std::uint32_t> format) {
    auto request = post({"weather"});
    request.content_format = format;
    const auto code = desk.code(request);
    return code == "2.04" ? desk.notebook.readings().back().content_type : code;
  };
  CHECK(type_of(std::nullopt) == "");
  CHECK(type_of(0) == "text/plain");
  CHECK(type_of(50) == "application/json");
  CHECK(type_of(60) == "application/cbor");
  CHECK(type_of(110) == "application/senml+json");
  CHECK(type_of(112) == "application/senml+cbor");
  CHECK(type_of(11542) == "application/vnd.oma.lwm2m+tlv");
  CHECK(type_of(11543) == "application/vnd.oma.lwm2m+json");
  CHECK(type_of(41) == "4.15");
  CHECK(type_of(UINT32_MAX) == "4.15");
}

TEST_CASE("service: unknown paths are 4.04, other methods 4.05, and neither is a reading") {
  Desk desk;
  CHECK(desk.code(post({"elsewhere"})) == "4.04");
  CHECK(desk.code(post({})) == "4.04");
  CHECK(desk.code(post({"meters", "a/b"})) == "4.04");
  for (const auto method : {Method::kGet, Method::kDelete, Method::kFetch, Method::kPatch}) {
    auto request = post({"weather"});
    request.method = method;
    CHECK(desk.code(request) == "4.05");
    request.path = {"elsewhere"};
    CHECK(desk.code(request) == "4.04");
  }
  CHECK(desk.notebook.readings().empty());
}

TEST_CASE("service: an unknown path is logged at most once a minute, with the count") {
  Desk desk;
  for (int i = 0; i < 5; ++i) desk.handle(post({"x\x1b[2J"}));
  desk.clock.advance(60s);
  desk.handle(post({"y"}));
  CHECK(desk.lines.all() == std::vector<std::string>{
                                "coap source \"field\": /x\\x1b[2J: a path segment holds a control "
                                "character, answering 4.04",
                                "coap source \"field\": /y: no mapping takes this path, answering "
                                "4.04; 4 more since the last such line"});
}

TEST_CASE("service: a copy is answered again and stored once, a dead letter too") {
  Desk desk;
  for (const auto disposition : {Disposition::kStored, Disposition::kDead, Disposition::kHeld}) {
    desk.notebook.answer_with(disposition, "reason");
    const auto before = desk.notebook.readings().size();
    const auto request = post({"weather"});
    const auto first = desk.handle(request);
    const auto second = desk.handle(request);
    CHECK(first.code == second.code);
    CHECK(first.payload == second.payload);
    CHECK(desk.notebook.readings().size() == before + 1);
  }
}

TEST_CASE("service: a copy of a refused reading is offered again") {
  Desk desk;
  const auto request = post({"weather"});
  desk.notebook.answer_with(Disposition::kRefused, "outbox full");
  const auto refusal = desk.handle(request);
  CHECK(to_text(refusal.code) == "5.03");
  CHECK(refusal.max_age == 10U);
  CHECK(desk.service.refused() == 1);
  desk.notebook.answer_with(Disposition::kStored);
  CHECK(desk.code(request) == "2.04");
  CHECK(desk.code(request) == "2.04");
  CHECK(desk.notebook.readings().size() == 2);
  CHECK(desk.service.refused() == 1);
}

TEST_CASE("service: a new reading under an old message id is no copy") {
  Desk desk;
  auto request = post({"weather"}, "1");
  desk.handle(request);
  request.payload = "2";  // the sensor restarted and counts from the start
  desk.handle(request);
  CHECK(desk.notebook.readings().size() == 2);
}

TEST_CASE("service: copies are recognised for 247 s when confirmable, 145 s when not") {
  Desk desk;
  auto con = post({"weather"}), non = post({"weather"});
  non.confirmable = false;
  desk.handle(con);
  desk.handle(non);
  desk.clock.advance(146s);
  desk.handle(con);
  CHECK(desk.notebook.readings().size() == 2);
  desk.handle(non);
  CHECK(desk.notebook.readings().size() == 3);
  desk.clock.advance(101s);
  desk.handle(con);
  CHECK(desk.notebook.readings().size() == 4);
}

TEST_CASE("service: a body in blocks is one reading, its last block may come twice") {
  Desk desk;
  const std::string body(100, 'x');
  for (std::uint32_t number = 0; number < 2; ++number) {
    auto block = post({"weather"}, std::string_view(body).substr(number * 64, 64));
    block.block1 = Block{number, number == 0, 2}.value();
    const auto answer = desk.handle(block);
    CHECK(to_text(answer.code) == (number == 0 ? "2.31" : "2.04"));
    REQUIRE(answer.block1);
    CHECK(answer.block1->value() == *block.block1);
    CHECK(desk.code(block) == to_text(answer.code));
  }
  REQUIRE(desk.notebook.readings().size() == 1);
  CHECK(desk.notebook.readings()[0].payload == body);
}

TEST_CASE("service: a refused last block leaves the sender to start over") {
  Desk desk;
  desk.notebook.answer_with(Disposition::kRefused, "outbox full");
  const std::string body(128, 'x');
  auto first = post({"weather"}, std::string_view(body).substr(0, 64));
  first.block1 = Block{0, true, 2}.value();
  auto last = post({"weather"}, std::string_view(body).substr(64));
  last.block1 = Block{1, false, 2}.value();
  CHECK(desk.code(first) == "2.31");
  CHECK(desk.code(last) == "5.03");
  CHECK(desk.code(last) == "4.08");
}

TEST_CASE("service: what is too large is 4.13 with the limit, however it comes") {
  Desk desk;
  const std::string big(test_options().max_payload + 1, 'x');
  auto at_once = post({"weather"}, big);
  auto announced = post({"weather"}, "x");
  announced.size1 = test_options().max_payload + 1;
  auto in_blocks = post({"weather"}, std::string_view(big).substr(0, 16));
  in_blocks.block1 = Block{0, true, 0}.value();
  in_blocks.size1 = UINT32_MAX;
  for (const auto* request : {&at_once, &announced, &in_blocks}) {
    const auto answer = desk.handle(*request);
    CHECK(to_text(answer.code) == "4.13");
    CHECK(answer.size1 == 64U * 1024);
    CHECK(answer.payload == "at most 65536 bytes are taken");
  }
  auto fits = post({"weather"}, std::string_view(big).substr(1));
  CHECK(desk.code(fits) == "2.04");
  auto cut = post({"weather"}, "the beginning of someth");
  cut.cut_off = true;
  CHECK(desk.code(cut) == "4.13");
  CHECK(desk.notebook.readings().size() == 1);
}

TEST_CASE("service: malformed block options are 4.00") {
  Desk desk;
  auto request = post({"weather"});
  request.block1 = 7;
  CHECK(desk.code(request) == "4.00");
  request.block1 = 1U << 24;
  CHECK(desk.code(request) == "4.00");
  auto get = discovery();
  get.block2 = 7;
  CHECK(desk.code(get) == "4.00");
}

TEST_CASE("service: a critical option nobody honours is 4.02, or silence to a NON") {
  Desk desk;
  auto request = post({"weather"});
  request.unsupported_option = 1;
  const auto answer = desk.handle(request);
  CHECK(to_text(answer.code) == "4.02");
  CHECK(answer.payload == "critical option 1 is not supported");
  request.confirmable = false;
  CHECK(desk.handle(request).code == Code::kEmpty);
  CHECK(desk.notebook.readings().empty());
}

TEST_CASE("service: a request to a group is answered when it went well and otherwise not") {
  Desk desk;
  const auto to_group = [&](Request request) {
    request.confirmable = false;
    request.multicast = true;
    return desk.handle(request).code;
  };
  CHECK(to_group(post({"weather"})) == Code::kChanged);
  CHECK(to_group(discovery()) == Code::kContent);
  CHECK(to_group(post({"elsewhere"})) == Code::kEmpty);
  desk.notebook.answer_with(Disposition::kDead, "reason");
  CHECK(to_group(post({"weather"})) == Code::kEmpty);
  desk.notebook.answer_with(Disposition::kRefused, "outbox full");
  CHECK(to_group(post({"weather"})) == Code::kEmpty);
  CHECK(desk.service.refused() == 1);
}

TEST_CASE("service: discovery lists the paths, whole or in blocks") {
  Desk desk;
  const auto whole = desk.handle(discovery());
  CHECK(to_text(whole.code) == "2.05");
  CHECK(whole.content_format == 40U);
  CHECK(whole.payload.find(
            "</air>;ct=\"0 50 60 110 112 11542 11543\";title=\"air/{station}/state\"") !=
        std::string::npos);
  std::string pieces;
  for (Block block{0, true, 1}; block.more; ++block.number) {
    auto request = discovery();
    request.block2 = block.value();
    const auto piece = desk.handle(request);
    REQUIRE(piece.block2);
    CHECK(piece.etag == whole.etag);
    CHECK(piece.size2 == whole.payload.size());
    block = *piece.block2;
    pieces += piece.payload;
  }
  CHECK(pieces == whole.payload);
  auto beyond = discovery();
  beyond.block2 = Block{1000, false, 1}.value();
  CHECK(desk.code(beyond) == "4.00");
}

TEST_CASE("service: discovery is read-only and speaks link format") {
  Desk desk;
  auto request = discovery();
  request.accept = 40;
  CHECK(desk.code(request) == "2.05");
  request.accept = 50;
  CHECK(desk.code(request) == "4.06");
  CHECK(desk.code(post({".well-known", "core"})) == "4.05");
}
