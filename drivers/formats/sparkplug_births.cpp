// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/sparkplug_births.h"

#include <algorithm>

#include "core/units.h"

namespace lamppost::formats {
namespace {

constexpr std::size_t kOverhead = 128;  // of a map's element, in bytes

std::string code_of(std::string_view unit) {
  if (unit.empty()) return "";
  if (const auto code = unit_of_senml(unit); !code.empty()) return std::string(code);
  const auto units = units_written_as(unit);
  return units.size() == 1 ? std::string(units[0].code) : "";
}

std::optional<std::uint64_t> bd_seq_of(const SparkplugPayload& payload) {
  for (const SparkplugMetric& metric : payload.metrics)
    if (metric.name == "bdSeq") return metric.bits;
  return std::nullopt;
}

}  // namespace

void SparkplugBirths::keep(Node& node, const std::string& device, const SparkplugPayload& payload) {
  forget(node, device);
  Birth& birth = node.births[device];
  birth.bytes = kOverhead + device.size();
  for (const SparkplugMetric& metric : payload.metrics) {
    SparkplugKnown known{std::string(metric.name), metric.datatype, code_of(metric.unit)};
    birth.bytes += kOverhead + known.name.size();
    if (metric.alias)
      birth.by_alias[*metric.alias] = std::move(known);
    else
      birth.by_name[known.name] = std::move(known);
  }
  bytes_ += birth.bytes;
  node.turn = ++turn_;
  make_room(device);
}

void SparkplugBirths::forget(Node& node, const std::string& device) {
  const auto found = node.births.find(device);
  if (found == node.births.end()) return;
  bytes_ -= found->second.bytes;
  node.births.erase(found);
}

// The latest birth, of `device`, stays whatever its size.
void SparkplugBirths::make_room(const std::string& device) {
  while (nodes_.size() > 1 && (nodes_.size() > kMaxSparkplugNodes || bytes_ > kMaxSparkplugBytes)) {
    const auto oldest = std::min_element(
        nodes_.begin(), nodes_.end(),
        [](const auto& a, const auto& b) { return a.second.turn < b.second.turn; });
    for (const auto& one : oldest->second.births) bytes_ -= one.second.bytes;
    nodes_.erase(oldest);
  }
  if (bytes_ <= kMaxSparkplugBytes) return;
  Node& last = nodes_.begin()->second;
  while (last.births.size() > 1) {
    const auto first = last.births.begin();
    forget(last, first->first == device ? std::next(first)->first : first->first);
  }
}

void SparkplugBirths::node_born(const std::string& node, const SparkplugPayload& payload) {
  Node& born = nodes_[node];
  while (!born.births.empty()) forget(born, born.births.begin()->first);
  born.bd_seq = bd_seq_of(payload);
  born.seq = payload.seq;
  keep(born, "", payload);
}

void SparkplugBirths::device_born(const std::string& node, const std::string& device,
                                  const SparkplugPayload& payload) {
  keep(nodes_[node], device, payload);
}

std::optional<std::vector<std::string>> SparkplugBirths::node_died(
    const std::string& node, const SparkplugPayload& payload) {
  const auto found = nodes_.find(node);
  std::vector<std::string> gone;
  if (found == nodes_.end()) return gone;
  const auto bd_seq = bd_seq_of(payload);
  if (bd_seq && found->second.bd_seq && *bd_seq != *found->second.bd_seq) return std::nullopt;
  for (const auto& [device, birth] : found->second.births) {
    gone.push_back(device);
    bytes_ -= birth.bytes;
  }
  nodes_.erase(found);
  return gone;
}

void SparkplugBirths::device_died(const std::string& node, const std::string& device) {
  if (const auto found = nodes_.find(node); found != nodes_.end()) forget(found->second, device);
}

// A number that comes again, or one of a message that was overtaken, tells of no loss.
int SparkplugBirths::lost(const std::string& node, const SparkplugPayload& payload) {
  const auto found = nodes_.find(node);
  if (found == nodes_.end() || !payload.seq) return 0;
  auto& last = found->second.seq;
  const int ahead = last ? (*payload.seq - *last + 256) % 256 : 1;
  if (ahead == 0 || ahead > 128) return 0;
  last = payload.seq;
  return ahead - 1;
}

bool SparkplugBirths::knows(const std::string& node, const std::string& device) const {
  const auto found = nodes_.find(node);
  return found != nodes_.end() && found->second.births.contains(device);
}

const SparkplugKnown* SparkplugBirths::find(const std::string& node, const std::string& device,
                                            const SparkplugMetric& metric) const {
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return nullptr;
  for (const std::string& owner : {device, std::string()}) {
    const auto birth = found->second.births.find(owner);
    if (birth == found->second.births.end()) continue;
    if (metric.alias)
      if (const auto known = birth->second.by_alias.find(*metric.alias);
          known != birth->second.by_alias.end())
        return &known->second;
    if (const auto known = birth->second.by_name.find(std::string(metric.name));
        !metric.name.empty() && known != birth->second.by_name.end())
      return &known->second;
  }
  return nullptr;
}

}  // namespace lamppost::formats
