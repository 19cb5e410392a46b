// SPDX-License-Identifier: Apache-2.0
#include "cli/announced.h"

#include <algorithm>

#include "core/ascii.h"
#include "drivers/formats/json_tree.h"
#include "drivers/formats/pointer.h"

namespace lamppost::cli {
namespace {

std::string text_in(const Json& object, const char* key, const char* abbreviated = nullptr) {
  if (!object.is_object()) return "";
  auto found = object.find(key);
  if (found == object.end() && abbreviated != nullptr) found = object.find(abbreviated);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<double> number_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? std::optional(found->get<double>())
                                                     : std::nullopt;
}

// ---- Zigbee2MQTT ----

// Values that the device publishes (access, bit 0), numbers and switches, also within features.
void add_exposes(const Json& exposes, std::vector<Leaf>& leaves, int depth = 0) {
  if (!exposes.is_array() || depth > 4) return;
  for (const Json& one : exposes) {
    if (!one.is_object() || leaves.size() == kMaxAnnouncedLeaves) continue;
    if (const auto features = one.find("features"); features != one.end())
      add_exposes(*features, leaves, depth + 1);
    const std::string property = text_in(one, "property"), type = text_in(one, "type");
    const auto access = number_in(one, "access");
    const bool published = !access || (static_cast<int>(*access) & 1) != 0;
    if (property.empty() || !published || (type != "numeric" && type != "binary")) continue;
    Leaf leaf{"", text_in(one, "name"), nullptr, text_in(one, "unit"), {}, {}};
    formats::append_token(leaf.from, property);
    if (type == "binary") leaf.value = true;  // stands for no number
    leaf.min = number_in(one, "value_min");
    leaf.max = number_in(one, "value_max");
    leaves.push_back(std::move(leaf));
  }
}

bool add_zigbee(const std::string& base, const Json& devices, Announcements& all) {
  if (!devices.is_array()) return false;
  for (const Json& device : devices) {
    const std::string name = text_in(device, "friendly_name");
    if (name.empty() || text_in(device, "type") == "Coordinator" || all.size() >= kMaxAnnounced)
      continue;
    const auto definition = device.find("definition");
    if (definition == device.end() || !definition->is_object()) continue;
    Announced& announced = all[std::string(base).append("/").append(name)];
    announced.by =
        "Zigbee2MQTT: " + text_in(*definition, "vendor") + ' ' + text_in(*definition, "model");
    if (const auto exposes = definition->find("exposes"); exposes != definition->end())
      add_exposes(*exposes, announced.leaves);
  }
  return true;
}

// ---- Home Assistant ----

// "{{ value_json.BME280['Temperature'] }}" is "/BME280/Temperature"; "" when it is no such path.
std::string pointer_of(const std::string& value_template) {
  constexpr std::string_view kStart = "value_json";
  std::size_t at = value_template.find(kStart);
  if (at == std::string::npos) return "";
  at += kStart.size();
  std::string pointer;
  const std::string& text = value_template;
  while (at < text.size()) {
    std::size_t begin = at + 1, end = begin;
    if (text[at] == '.') {
      while (end < text.size() && (is_alphanumeric(text[end]) || text[end] == '_')) ++end;
      at = end;
    } else if (text[at] == '[' && begin < text.size() &&
               (text[begin] == '\'' || text[begin] == '"')) {
      end = text.find(text[begin], begin + 1);
      if (end == std::string::npos) break;
      ++begin;
      at = end + 2;  // the quote and the bracket
    } else {
      break;
    }
    if (end == begin) break;
    formats::append_token(pointer, std::string_view(text).substr(begin, end - begin));
  }
  return pointer;
}

// "~" at an end of a topic stands for the base topic.
std::string whole_topic(std::string topic, const std::string& base) {
  if (base.empty() || topic.empty()) return topic;
  if (topic.front() == '~') return base + topic.substr(1);
  if (topic.back() == '~') return topic.substr(0, topic.size() - 1) + base;
  return topic;
}

bool add_home_assistant(const Json& entry, Announcements& all) {
  const std::string topic =
      whole_topic(text_in(entry, "state_topic", "stat_t"), text_in(entry, "~"));
  if (topic.empty() || topic.find_first_of("+#") != std::string::npos) return false;
  if (all.size() >= kMaxAnnounced && !all.contains(topic)) return true;
  const std::string value = text_in(entry, "value_template", "val_tpl");
  const std::string device_class = text_in(entry, "device_class", "dev_cla");
  Announced& announced = all[topic];
  announced.by = "Home Assistant discovery";
  announced.json = !value.empty();
  Leaf leaf{value.empty() ? "value" : pointer_of(value),           device_class, nullptr,
            text_in(entry, "unit_of_measurement", "unit_of_meas"), {},           {}};
  if (leaf.word.empty()) leaf.word = text_in(entry, "name");
  if (!leaf.from.empty() && announced.leaves.size() < kMaxAnnouncedLeaves)
    announced.leaves.push_back(std::move(leaf));
  return true;
}

}  // namespace

bool add_announced(const Reading& reading, Announcements& all) {
  constexpr std::string_view kDevices = "/bridge/devices";
  const std::string& topic = reading.topic;
  const bool zigbee = topic.ends_with(kDevices);
  if (!zigbee && !topic.ends_with("/config")) return false;
  const auto tree = formats::json_to_tree(reading.payload);
  if (!tree) return false;
  if (zigbee) return add_zigbee(topic.substr(0, topic.size() - kDevices.size()), *tree, all);
  return add_home_assistant(*tree, all);
}

bool is_housekeeping(const std::string& topic) {
  const auto ends = [&topic](std::string_view tail) { return topic.ends_with(tail); };
  return topic.find("/bridge/") != std::string::npos || ends("/availability") || ends("/LWT") ||
         ends("/online") || ends("/announce") || topic.starts_with("$SYS/");
}

}  // namespace lamppost::cli
