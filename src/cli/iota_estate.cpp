// SPDX-License-Identifier: Apache-2.0
#include "cli/iota_estate.h"

#include "core/ascii.h"

namespace lamppost::cli {
namespace {

std::string text_in(const Json& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) return *found;
  }
  return "";
}

bool holds(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return false;
  return !(found->is_structured() || found->is_string()) || !found->empty();
}

// The paths of the agents' HTTP bindings, or the protocols of the device API.
std::string format_of(const Json& entry) {
  const std::string resource = to_lower(text_in(entry, {"resource"}));
  const std::string protocol = to_lower(text_in(entry, {"protocol"}));
  if (resource.ends_with("json") || protocol.find("json") != protocol.npos) return "iota_json";
  if (resource.ends_with("/d") || protocol.find("ultralight") != protocol.npos) return "ultralight";
  return "";
}

void warn(IotaEstate& estate, const std::string& label, const std::string& text) {
  estate.warnings.push_back(label + ": " + text);
}

void warn_of_the_rest(const Json& entry, const std::string& label, IotaEstate& estate) {
  constexpr std::pair<const char*, const char*> kNoCounterpart[] = {
      {"commands", "commands are left out: Lamppost sends nothing to devices"},
      {"lazy", "lazy attributes are left out: Lamppost asks no device for a value"},
      {"entityNameExp", "entityNameExp is left out: write the id of the mapping"},
      {"explicitAttrs", "explicitAttrs is left out: only the attributes named here are sent"},
      {"endpoint", "endpoint is left out: Lamppost calls no device"},
      {"cbHost", "cbHost is left out: write a [broker.NAME] and `to` in the mapping"},
      {"internal_attributes", "internal_attributes are left out"},
      {"timezone", "timezone is left out: write time = { zone = \"+01:00\" } for local times"}};
  for (const auto& [key, text] : kNoCounterpart)
    if (holds(entry, key)) warn(estate, label, text);
  const std::string transport = to_lower(text_in(entry, {"transport"}));
  if (!transport.empty() && transport != "mqtt")
    warn(estate, label,
         "transport " + text_in(entry, {"transport"}) +
             " is left out: the mapping takes MQTT; for CoAP change its source");
}

std::vector<IotaAttribute> attributes_of(const Json& entry, const char* key,
                                         const std::string& label, IotaEstate& estate) {
  std::vector<IotaAttribute> attributes;
  if (!holds(entry, key) || !entry[key].is_array()) return attributes;
  for (const Json& one : entry[key]) {
    const std::string name = one.is_object() ? text_in(one, {"name"}) : "";
    if (name.empty()) {
      warn(estate, label, "an attribute without a name is left out");
      continue;
    }
    if (holds(one, "entity_name")) {
      warn(estate, label, name + " belongs to another entity: write a [[mapping.entity]] for it");
      continue;
    }
    IotaAttribute attribute{text_in(one, {"object_id", "name"}),
                            name,
                            text_in(one, {"type"}),
                            "",
                            text_in(one, {"expression"}),
                            one.value("value", Json())};
    const Json::json_pointer unit_code("/metadata/unitCode/value");
    if (one.contains(unit_code) && one[unit_code].is_string()) attribute.unit = one[unit_code];
    attributes.push_back(std::move(attribute));
  }
  return attributes;
}

std::string label_of(const Json& entry, bool is_device) {
  if (is_device) return "device " + text_in(entry, {"device_id"});
  return "group " + text_in(entry, {"apikey"}) + " " + text_in(entry, {"entity_type", "type"});
}

void add_entry(const Json& json, bool is_device, IotaEstate& estate) {
  IotaEntry entry;
  entry.label = label_of(json, is_device);
  entry.apikey = text_in(json, {"apikey"});
  entry.format = format_of(json);
  entry.type = text_in(json, {"entity_type", "type"});
  entry.device = is_device ? text_in(json, {"device_id"}) : "";
  entry.entity_name = text_in(json, {"entity_name"});
  if (is_device && entry.device.empty()) {
    warn(estate, entry.label, "without a device_id it is left out");
    return;
  }
  entry.attributes = attributes_of(json, "attributes", entry.label, estate);
  entry.statics = attributes_of(json, "static_attributes", entry.label, estate);
  warn_of_the_rest(json, entry.label, estate);
  (is_device ? estate.devices : estate.groups).push_back(std::move(entry));
}

}  // namespace

Result<void> add_iota(const Json& document, IotaEstate& estate) {
  bool any = false;
  for (const char* key : {"services", "groups", "devices"}) {
    if (!document.is_object() || !document.contains(key)) continue;
    any = true;
    if (!document[key].is_array())
      return Error{Fault::kMalformed, std::string(key) + " is no array", ""};
    for (const Json& entry : document[key]) {
      if (!entry.is_object())
        return Error{Fault::kMalformed, std::string(key) + " holds something that is no object",
                     ""};
      add_entry(entry, std::string_view(key) == "devices", estate);
    }
  }
  if (any) return {};
  return Error{
      Fault::kMalformed,
      R"(neither "services" nor "groups" nor "devices", as the IoT Agent's API gives them)", ""};
}

}  // namespace lamppost::cli
