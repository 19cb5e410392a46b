// SPDX-License-Identifier: Apache-2.0
// Observations of the OGC SensorThings API (18-088, version 1.1), as its MQTT extension publishes
// them and as its HTTP interface gives and takes them:
//
//   {"phenomenonTime": "2026-03-01T12:00:00Z", "result": 21.5, "Datastream": {"@iot.id": 17}}
//   {"value": [ ... ]}, [ ... ]                 lists of them
//   {"Observations": [...], "unitOfMeasurement": {"symbol": "degC"}, "name": "t"}   a Datastream
//   {"Datastreams": [...], "Locations": [...]}                                      a Thing
//   [{"Datastream": {...}, "components": ["phenomenonTime", "result"], "dataArray": [[...]]}]
//
//   observations "result", or "result/KEY" and "result/0" of a composite; asked for, the same by
//                the name of the observed property or of the datastream. "datastream": its name.
//                "lon" and "lat" of the feature of interest, else of the Thing's location
//   unit         of the datastream, where its symbol or name is a unit of Rec 20
//   device       @iot.id of the Thing, else of the datastream, which is looked for in the topic
//   too:
//                v1.1/Datastreams(17)/Observations
//   device time  phenomenonTime, of an interval its end; without one resultTime. A common
//                misspelling (phenonmenonTime) is understood
#include <algorithm>
#include <set>

#include "core/units.h"
#include "drivers/driver.h"
#include "drivers/formats/in_quotes.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/options.h"
#include "drivers/formats/picks.h"

namespace lamppost {
namespace {

using namespace formats;

using Names = std::set<std::string>;

// What an observation takes from what it lies in.
struct Stream {
  std::string device, name, property, unit;
  Json place;  // [lon, lat], null when unknown
};

Error malformed(const std::string& what) {
  return Error{Fault::kMalformed, "no SensorThings observation: " + what, ""};
}

const Json* member(const Json& object, std::initializer_list<const char*> keys) {
  if (!object.is_object()) return nullptr;
  for (const char* key : keys)
    if (const auto found = object.find(key); found != object.end() && !found->is_null())
      return &*found;
  return nullptr;
}

std::string text_in(const Json& object, const char* key) {
  const Json* const found = member(object, {key});
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

std::string id_in(const Json& object) {
  const Json* const id = member(object, {"@iot.id"});
  if (id == nullptr || id->is_structured()) return "";
  return id->is_string() ? id->get<std::string>() : id->dump();
}

// "17" of ".../Datastreams(17)/Observations", "" when there is none.
std::string datastream_in(std::string_view topic) {
  constexpr std::string_view kEntity = "Datastreams(";
  const std::size_t start = topic.find(kEntity);
  if (start == topic.npos) return "";
  topic.remove_prefix(start + kEntity.size());
  const std::size_t end = topic.find(')');
  if (end == topic.npos) return "";
  topic = topic.substr(0, end);
  if (topic.size() > 1 && topic.starts_with('\'') && topic.ends_with('\''))
    topic = topic.substr(1, topic.size() - 2);
  return std::string(topic);
}

std::string unit_of(const Json& datastream) {
  const Json* const unit = member(datastream, {"unitOfMeasurement"});
  if (unit == nullptr) return "";
  for (const char* key : {"symbol", "name"}) {
    const std::string written = text_in(*unit, key);
    if (written.empty()) continue;
    if (const auto code = unit_of_senml(written); !code.empty()) return std::string(code);
    if (const auto units = units_written_as(written); units.size() == 1)
      return std::string(units[0].code);
  }
  return "";
}

// [lon, lat] of a GeoJSON point, also as the geometry of a feature; null for anything else.
Json place_of(const Json* geometry) {
  if (geometry != nullptr)
    if (const Json* const inner = member(*geometry, {"geometry"})) geometry = inner;
  const Json* const at = geometry == nullptr ? nullptr : member(*geometry, {"coordinates"});
  if (at == nullptr || text_in(*geometry, "type") != "Point" || !at->is_array() || at->size() < 2 ||
      !(*at)[0].is_number() || !(*at)[1].is_number())
    return nullptr;
  return {(*at)[0], (*at)[1]};
}

class Reader {
 public:
  explicit Reader(const Names& wanted) : wanted_(wanted) {}

  // Of anything that holds observations. The fault, or "".
  std::string read(const Json& json, const Stream& around, int depth = 0);
  Observations seen() { return std::move(seen_); }

 private:
  std::string read_each(const Json& list, const Stream& around, int depth);
  std::string read_array(const Json& json, const Stream& around, int depth);
  std::string add(const Json& observation, Stream stream);
  void add_result(const Json& result, const Stream& stream, ObservationGroup& group);
  void add(const std::string& name, const Json& value, const std::string& unit,
           ObservationGroup& group) {
    if (wanted_.empty() || wanted_.contains(name))
      group.observations.push_back({name, value, unit});
  }

  const Names& wanted_;
  Observations seen_;
};

Stream within(const Json& json, Stream stream) {
  if (const Json* const locations = member(json, {"Locations"});
      locations != nullptr && locations->is_array() && !locations->empty())
    stream.place = place_of(member((*locations)[0], {"location"}));
  if (member(json, {"Datastreams"}) != nullptr) {
    stream.device = id_in(json);  // a Thing
    return stream;
  }
  if (const Json* const thing = member(json, {"Thing"}); thing != nullptr && !id_in(*thing).empty())
    stream.device = id_in(*thing);
  if (stream.device.empty()) stream.device = id_in(json);
  if (const std::string name = text_in(json, "name"); !name.empty()) stream.name = name;
  if (const Json* const property = member(json, {"ObservedProperty"}))
    stream.property = text_in(*property, "name");
  if (const std::string unit = unit_of(json); !unit.empty()) stream.unit = unit;
  return stream;
}

std::string Reader::read(const Json& json, const Stream& around, int depth) {
  if (depth > 4) return "lists within lists";
  if (json.is_array()) return read_each(json, around, depth);
  if (!json.is_object()) return "it is no object";
  if (json.contains("dataArray")) return read_array(json, around, depth);
  for (const char* list : {"Datastreams", "Observations"})
    if (const Json* const inner = member(json, {list}))
      return read_each(*inner, within(json, around), depth);
  if (const Json* const list = member(json, {"value"})) return read_each(*list, around, depth);
  return add(json, around);
}

std::string Reader::read_each(const Json& list, const Stream& around, int depth) {
  if (!list.is_array()) return "a list of entities that is none";
  for (const Json& one : list)
    if (auto fault = read(one, around, depth + 1); !fault.empty()) return fault;
  return "";
}

// The data array extension: rows of the named components.
std::string Reader::read_array(const Json& json, const Stream& around, int depth) {
  const Json* const components = member(json, {"components"});
  if (components == nullptr || !components->is_array() || !json["dataArray"].is_array())
    return "a dataArray without components";
  const Json* const datastream = member(json, {"Datastream"});
  const Stream stream = datastream == nullptr ? around : within(*datastream, around);
  for (const Json& row : json["dataArray"]) {
    Json observation = Json::object();
    if (!row.is_array() || row.size() != components->size()) return "a row of another length";
    for (std::size_t i = 0; i < row.size(); ++i)
      if ((*components)[i].is_string()) observation[(*components)[i].get<std::string>()] = row[i];
    if (auto fault = read(observation, stream, depth + 1); !fault.empty()) return fault;
  }
  return "";
}

void Reader::add_result(const Json& result, const Stream& stream, ObservationGroup& group) {
  for (const std::string& name : {std::string("result"), stream.property, stream.name}) {
    if (name.empty() || (wanted_.empty() && name != "result")) continue;
    if (!result.is_structured()) {
      add(name, result, stream.unit, group);
      continue;
    }
    for (const auto& [key, value] : result.items())
      add(std::string(name).append("/").append(key), value, stream.unit, group);
  }
  if (!stream.name.empty()) add("datastream", stream.name, "", group);
}

std::string Reader::add(const Json& observation, Stream stream) {
  if (seen_.size() == kMaxElements) return "more than " + std::to_string(kMaxElements);
  const auto result = observation.find("result");
  if (result == observation.end()) return "it has no result";
  if (const Json* const datastream = member(observation, {"Datastream", "MultiDatastream"}))
    stream = within(*datastream, stream);
  if (const Json* const feature = member(observation, {"FeatureOfInterest"}))
    if (Json place = place_of(member(*feature, {"feature"})); !place.is_null())
      stream.place = std::move(place);
  ObservationGroup group;
  group.device = stream.device;
  const Json* const time = member(observation, {"phenomenonTime", "phenonmenonTime", "resultTime"});
  if (time != nullptr) {
    const std::string text = time->is_string() ? time->get<std::string>() : "";
    group.device_time = parse_rfc3339(text.substr(text.find('/') + 1));  // npos + 1 is 0
    if (!group.device_time) return "the time " + in_quotes(time->dump(-1, ' ', true)) + " is none";
  }
  add_result(*result, stream, group);
  if (!stream.place.is_null()) {
    add("lon", stream.place[0], "DD", group);
    add("lat", stream.place[1], "DD", group);
  }
  seen_.push_back(std::move(group));
  return "";
}

Result<Observations> decode(const Reading& reading, const Names& wanted) {
  const auto tree = json_to_tree(reading.payload);
  if (!tree) return tree.error();
  Reader reader(wanted);
  Stream stream;
  stream.device = datastream_in(reading.topic);
  if (const std::string fault = reader.read(*tree, stream); !fault.empty()) return malformed(fault);
  return reader.seen();
}

bool recognises(const Reading& reading) {
  const auto holds = [&](const char* word) {
    return reading.payload.find(word) != std::string::npos;
  };
  const bool timed = holds("\"phenomenonTime\"") || holds("\"phenonmenonTime\"");
  return (holds("\"result\"") && (timed || reading.topic.ends_with("/Observations"))) ||
         (holds("\"dataArray\"") && holds("\"components\""));
}

std::string check_name(std::string_view name) {
  if (!name.empty() && name[0] != '/') return "";
  return '"' + std::string(name) +
         "\" is no name; write \"result\", or the observed property's name";
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "sensorthings", {}, check_name);
  refuse_each(options, "sensorthings");
  return [wanted = Names(options.names.begin(), options.names.end())](const Reading& reading) {
    return decode(reading, wanted);
  };
}

}  // namespace

extern const Driver kSensorthings;
constinit const Driver kSensorthings{"sensorthings", "Observations of the OGC SensorThings API",
                                     open, check_name, recognises};

}  // namespace lamppost
