// SPDX-License-Identifier: Apache-2.0
#include "drivers/coap/bodies.h"

#include <doctest/doctest.h>

#include "support/manual_clock.h"

using namespace lamppost;
using namespace lamppost::coap;
using namespace std::chrono_literals;
using Step = Bodies::Step;

namespace {

constexpr std::size_t kMax = 1024;

// Sends a body in blocks of 16 bytes, block by block.
struct Sender {
  Bodies& bodies;
  std::string body;
  Request request{};
  std::string topic = "a/b";

  Bodies::Progress send(std::uint32_t number) {
    ++request.message_id;
    return repeat(number);
  }
  Bodies::Progress repeat(std::uint32_t number) {
    const Block block{number, (number + 1) * 16 < body.size(), 0};
    request.payload = std::string_view(body).substr(block.offset(), 16);
    return bodies.add(request, block, topic);
  }
};

std::string text_of(std::size_t size) {
  std::string text;
  while (text.size() < size) text += static_cast<char>('a' + text.size() / 16 % 26);
  return text;
}

}  // namespace

TEST_CASE("bodies: blocks in order become the whole body") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  Sender sender{bodies, text_of(40)};
  CHECK(sender.send(0).step == Step::kContinue);
  CHECK(sender.send(1).step == Step::kContinue);
  const auto last = sender.send(2);
  CHECK(last.step == Step::kComplete);
  CHECK(last.body == text_of(40));
  CHECK(bodies.transfers() == 0);
  CHECK(bodies.bytes() == 0);
}

TEST_CASE("bodies: a body of one block needs no memory") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  Sender sender{bodies, "short"};
  CHECK(sender.send(0).body == "short");
  Sender empty{bodies, ""};
  CHECK(empty.send(0).step == Step::kComplete);
  CHECK(bodies.transfers() == 0);
}

TEST_CASE("bodies: a copy of a block changes nothing") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  Sender sender{bodies, text_of(64)};
  sender.send(0);
  CHECK(sender.repeat(0).step == Step::kContinue);
  sender.send(1);
  CHECK(sender.repeat(1).step == Step::kContinue);
  sender.send(2);
  CHECK(bodies.bytes() == 48);
  CHECK(sender.send(3).body == text_of(64));
}

TEST_CASE("bodies: a first block that is new starts over, one that is a late copy does not") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  Sender sender{bodies, text_of(48)};
  sender.send(0);
  const auto first = sender.request;
  sender.send(1);
  CHECK(bodies.add(first, Block{0, true, 0}, "a/b").step == Step::kContinue);
  CHECK(bodies.bytes() == 32);  // the late copy changed nothing
  sender.send(0);
  CHECK(bodies.bytes() == 16);  // the sender began again
  sender.send(1);
  CHECK(sender.send(2).body == text_of(48));
}

TEST_CASE("bodies: a gap, another content format or changed contents mean start over") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  Sender sender{bodies, text_of(64)};
  CHECK(sender.send(1).step == Step::kIncomplete);
  sender.send(0);
  CHECK(sender.send(2).step == Step::kIncomplete);
  sender.request.content_format = 60;
  CHECK(sender.send(1).step == Step::kIncomplete);
  sender.request.content_format.reset();
  CHECK(sender.send(1).step == Step::kContinue);
  sender.body[20] = '!';
  CHECK(sender.send(1).step == Step::kIncomplete);
}

TEST_CASE("bodies: a block must be as long as it says") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  Request request;
  request.payload = "fifteen bytes..";
  CHECK(bodies.add(request, {0, true, 0}, "a").step == Step::kMalformed);
  request.payload = "seventeen bytes..";
  CHECK(bodies.add(request, {0, true, 0}, "a").step == Step::kMalformed);
  CHECK(bodies.add(request, {0, false, 0}, "a").step == Step::kMalformed);
  request.payload = "";
  CHECK(bodies.add(request, {1, false, 0}, "a").step == Step::kMalformed);
}

TEST_CASE("bodies: a sender may continue with smaller blocks") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  const auto text = text_of(48);
  Request request;
  request.payload = std::string_view(text).substr(0, 32);
  CHECK(bodies.add(request, {0, true, 1}, "a").step == Step::kContinue);
  request.payload = std::string_view(text).substr(32, 16);
  CHECK(bodies.add(request, {2, false, 0}, "a").body == text);
}

TEST_CASE("bodies: a body over the limit ends at once, announced or not") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  Sender announced{bodies, text_of(64)};
  announced.request.size1 = kMax + 1;
  CHECK(announced.send(0).step == Step::kTooLarge);
  CHECK(bodies.transfers() == 0);

  Sender silent{bodies, text_of(kMax + 1)};
  for (std::uint32_t i = 0; i < kMax / 16; ++i) REQUIRE(silent.send(i).step == Step::kContinue);
  CHECK(silent.send(kMax / 16).step == Step::kTooLarge);
  CHECK(bodies.bytes() == 0);

  Request far;  // one datagram must not make us reserve what it only points at
  far.payload = "sixteen bytes...";
  CHECK(bodies.add(far, {(1U << 20) - 1, true, 0}, "a").step == Step::kTooLarge);
  CHECK(bodies.bytes() == 0);
}

TEST_CASE("bodies: senders, topics and request tags do not mix") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  Sender one{bodies, text_of(32)}, two{bodies, text_of(32)}, three{bodies, text_of(32)},
      four{bodies, text_of(32)};
  two.request.remote.port = 1;
  three.topic = "other";
  four.request.request_tag = "tag";
  for (auto* sender : {&one, &two, &three, &four}) sender->send(0);
  CHECK(bodies.transfers() == 4);
  for (auto* sender : {&one, &two, &three, &four}) CHECK(sender->send(1).body == text_of(32));
}

TEST_CASE("bodies: memory is bounded by number and by bytes, the longest waiting gives way") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  const auto body = text_of(kMax);
  for (std::uint16_t port = 0; port < 300; ++port) {
    Sender sender{bodies, body};
    sender.request.remote.port = port;
    for (std::uint32_t i = 0; i < kMax / 16 - 1; ++i) sender.send(i);
    REQUIRE(bodies.transfers() <= kMaxTransfers);
    REQUIRE(bodies.bytes() <= 4 * kMax);
  }
  for (std::uint16_t port = 0; port < 300; ++port) {
    Sender sender{bodies, body};
    sender.request.remote.port = port;
    sender.send(0);
    REQUIRE(bodies.transfers() <= kMaxTransfers);
  }
  Sender evicted{bodies, body}, kept{bodies, body};
  evicted.request.remote.port = 0;
  kept.request.remote.port = 299;
  CHECK(evicted.send(1).step == Step::kIncomplete);
  CHECK(kept.send(1).step == Step::kContinue);
}

TEST_CASE("bodies: a body nobody continues is forgotten") {
  ManualClock clock;
  Bodies bodies(kMax, clock);
  Sender sender{bodies, text_of(48)};
  sender.send(0);
  clock.advance(246s);
  CHECK(sender.send(1).step == Step::kContinue);
  clock.advance(247s);
  CHECK(sender.send(2).step == Step::kIncomplete);
  CHECK(bodies.bytes() == 0);
}
