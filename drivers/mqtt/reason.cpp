// SPDX-License-Identifier: Apache-2.0
#include "drivers/mqtt/reason.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace lamppost::mqtt {
namespace {

struct Words {
  int code;
  std::string_view text;
};

constexpr std::array kVersion3{
    Words{1, "protocol version not supported"},
    Words{2, "client id rejected"},
    Words{3, "server unavailable"},
    Words{4, "bad user name or password"},
    Words{5, "not authorized"},
    Words{0x80, "refused"},
};

constexpr std::array kVersion5{
    Words{0x01, "protocol version not supported"},
    Words{0x04, "disconnected with the will"},
    Words{0x80, "unspecified error"},
    Words{0x81, "malformed packet"},
    Words{0x82, "protocol error"},
    Words{0x83, "implementation specific error"},
    Words{0x84, "protocol version not supported"},
    Words{0x85, "client id not valid"},
    Words{0x86, "bad user name or password"},
    Words{0x87, "not authorized"},
    Words{0x88, "server unavailable"},
    Words{0x89, "server busy"},
    Words{0x8A, "banned"},
    Words{0x8B, "server shutting down"},
    Words{0x8C, "bad authentication method"},
    Words{0x8D, "keep alive timeout"},
    Words{0x8E, "session taken over by another client with our client id"},
    Words{0x8F, "topic filter not valid"},
    Words{0x90, "topic name not valid"},
    Words{0x91, "packet identifier in use"},
    Words{0x93, "receive maximum exceeded"},
    Words{0x95, "packet too large"},
    Words{0x96, "message rate too high"},
    Words{0x97, "quota exceeded"},
    Words{0x98, "administrative action"},
    Words{0x99, "payload format not valid"},
    Words{0x9B, "QoS not supported"},
    Words{0x9C, "use another server"},
    Words{0x9D, "server moved"},
    Words{0x9E, "shared subscriptions not supported"},
    Words{0x9F, "connection rate exceeded"},
    Words{0xA0, "maximum connect time"},
    Words{0xA1, "subscription identifiers not supported"},
    Words{0xA2, "wildcard subscriptions not supported"},
};

template <typename Table>
std::string_view look_up(const Table& table, int code) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [code](const Words& words) { return words.code == code; });
  return found == table.end() ? "reason not known to MQTT" : found->text;
}

}  // namespace

std::string reason_words(int version, int code) {
  const auto text = version == 5 ? look_up(kVersion5, code) : look_up(kVersion3, code);
  std::array<char, 16> number{};
  std::snprintf(number.data(), number.size(), " (0x%02X)", static_cast<unsigned>(code) & 0xFFu);
  return std::string(text) + number.data();
}

bool refuses_version(int code) { return code == 0x84 || code == 1; }

}  // namespace lamppost::mqtt
