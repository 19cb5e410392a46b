// SPDX-License-Identifier: Apache-2.0
// What edge nodes have said of themselves in their birth certificates (Sparkplug 3.0, chapters 4
// and 5): data messages carry only what a birth has named.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "drivers/formats/sparkplug_payload.h"

namespace lamppost::formats {

inline constexpr std::size_t kMaxSparkplugNodes = 10'000;
inline constexpr std::size_t kMaxSparkplugBytes = 16 << 20;  // of all births together, about

struct SparkplugKnown {
  std::string name;
  std::uint32_t datatype = 0;
  std::string unit;  // Rec 20, from engUnit
};

// Not thread-safe. Nodes are known by any key that tells them apart; a device of "" is the node
// itself. Beyond either bound the node whose latest birth is longest ago is forgotten; a node that
// is beyond it alone, but for its latest birth.
class SparkplugBirths {
 public:
  // A node's birth ends what was known of its devices.
  void node_born(const std::string& node, const SparkplugPayload& payload);
  void device_born(const std::string& node, const std::string& device,
                   const SparkplugPayload& payload);

  // The devices that are gone with it, "" among them when the node itself was known; nullopt when
  // the certificate is of an earlier session, whose bdSeq is another one.
  std::optional<std::vector<std::string>> node_died(const std::string& node,
                                                    const SparkplugPayload& payload);
  void device_died(const std::string& node, const std::string& device);

  // How many messages are missing in front of this one, by its sequence number; 0 when that cannot
  // be told.
  int lost(const std::string& node, const SparkplugPayload& payload);

  bool knows(const std::string& node, const std::string& device) const;
  // By name or, failing that, by alias, among the metrics of the device and then of the node;
  // nullptr when there is none.
  const SparkplugKnown* find(const std::string& node, const std::string& device,
                             const SparkplugMetric& metric) const;

 private:
  struct Birth {
    std::unordered_map<std::uint64_t, SparkplugKnown> by_alias;
    std::unordered_map<std::string, SparkplugKnown> by_name;  // of metrics without an alias
    std::size_t bytes = 0;
  };
  struct Node {
    std::map<std::string, Birth> births;  // by device
    std::optional<std::uint64_t> bd_seq;
    std::optional<int> seq;
    std::uint64_t turn = 0;  // of its latest birth
  };

  void keep(Node& node, const std::string& device, const SparkplugPayload& payload);
  void forget(Node& node, const std::string& device);
  void make_room(const std::string& device);

  std::map<std::string, Node> nodes_;
  std::size_t bytes_ = 0;  // of all births
  std::uint64_t turn_ = 0;
};

}  // namespace lamppost::formats
