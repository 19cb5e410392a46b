// SPDX-License-Identifier: Apache-2.0
// Sparkplug B (Eclipse Sparkplug specification 3.0): MQTT from edge nodes, in protobuf
// (sparkplug_payload.h). The topic tells what a message is:
//
//   spBv1.0/GROUP/NBIRTH/NODE            a node is there, and all its metrics: name, alias, type
//   spBv1.0/GROUP/DBIRTH/NODE/DEVICE     the same of a device behind it
//   spBv1.0/GROUP/NDATA/NODE, DDATA      what has changed, often by alias alone
//   spBv1.0/GROUP/NDEATH/NODE, DDEATH    it is gone; what its birth said counts no longer
//   spBv1.0/GROUP/NCMD/NODE, DCMD, STATE what others tell the node: no observations of a mapping
//
// A mapping has to see births to read data: match = "spBv1.0/{group}/+/{node}/#". This decoder
// keeps what births said (sparkplug_births.h), for each mapping on its own. Data by alias before a
// birth, as after a restart, is refused with that reason and can be retried after the next one.
//
//   observations by the name of the metric; "sparkplug.online" at births (true) and deaths (false);
//                "sparkplug.lost": messages missing in front of this one by its sequence number,
//                which says something where the mapping sees all messages of a node
//   unit         property engUnit of the birth. Quality other than good: a null value
//   device       DEVICE, else NODE
//   device time  of the metric, else of the payload; one group for each. A death has none: its
//                payload is as old as the connection
//
// Data sets, templates, arrays and bytes are left out.
#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <set>

#include "drivers/driver.h"
#include "drivers/formats/grouping.h"
#include "drivers/formats/in_quotes.h"
#include "drivers/formats/options.h"
#include "drivers/formats/sparkplug_births.h"

namespace lamppost {
namespace {

using namespace formats;

const std::string kOnline = "sparkplug.online";
const std::string kLost = "sparkplug.lost";

enum class Kind { kNodeBirth, kDeviceBirth, kNodeDeath, kDeviceDeath, kData, kCommand, kOther };

struct Address {
  Kind kind = Kind::kData;
  std::string node_key, node, device;  // device "" for the node itself
  const std::string& owner() const { return device.empty() ? node : device; }
};

std::vector<std::string> levels_of(std::string_view topic) {
  std::vector<std::string> levels;
  while (levels.size() < 6) {
    const std::size_t slash = std::min(topic.find('/'), topic.size());
    levels.emplace_back(topic.substr(0, slash));
    if (slash == topic.size()) break;
    topic.remove_prefix(slash + 1);
  }
  return levels;
}

// Any other topic is data of nobody in particular.
Address address_of(const Reading& reading) {
  const auto levels = levels_of(reading.topic);
  Address address;
  if (levels[0] != "spBv1.0") return address;
  if (levels.size() < 4 || levels.size() > 5) {
    address.kind = Kind::kOther;  // spBv1.0/STATE/HOST
    return address;
  }
  constexpr std::array<std::pair<std::string_view, Kind>, 8> kKinds = {
      {{"NBIRTH", Kind::kNodeBirth},
       {"DBIRTH", Kind::kDeviceBirth},
       {"NDEATH", Kind::kNodeDeath},
       {"DDEATH", Kind::kDeviceDeath},
       {"NDATA", Kind::kData},
       {"DDATA", Kind::kData},
       {"NCMD", Kind::kCommand},
       {"DCMD", Kind::kCommand}}};
  address.kind = Kind::kOther;
  for (const auto& [word, kind] : kKinds)
    if (levels[2] == word) address.kind = kind;
  address.node = levels[3];
  address.device = levels.size() == 5 ? levels[4] : "";
  address.node_key = reading.source + '\n' + levels[1] + '\n' + levels[3];
  return address;
}

class Session {
 public:
  explicit Session(const DecoderOptions& options)
      : wanted_(options.names.begin(), options.names.end()) {}

  Result<Observations> decode(const Reading& reading);

 private:
  Result<Observations> message(const Address& address, const SparkplugPayload& payload);
  Observations death(const Address& address, const SparkplugPayload& payload);
  std::string append(const Address& address, const SparkplugPayload& payload,
                     const SparkplugMetric& metric, Grouping& seen) const;
  void add(Grouping& seen, const std::string& device, std::optional<Timestamp> at,
           Observation observation) const;

  const std::set<std::string> wanted_;  // empty: everything
  std::mutex mutex_;
  SparkplugBirths births_;  // guarded by mutex_
};

void Session::add(Grouping& seen, const std::string& device, std::optional<Timestamp> at,
                  Observation observation) const {
  if (!wanted_.empty() && !wanted_.contains(observation.name)) return;
  seen.at(device, at).observations.push_back(std::move(observation));
}

// The fault, or "".
std::string Session::append(const Address& address, const SparkplugPayload& payload,
                            const SparkplugMetric& metric, Grouping& seen) const {
  const SparkplugKnown* known = births_.find(address.node_key, address.device, metric);
  const std::string name =
      metric.name.empty() && known != nullptr ? known->name : std::string(metric.name);
  std::uint32_t datatype = metric.datatype;
  if (datatype == 0) datatype = known != nullptr ? known->datatype : evident_datatype(metric);
  if (name.empty() || (datatype == 0 && metric.kind != 0)) {
    const std::string which = metric.alias ? "alias " + std::to_string(*metric.alias)
                                           : "the metric " + in_quotes(metric.name);
    if (births_.knows(address.node_key, address.device))
      return which + " is not in the birth of " + in_quotes(address.owner());
    return "no birth seen of " + in_quotes(address.owner()) + ", so " + which + " means nothing";
  }
  auto value = value_of(metric, datatype);
  if (!value) return "";
  std::string unit = known != nullptr ? known->unit : "";
  add(seen, address.owner(), metric.timestamp ? metric.timestamp : payload.timestamp,
      {name, std::move(*value), std::move(unit)});
  return "";
}

Observations Session::death(const Address& address, const SparkplugPayload& payload) {
  Grouping seen;
  std::vector<std::string> gone{address.device};
  if (address.kind == Kind::kNodeDeath) {
    const auto devices = births_.node_died(address.node_key, payload);
    if (!devices) return {};
    gone = *devices;
    if (std::find(gone.begin(), gone.end(), "") == gone.end()) gone.insert(gone.begin(), "");
  } else {
    births_.lost(address.node_key, payload);
    births_.device_died(address.node_key, address.device);
  }
  for (const SparkplugMetric& metric : payload.metrics)
    if (const auto value = value_of(metric, metric.datatype); value && !metric.name.empty())
      add(seen, address.owner(), std::nullopt, {std::string(metric.name), *value, ""});
  for (const std::string& device : gone)
    add(seen, device.empty() ? address.node : device, std::nullopt, {kOnline, false, ""});
  return seen.take();
}

Result<Observations> Session::message(const Address& address, const SparkplugPayload& payload) {
  Grouping seen;
  int lost = 0;
  if (address.kind == Kind::kData || address.kind == Kind::kDeviceBirth)
    lost = births_.lost(address.node_key, payload);
  if (address.kind == Kind::kNodeBirth) births_.node_born(address.node_key, payload);
  if (address.kind == Kind::kDeviceBirth)
    births_.device_born(address.node_key, address.device, payload);
  for (const SparkplugMetric& metric : payload.metrics)
    if (const auto fault = append(address, payload, metric, seen); !fault.empty())
      return malformed_sparkplug(fault);
  if (address.kind == Kind::kNodeBirth || address.kind == Kind::kDeviceBirth)
    add(seen, address.owner(), payload.timestamp, {kOnline, true, ""});
  if (lost > 0) add(seen, address.owner(), payload.timestamp, {kLost, lost, ""});
  return seen.take();
}

Result<Observations> Session::decode(const Reading& reading) {
  const Address address = address_of(reading);
  if (address.kind == Kind::kOther) return Observations{};
  if (address.kind == Kind::kCommand && !wanted_.empty()) return Observations{};
  const auto payload = read_sparkplug(reading.payload);
  if (!payload) return payload.error();
  const std::lock_guard lock(mutex_);
  const bool is_death = address.kind == Kind::kNodeDeath || address.kind == Kind::kDeviceDeath;
  return is_death ? Result<Observations>(death(address, *payload)) : message(address, *payload);
}

bool recognises(const Reading& reading) { return reading.topic.starts_with("spBv1.0/"); }

std::string check_name(std::string_view name) {
  if (!name.empty() && name[0] != '/') return "";
  return '"' + std::string(name) + "\" is no name of a metric; write it as in \"Inputs/A\"";
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "sparkplug_b", {}, check_name);
  refuse_each(options, "sparkplug_b");
  return [session = std::make_shared<Session>(options)](const Reading& reading) {
    return session->decode(reading);
  };
}

}  // namespace

extern const Driver kSparkplugB;
constinit const Driver kSparkplugB{"sparkplug_b", "Sparkplug B: metrics of edge nodes, with births",
                                   open, check_name, recognises};

}  // namespace lamppost
