// SPDX-License-Identifier: Apache-2.0
// Resources of LightweightM2M (OMA): TLV (CoAP content format 11542, lwm2m_tlv.h), JSON (11543)
// and SenML (110, 112; lwm2m_records.h), by content type, else by the first byte.
//
// TLV names no object: what it is the content of stands at the end of the topic
// (weather/mast-3/3303/0) or in the option `path`. The option `types` gives resources of objects
// that lwm2m_objects.h does not know a type: { "26241/1" = "integer" }.
//
//   observations "/3303/0/5700", "/3/0/7/1" (a resource instance). Asked for, also "temperature_0"
//                for what the object is about (lwm2m_name).
//   unit         from Sensor Units (5701) of the same object instance, from SenML, else the
//                registry's
//   device time  of the JSON or SenML record, else Timestamp (5518, with 6050) of the instance
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/units.h"
#include "drivers/driver.h"
#include "drivers/formats/cbor.h"
#include "drivers/formats/grouping.h"
#include "drivers/formats/in_quotes.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/lwm2m_records.h"
#include "drivers/formats/lwm2m_tlv.h"
#include "drivers/formats/number.h"
#include "drivers/formats/options.h"

namespace lamppost {
namespace {

using namespace formats;

struct Options {
  Lwm2mPath path;  // empty: the topic tells
  std::map<std::pair<std::uint16_t, std::uint16_t>, Lwm2mType> types;
  std::set<std::string> wanted;  // empty: everything
};

using Entries = std::vector<Lwm2mEntry>;

// --- TLV ---

Result<Entries> tlv_entries(const Reading& reading, const Options& options) {
  const Lwm2mPath path = options.path.empty() ? path_at_end(reading.topic) : options.path;
  if (path.empty())
    return malformed_lwm2m("the topic " + in_quotes(reading.topic) +
                           " ends in no object, as in .../3303/0; name it with the option `path`");
  return read_tlv(reading.payload, path, [&](std::uint16_t object, std::uint16_t resource) {
    const auto stated = options.types.find({object, resource});
    return stated != options.types.end() ? stated->second : lwm2m_resource(object, resource).type;
  });
}

Result<Entries> entries_of(const Reading& reading, const Options& options) {
  const std::string& type = reading.content_type;
  const std::string_view text = trimmed(reading.payload);
  const bool looks_json = text.starts_with('{') || text.starts_with('[');
  if (is_cbor(type)) {
    const auto pack = cbor_to_json(reading.payload);
    if (!pack) return pack.error();
    return lwm2m_of_senml(*pack, SenmlLabels::kCbor, reading.arrived);
  }
  if (type.ends_with("tlv") || (type.find("json") == type.npos && !looks_json))
    return tlv_entries(reading, options);
  const auto tree = json_to_tree(reading.payload);
  if (!tree) return tree.error();
  return tree->is_array() ? lwm2m_of_senml(*tree, SenmlLabels::kJson, reading.arrived)
                          : lwm2m_of_json(*tree, reading.arrived);
}

// --- Observations ---

// What an object instance says of its other resources.
struct Beside {
  std::string unit;
  std::optional<double> seconds, fraction;
};
using Instance = std::pair<std::uint16_t, std::uint16_t>;

std::string unit_written(const std::string& text) {
  if (const auto code = unit_of_senml(text); !code.empty()) return std::string(code);
  const auto units = units_written_as(text);
  return units.size() == 1 ? std::string(units[0].code) : "";
}

std::map<Instance, Beside> beside(const Entries& entries) {
  std::map<Instance, Beside> found;
  for (const Lwm2mEntry& entry : entries) {
    const auto& path = entry.path;
    const Json& value = entry.value;
    Beside& instance = found[{path[0], path[1]}];
    if (path[2] == kSensorUnits && value.is_string()) instance.unit = unit_written(value);
    if (is_lwm2m_time(path[0], path[2]) && value.is_number())
      instance.seconds = value.get<double>();
    if (path[2] == kFractionalTimestamp && value.is_number())
      instance.fraction = value.get<double>();
  }
  return found;
}

std::optional<Timestamp> time_of(const Lwm2mEntry& entry, const Beside& instance) {
  if (entry.at || !instance.seconds || *instance.seconds == 0) return entry.at;
  return lwm2m_time(*instance.seconds + instance.fraction.value_or(0));
}

std::string unit_of(const Lwm2mEntry& entry, const Beside& instance) {
  const Lwm2mPath& path = entry.path;
  if (!entry.unit.empty()) return entry.unit;
  if (is_in_sensor_units(path[2]) && !instance.unit.empty()) return instance.unit;
  return std::string(lwm2m_resource(path[0], path[2]).unit);
}

std::string short_name(const Lwm2mPath& path) {
  const auto name = lwm2m_name(path[0], path[2]);
  return name.empty() ? "" : std::string(name) + '_' + std::to_string(path[1]);
}

Result<Observations> observations(const Entries& entries, const Options& options) {
  auto instances = beside(entries);
  Grouping seen;
  std::set<std::pair<Lwm2mPath, std::optional<Timestamp>>> taken;
  for (const Lwm2mEntry& entry : entries) {
    const Lwm2mPath& path = entry.path;
    const Beside& instance = instances[{path[0], path[1]}];
    const auto at = time_of(entry, instance);
    if (!taken.insert({path, at}).second)
      return malformed_lwm2m(to_text(path) + " is there twice for one time");
    auto& group = seen.at("", at);
    const std::string unit = unit_of(entry, instance);
    for (const std::string& name : {to_text(path), short_name(path)})
      if (options.wanted.empty() ? name.starts_with('/') : options.wanted.contains(name))
        group.observations.push_back({name, entry.value, unit});
  }
  return seen.take();
}

Result<Observations> decode(const Reading& reading, const Options& options) {
  if (reading.payload.empty()) return malformed_lwm2m("the payload is empty");
  const auto entries = entries_of(reading, options);
  if (!entries) return entries.error();
  return observations(*entries, options);
}

bool recognises(const Reading& reading) {
  if (reading.content_type.find("lwm2m") != std::string::npos) return true;
  const std::string& text = reading.payload;
  return trimmed(text).starts_with('{') && text.find("\"e\"") != text.npos &&
         (text.find("\"bn\"") != text.npos || text.find("\"n\"") != text.npos);
}

std::string check_name(std::string_view name) {
  const auto path = name.starts_with('/') ? parse_lwm2m_path(name) : std::nullopt;
  if (path && path->size() >= 3) return "";
  const std::size_t bar = std::min(name.rfind('_'), name.size());
  if (bar < name.size() && lwm2m_id(name.substr(bar + 1)) && is_lwm2m_name(name.substr(0, bar)))
    return "";
  return '"' + std::string(name) +
         "\" is no resource; write its path, as in \"/3303/0/5700\", or \"temperature_0\"";
}

std::optional<Lwm2mType> type_called(std::string_view name) {
  constexpr std::pair<std::string_view, Lwm2mType> kCalled[] = {
      {"integer", Lwm2mType::kInteger}, {"float", Lwm2mType::kFloat},
      {"boolean", Lwm2mType::kBoolean}, {"string", Lwm2mType::kString},
      {"opaque", Lwm2mType::kOpaque},   {"time", Lwm2mType::kTime},
      {"link", Lwm2mType::kLink}};
  for (const auto& [called, type] : kCalled)
    if (called == name) return type;
  return std::nullopt;
}

void read_types(const Json& stated, Options& options) {
  if (!stated.is_object())
    throw OptionError("types", R"(types = { "OBJECT/RESOURCE" = "integer" })");
  for (const auto& [name, type] : stated.items()) {
    const auto path = parse_lwm2m_path(name);
    const auto known = type.is_string() ? type_called(type.get<std::string>()) : std::nullopt;
    if (!path || path->size() != 2 || !known)
      throw OptionError("types", "\"" + name +
                                     "\": object/resource, and one of integer, float, boolean, "
                                     "string, opaque, time, link");
    options.types[{path->at(0), path->at(1)}] = *known;
  }
}

Decoder open(const DecoderOptions& given) {
  check_options(given, "lwm2m", {"path", "types"}, check_name);
  refuse_each(given, "lwm2m");
  Options options;
  options.wanted = {given.names.begin(), given.names.end()};
  if (const auto found = given.extra.find("path"); found != given.extra.end()) {
    const auto path = found->second.is_string() ? parse_lwm2m_path(found->second.get<std::string>())
                                                : std::nullopt;
    if (!path) throw OptionError("path", "path is an object and perhaps more, as in \"/3303/0\"");
    options.path = *path;
  }
  if (const auto found = given.extra.find("types"); found != given.extra.end())
    read_types(found->second, options);
  return [options](const Reading& reading) { return decode(reading, options); };
}

}  // namespace

extern const Driver kLwm2m;
constinit const Driver kLwm2m{"lwm2m", "resources of LightweightM2M in TLV, JSON or SenML", open,
                              check_name, recognises};

}  // namespace lamppost
