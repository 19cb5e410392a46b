// SPDX-License-Identifier: Apache-2.0
// Where LoRaWAN network servers (and Sigfox) put what they say about an uplink: JSON pointers, as
// a table that people can read. A new server is a new entry in lorawan_networks.cpp.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace lamppost::formats {

// "" stands for what a server does not say.
struct Network {
  std::string_view name = {};    // as in options = { network = "chirpstack-v4" }
  std::string_view marker = {};  // only payloads of this server have something here
  std::array<std::string_view, 2> device =
      {};  // DevEUI, or what stands for it; the first that is there
  std::string_view device_name = {}, device_profile = {};
  // The frame, as text; a server may have decoded it.
  std::string_view bytes_base64 = {}, bytes_hex = {};
  std::string_view object = {}, object_text = {};  // as JSON, and as text that is JSON
  std::array<std::string_view, 2> time = {};  // RFC 3339, or seconds or milliseconds since 1970
  std::string_view fport = {}, fcnt = {};
  std::string_view uplink =
      {};  // where it is there, an fPort or fCnt that is missing is 0 (protobuf)
  // The gateways that heard it: a list, and the members of its elements; without a list, pointers.
  std::string_view gateways = {}, rssi = {}, snr = {}, gateway_time = {};
  std::string_view battery = {}, margin = {}, external_power = {};
  bool battery_is_status = false;  // LoRaWAN 1.0.3, 5.5: 0 external, 1 to 254, 255 unknown
  // What kind of message it is, and the kinds that are uplinks, with a space around each.
  std::string_view kind = {}, uplink_kinds = {};
  // A member that no uplink has.
  std::string_view not_uplink = {};
};

std::span<const Network> networks();
const Network* find_network(std::string_view name);

}  // namespace lamppost::formats
