// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/publish.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

using lamppost::mqtt::take_publish;

namespace {

// Bytes with NULs in them.
template <std::size_t N>
std::string bytes(const char (&text)[N]) {
  return {text, N - 1};
}

const std::string kTopic = bytes("\0\3a/b");

std::string packet(char head, const std::string& body) {
  std::string out(1, head);
  for (auto left = body.size(); out.size() == 1 || left > 0; left >>= 7)
    out += static_cast<char>((left & 0x7F) | (left > 0x7F ? 0x80 : 0));
  return out + body;
}

}  // namespace

TEST_CASE("publish: a reading of QoS 1 of MQTT 5 with every property that may come") {
  const auto properties = bytes(
      "\1\1"
      "\2\0\0\0\x10"
      "\3\0\4text"
      "\x08\0\1r"
      "\x09\0\2\0\0"
      "\x0B\x80\1"
      "\x26\0\1k\0\1v");
  const auto all = packet('\x3B', kTopic + bytes("\x12\x34") +
                                      std::string(1, static_cast<char>(properties.size())) +
                                      properties + "payload");
  const std::string behind = "\xD0";
  const auto both = all + behind;
  std::string_view stream = both;
  const auto publish = take_publish(stream, 5);
  REQUIRE(publish);
  CHECK(publish->topic == "a/b");
  CHECK(publish->payload == "payload");
  CHECK(publish->content_type == "text");
  CHECK(publish->packet_id == 0x1234);
  CHECK(publish->retained);
  CHECK(publish->duplicate);
  CHECK(stream == behind);
}

TEST_CASE("publish: MQTT 3.1.1 has no properties, QoS 0 no packet identifier") {
  const auto all = packet('\x32', kTopic + bytes("\0\1") + bytes("\0x")) + packet('\x30', kTopic);
  std::string_view stream = all;
  auto publish = take_publish(stream, 3);
  REQUIRE(publish);
  CHECK(publish->payload == bytes("\0x"));
  CHECK(publish->packet_id == 1);
  CHECK_FALSE(publish->retained);
  publish = take_publish(stream, 3);
  REQUIRE(publish);
  CHECK(publish->payload.empty());
  CHECK(publish->packet_id == 0);
  CHECK(stream.empty());
}

TEST_CASE("publish: every part of one is none") {
  const auto all =
      packet('\x32', kTopic + bytes("\0\1") + bytes("\7\3\0\4text") + std::string(200, 'x'));
  std::string_view whole = all;
  REQUIRE(take_publish(whole, 5));
  for (std::size_t size = 0; size < all.size(); ++size) {
    std::string_view part = std::string_view(all).substr(0, size);
    CHECK_FALSE(take_publish(part, 5));
    CHECK(part.size() == size);
  }
}

TEST_CASE("publish: what Paho has to judge is left to it") {
  std::string other;
  SUBCASE("QoS 2") { other = packet('\x34', kTopic + bytes("\0\1\0x")); }
  SUBCASE("QoS 3") { other = packet('\x36', kTopic + bytes("\0\1\0x")); }
  SUBCASE("another packet") { other = packet('\xD0', ""); }
  SUBCASE("no packet identifier") { other = packet('\x32', kTopic + bytes("\0\0\0x")); }
  SUBCASE("no topic") { other = packet('\x32', bytes("\0\0\0\1\0x")); }
  SUBCASE("a topic beyond the packet") {
    other = packet('\x30', bytes("\0\x09"
                                 "a\0")) +
            "more of it";
  }
  SUBCASE("a topic alias") { other = packet('\x30', kTopic + bytes("\3\x23\0\1")); }
  SUBCASE("properties beyond the packet") {
    other = packet('\x30', kTopic + bytes("\x05\1\1")) + "more";
  }
  SUBCASE("a property beyond the properties") {
    other = packet('\x30', kTopic + bytes("\3\3\0\4text"));
  }
  SUBCASE("a length of five bytes") { other = "\x30\xff\xff\xff\xff\x01 and more"; }
  std::string_view stream = other;
  CHECK_FALSE(take_publish(stream, 5));
  CHECK(stream == other);
}

TEST_CASE("publish: whatever is broken in one, what is taken lies within it") {
  const auto good = packet('\x32', kTopic + bytes("\0\1") + bytes("\7\3\0\4text") + "payload");
  std::mt19937 random(7);
  std::size_t taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto broken = good;
    for (int n = 0; n < 3; ++n) broken[random() % broken.size()] = static_cast<char>(random());
    std::string_view left = broken;
    const auto publish = take_publish(left, round % 2 == 0 ? 5 : 3);
    if (!publish) continue;
    ++taken;
    const auto size =
        publish->topic.size() + publish->content_type.size() + publish->payload.size();
    REQUIRE(size + left.size() < broken.size());
    REQUIRE(publish->payload.data() + publish->payload.size() == left.data());
  }
  CHECK(taken > 100);
}
