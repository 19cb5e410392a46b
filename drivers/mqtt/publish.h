// SPDX-License-Identifier: Apache-2.0
// A PUBLISH of QoS 0 or 1 as it stands in the stream (MQTT 3.1.1 and 5.0, 3.3):
//
//   u8 0x30 | DUP 8 | QoS 2 | RETAIN 1, remaining length (2.1.4),
//   topic (u16 length first), with QoS 1 u16 packet identifier,
//   MQTT 5: length of the properties and these, payload up to the end
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lamppost::mqtt {

// Views into the bytes it was taken from.
struct Publish {
  std::string_view topic, payload;
  std::string_view content_type;  // "" when none is said
  std::uint16_t packet_id = 0;    // 0: QoS 0, no answer is expected
  bool retained = false, duplicate = false;
};

// Takes the one at the front off `bytes`. nullopt, and `bytes` as before, when something else
// stands there, when not all of it is there, and when anything about it is not in order.
// `version` is 5, or 3 for MQTT 3.1.1.
std::optional<Publish> take_publish(std::string_view& bytes, int version);

}  // namespace lamppost::mqtt
