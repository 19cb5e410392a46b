// SPDX-License-Identifier: Apache-2.0
// Measures as the FIWARE IoT Agent for JSON takes them (its User & Programmers Manual). The topic
// decides, whatever stands in front of "attrs":
//
//   /json/KEY/DEV/attrs        {"t": 15, "h": "45%", "TimeInstant": "2026-03-01T12:00:00Z"}
//                              [{"t": 15}, {"t": 16}]        one group each
//                              NGSI-v2 and NGSI-LD entities, also in an array or a batch
//   /json/KEY/DEV/attrs/t      15, "on", {"a": 1}            the value of "t"
//                              [{"timestamp": "...", "value": 15}, ...]   one group each
//                              what is no JSON: its bytes, as the agent does, in hexadecimal
//
// An observation is called by its key. TimeInstant is the device's time, UTC when it names no
// offset, and an observation as well. Of an entity, id and type become "measure_id" and
// "measure_type", and an attribute its value (or object), with its unitCode and in a group of its
// time (TimeInstant or observedAt).
#include <algorithm>

#include "core/hex.h"
#include "core/units.h"
#include "drivers/driver.h"
#include "drivers/formats/grouping.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/options.h"
#include "drivers/formats/picks.h"

namespace lamppost {
namespace {

using namespace formats;

constexpr std::string_view kTimeKey = "TimeInstant";
constexpr std::size_t kMaxRaw = 4096;  // bytes that are no JSON

Error malformed(const std::string& what) {
  return Error{Fault::kMalformed, "not IoT Agent JSON: " + what, ""};
}

// Like the agent, and NGSI behind it: a time without an offset is UTC.
std::optional<Timestamp> time_of(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  return parse_rfc3339(value.get_ref<const std::string&>(), 0);
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// --- Entities ---

const char* payload_key(const Json& attribute) {
  for (const char* key : {"value", "object"})
    if (attribute.is_object() && attribute.contains(key)) return key;
  return nullptr;
}

// The agent ignores measures called "id" and "type", so this takes nothing from plain ones.
bool is_entity(const Json& element) {
  if (!element.is_object() || text_of(element, "id").empty() || text_of(element, "type").empty())
    return false;
  return std::all_of(element.items().begin(), element.items().end(), [](const auto& item) {
    return item.key() == "id" || item.key() == "type" || item.key() == "@context" ||
           payload_key(item.value()) != nullptr;
  });
}

// A member of an attribute (NGSI-LD) or of its metadata (NGSI-v2).
Json detail_of(const Json& attribute, const char* ld_key, const char* v2_key) {
  if (const auto found = attribute.find(ld_key); found != attribute.end()) return *found;
  const auto metadata = attribute.find("metadata");
  if (metadata == attribute.end() || !metadata->is_object()) return nullptr;
  const auto found = metadata->find(v2_key);
  if (found == metadata->end() || !found->is_object() || !found->contains("value")) return nullptr;
  return (*found)["value"];
}

std::string unit_of(const Json& attribute) {
  const Json code = detail_of(attribute, "unitCode", "unitCode");
  if (!code.is_string() || !find_unit(code.get_ref<const std::string&>())) return "";
  return code;
}

void append_entity(const Json& entity, Observations& seen) {
  std::optional<Timestamp> common;
  if (const auto found = entity.find(kTimeKey); found != entity.end())
    common = time_of(found->value("value", Json()));
  Grouping groups;
  groups.at("", common).observations = {{"measure_id", entity["id"], ""},
                                        {"measure_type", entity["type"], ""}};
  for (const auto& [name, attribute] : entity.items()) {
    if (name == "@context" || payload_key(attribute) == nullptr) continue;
    const auto own = time_of(detail_of(attribute, "observedAt", "TimeInstant"));
    groups.at("", own ? own : common)
        .observations.push_back({name, attribute[payload_key(attribute)], unit_of(attribute)});
  }
  for (ObservationGroup& group : groups.take()) seen.push_back(std::move(group));
}

// --- Measures ---

// The fault, or "".
std::string append_measures(const Json& element, Observations& seen) {
  if (!element.is_object()) return "an element of the array is no object";
  if (is_entity(element)) {
    append_entity(element, seen);
    return "";
  }
  ObservationGroup group;
  for (const auto& [name, value] : element.items()) {
    if (name == kTimeKey && !(group.device_time = time_of(value)))
      return std::string(kTimeKey) + " is no time";
    group.observations.push_back({name, value, ""});
  }
  seen.push_back(std::move(group));
  return "";
}

Result<Observations> several(const Json& tree) {
  if (!tree.is_structured()) return malformed("one value, and the topic ends in no attribute name");
  const bool is_batch =
      tree.is_object() && tree.contains("actionType") && tree.contains("entities");
  const Json& list = is_batch ? tree["entities"] : tree;
  Observations seen;
  if (list.is_object()) {
    if (const auto fault = append_measures(list, seen); !fault.empty()) return malformed(fault);
    return seen;
  }
  for (const Json& element : list) {
    if (seen.size() >= kMaxElements)
      return malformed("more than " + std::to_string(kMaxElements) + " groups");
    if (const auto fault = append_measures(element, seen); !fault.empty()) return malformed(fault);
  }
  return seen;
}

// --- One value, named by its topic ---

bool is_series(const Json& tree) {
  return tree.is_array() && !tree.empty() && tree.size() <= kMaxElements &&
         std::all_of(tree.begin(), tree.end(), [](const Json& element) {
           return element.is_object() && element.contains("value") &&
                  element.contains("timestamp") && time_of(element["timestamp"]);
         });
}

Result<Observations> raw(const Reading& reading, const std::string& name) {
  const std::string& bytes = reading.payload;
  if (bytes.empty()) return malformed("the payload is empty");
  if (bytes.size() > kMaxRaw)
    return malformed(std::to_string(bytes.size()) + " bytes that are no JSON, at most " +
                     std::to_string(kMaxRaw));
  Observations seen(1);
  seen[0].observations.push_back({name, to_hex(bytes), ""});
  return seen;
}

Result<Observations> single(const Reading& reading, const std::string& name) {
  if (reading.content_type == "application/octet-stream") return raw(reading, name);
  const auto tree = json_to_tree(reading.payload);
  if (!tree) return raw(reading, name);
  Observations seen;
  if (is_series(*tree))
    for (const Json& element : *tree)
      seen.push_back(
          {"", time_of(element["timestamp"]), std::nullopt, {{name, element["value"], ""}}});
  else
    seen.push_back({"", std::nullopt, std::nullopt, {{name, *tree, ""}}});
  return seen;
}

// "t" of ".../attrs/t"; "" for the topic of several measures.
std::string single_name(std::string_view topic) {
  const std::size_t slash = topic.rfind('/');
  if (slash == topic.npos) return "";
  const std::string_view before = topic.substr(0, slash);
  const bool named = before == "attrs" || before.ends_with("/attrs");
  return named ? std::string(topic.substr(slash + 1)) : "";
}

Result<Observations> decode(const Reading& reading) {
  if (const std::string name = single_name(reading.topic); !name.empty())
    return single(reading, name);
  const auto tree = json_to_tree(reading.payload);
  if (!tree) return tree.error();
  return several(*tree);
}

// The agent's topics; those of Ultralight end alike.
bool recognises(const Reading& reading) {
  const std::string_view topic = reading.topic;
  const bool ultralight = topic.starts_with("ul/") || topic.starts_with("/ul/");
  return !ultralight && (topic.ends_with("/attrs") || !single_name(topic).empty());
}

std::string check_name(std::string_view name) {
  if (auto fault = written_as_pointer(name, "key of a measure"); !fault.empty()) return fault;
  if (!name.empty() && name != "/") return "";
  return '"' + std::string(name) + "\" is no key of a measure";
}

Decoder open(const DecoderOptions& options) {
  check_options(options, "iota_json", {}, check_name);
  refuse_each(options, "iota_json");
  return decode;
}

}  // namespace

extern const Driver kIotaJson;
constinit const Driver kIotaJson{"iota_json", "measures of the FIWARE IoT Agent for JSON", open,
                                 check_name, recognises};

}  // namespace lamppost
