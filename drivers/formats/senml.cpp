// SPDX-License-Identifier: Apache-2.0
// SenML (RFC 8428) in JSON and CBOR (CoAP content formats 110 and 112), by content type, else by
// the first byte. Records of one device and one time are one group, in chronological order.
//
//   [{"bn":"urn:dev:ow:10e2:","bt":1.276e9,"n":"temp","u":"Cel","v":23.1},
//    {"n":"door","vb":true}, {"u":"lat","v":51.2}, {"n":"power","u":"W","v":3,"s":90}]
//
//   device       the base name without a ":", "/" or "." at its end: "urn:dev:ow:10e2"
//   device time  the resolved time; none when the record says "now"
//   observations "temp" (CEL), "door", "lat", "power" (WTT) and "power.sum"
//
// A record without a name is "lat" or "lon" when that is its unit, else "value". A full name
// ("urn:dev:ow:10e2:temp") is found as well by a mapping that asks for it. A sum is in the unit
// times seconds, which seldom has a code, so it carries none.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/units.h"
#include "drivers/driver.h"
#include "drivers/formats/cbor.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/number.h"
#include "drivers/formats/options.h"
#include "drivers/formats/senml_pack.h"

namespace lamppost {
namespace {

using namespace formats;
using Names = std::unordered_set<std::string>;

// A CBOR array starts with 0x80 to 0x9F, JSON text never does.
SenmlLabels encoding_of(const Reading& reading) {
  if (is_cbor(reading.content_type)) return SenmlLabels::kCbor;
  if (reading.content_type.find("json") != std::string::npos) return SenmlLabels::kJson;
  const bool array = !reading.payload.empty() && (reading.payload[0] & 0xE0) == 0x80;
  return array ? SenmlLabels::kCbor : SenmlLabels::kJson;
}

std::string device_of(std::string_view base_name) {
  while (!base_name.empty() && std::string_view(":/.").find(base_name.back()) != base_name.npos)
    base_name.remove_suffix(1);
  return std::string(base_name);
}

std::string short_name(const SenmlRecord& record) {
  if (!record.name.empty()) return std::string(record.name);
  return record.unit == "lat" || record.unit == "lon" ? std::string(record.unit) : "value";
}

// Adds what is wanted of the record, under the names it is wanted by. No names: the short ones.
void append(const SenmlRecord& record, const Names& wanted, std::vector<Observation>& out) {
  const auto add = [&](const std::string& name) {
    const auto code = unit_of_senml(record.unit);
    if (record.value && (wanted.empty() || wanted.contains(name)))
      out.push_back({name, *record.value, std::string(code)});
    if (record.sum && (wanted.empty() || wanted.contains(name + ".sum")))
      out.push_back({name + ".sum", *record.sum, ""});
  };
  const std::string name = short_name(record);
  add(name);
  const std::string full = std::string(record.base_name).append(record.name);
  if (!wanted.empty() && full != name) add(full);
}

// One group per time and device; records come in chronological order.
Observations grouped(const std::vector<SenmlRecord>& records, const Names& wanted) {
  Observations seen;
  std::unordered_map<std::string, std::size_t> group_of_device;  // of the time under way
  std::optional<Timestamp> time;
  for (const SenmlRecord& record : records) {
    if (time != record.at) group_of_device.clear();
    time = record.at;
    std::vector<Observation> found;
    append(record, wanted, found);
    if (found.empty()) continue;
    const std::string device = device_of(record.base_name);
    const auto [place, added] = group_of_device.try_emplace(device, seen.size());
    if (added) {
      seen.emplace_back().device = device;
      if (!record.now) seen.back().device_time = record.at;
    }
    auto& observations = seen[place->second].observations;
    std::move(found.begin(), found.end(), std::back_inserter(observations));
  }
  return seen;
}

Result<Observations> decode(const Reading& reading, const Names& wanted) {
  const SenmlLabels labels = encoding_of(reading);
  const auto pack =
      labels == SenmlLabels::kCbor ? cbor_to_json(reading.payload) : json_to_tree(reading.payload);
  if (!pack) return pack.error();
  const auto records = resolve(*pack, labels, reading.arrived);
  if (!records) return records.error();
  return grouped(*records, wanted);
}

bool recognises(const Reading& reading) {
  if (reading.content_type.find("senml") != std::string::npos) return true;
  const std::string& text = reading.payload;
  const bool named = text.find("\"n\"") != text.npos || text.find("\"bn\"") != text.npos;
  return trimmed(text).starts_with('[') && named;
}

std::string check_name(std::string_view name) {
  if (is_senml_name(name, "")) return "";
  return '"' + std::string(name) +
         "\" is no SenML name: letters, digits and - : . / _, a letter or digit first";
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "senml", {}, check_name);
  refuse_each(options, "senml");
  return [wanted = Names(options.names.begin(), options.names.end())](const Reading& reading) {
    return decode(reading, wanted);
  };
}

}  // namespace

extern const Driver kSenml;
constinit const Driver kSenml{"senml", "SenML (RFC 8428), JSON or CBOR", open, check_name,
                              recognises};

}  // namespace lamppost
