// SPDX-License-Identifier: Apache-2.0
// What a network server wraps around a frame, taken apart.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/observation.h"
#include "core/result.h"
#include "drivers/formats/lorawan_networks.h"
#include "drivers/formats/pointer.h"

namespace lamppost::formats {

// A Network with its pointers parsed.
class Envelope {
 public:
  explicit Envelope(const Network& network);

  const Network& network() const { return *network_; }
  bool is_like(const Json& element) const { return find(element, marker_) != nullptr; }
  // Every pointer that read() follows, except those into the decoded object.
  std::vector<Pointer> pointers() const;
  const Pointer& object() const { return object_; }

  // Views into the element live as long as it does.
  struct Uplink {
    std::string device;  // DevEUI in lower-case hex, whatever the server writes; else as it is
    std::optional<Timestamp> time;
    bool is_uplink = false;            // else a status, a join, an acknowledgement...
    std::optional<std::string> bytes;  // of the frame
    const Json* object = nullptr;      // as the server decoded it
    Json parsed;                       // owns the object when it came as text
    std::optional<int> fport;
    std::vector<Observation> radio;  // "lns.rssi" and its kin
  };
  // Malformed: no device, bytes that are neither hex nor base64.
  Result<Uplink> read(const Json& element) const;

 private:
  Result<void> read_bytes(const Json& element, Uplink& uplink) const;
  void read_radio(const Json& element, Uplink& uplink) const;
  void read_gateways(const Json& element, Uplink& uplink) const;
  void read_battery(const Json& element, Uplink& uplink) const;
  void read_time(const Json& element, Uplink& uplink) const;
  bool says_uplink(const Json& element) const;

  const Network* network_;
  Pointer marker_, base64_, hex_, object_, object_text_, fport_, fcnt_, uplink_, gateways_, rssi_,
      snr_, battery_, margin_, external_, kind_, not_uplink_, name_, profile_;
  std::vector<Pointer> device_, time_;
};

// The observations that every envelope can give, for check_name and people.
const std::vector<std::string>& envelope_names();

}  // namespace lamppost::formats
