// SPDX-License-Identifier: Apache-2.0
// Messages in which a bridge says what its devices will send: Zigbee2MQTT's bridge/devices with its
// exposes (zigbee2mqtt.io, "Exposes"), and the MQTT discovery of Home Assistant, which ESPHome,
// Tasmota and others publish (home-assistant.io, "MQTT Discovery").
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/guess.h"
#include "core/reading.h"

namespace lamppost::cli {

struct Announced {
  std::string by;    // "Zigbee2MQTT: RTCGQ11LM Motion sensor"
  bool json = true;  // false: the topic carries one plain value, "value"
  std::vector<Leaf> leaves;
};

// By topic. Bounded: at most this many topics, and values of one.
inline constexpr std::size_t kMaxAnnounced = 2000;
inline constexpr std::size_t kMaxAnnouncedLeaves = 200;
using Announcements = std::map<std::string, Announced>;

// Adds what a reading announces; false when it announces nothing.
bool add_announced(const Reading& reading, Announcements& all);

// A topic of a bridge's own affairs: neither measurement nor announcement.
bool is_housekeeping(const std::string& topic);

}  // namespace lamppost::cli
