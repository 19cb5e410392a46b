// SPDX-License-Identifier: Apache-2.0
#include "cli/kinds.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/ascii.h"
#include "core/split.h"
#include "mapping/topic.h"

namespace lamppost::cli {
namespace {

std::vector<std::string> levels_of(const std::string& topic) {
  const auto levels = split(topic, '/');
  return {levels.begin(), levels.end()};
}

// Of a plain value only the topic says what it is.
std::string word_in(const std::string& topic) {
  const auto levels = levels_of(topic);
  const auto word = std::find_if(levels.rbegin(), levels.rend(), is_quantity);
  return word == levels.rend() ? levels.back() : *word;
}

// What of a bridge was announced about a value tells more than its name.
void describe(std::vector<Leaf>& leaves, const Announced& announced) {
  for (Leaf& leaf : leaves)
    for (const Leaf& told : announced.leaves) {
      if (told.from != leaf.from) continue;
      if (!told.unit.empty()) leaf.unit = told.unit;
      if (!told.word.empty()) leaf.word = told.word;
      leaf.min = told.min;
      leaf.max = told.max;
    }
}

std::vector<Leaf> leaves_of(const Found& found, const std::string& topic) {
  std::vector<Leaf> leaves;
  if (found.seen->empty()) return leaves;
  for (const Observation& one : found.seen->front().observations) {
    if (leaves.size() == kMaxAnnouncedLeaves) break;
    const bool plain = one.name.empty() || found.format == "text";
    leaves.push_back({one.name, plain ? word_in(topic) : one.name, one.value, one.unit, {}, {}});
  }
  return leaves;
}

Kind kind_of(const Sample& sample, const Recogniser& recogniser, const Announcements& announced) {
  const Reading& reading = sample.reading;
  const Found found = recogniser.recognise(reading);
  Kind kind;
  kind.topics = {reading.topic};
  kind.readings = sample.count;
  kind.examples = {reading};
  if (!found.seen) return kind;
  kind.format = found.format;
  kind.leaves = leaves_of(found, reading.topic);
  if (kind.format == "json" && kind.leaves.size() == 1 && kind.leaves[0].from.empty()) {
    kind.format = "text";  // one bare number
    kind.leaves[0].from = "value";
  }
  if (!found.seen->empty()) kind.device = found.seen->front().device;
  if (found.profile != nullptr) {
    kind.profile = found.profile->name;
    kind.knows_topic = mapping::takes_topic(found.profile->match, reading.topic);
  }
  if (const auto told = announced.find(reading.topic); told != announced.end()) {
    describe(kind.leaves, told->second);
    kind.by = told->second.by;
    if (kind.profile.empty() && kind.by.starts_with("Zigbee2MQTT")) kind.profile = "zigbee2mqtt";
    if (kind.format == "text" && is_quantity(kind.leaves.at(0).word)) {
      kind.profile.clear();  // that only knows how the topics look
      kind.knows_topic = false;
    }
  }
  return kind;
}

// Readings with the same key are of one kind.
std::string key_of(const Kind& kind) {
  std::string key = kind.profile + '|' + kind.format + '|';
  if (kind.knows_topic && kind.format != "lorawan") return key;
  key += std::to_string(levels_of(kind.topics[0]).size()) + '|';
  if (kind.format == "text") return key + word_in(kind.topics[0]);
  for (const Leaf& leaf : kind.leaves)
    if (!leaf.from.starts_with("lns.") || leaf.from == "lns.deviceProfile")
      key += leaf.from + (leaf.from.starts_with("lns.") ? leaf.value.dump() : "") + '|';
    else if (leaf.from == "lns.fPort")
      key += leaf.value.dump() + '|';
  return key;
}

Kind announced_kind(const std::string& topic, const Announced& announced,
                    const Recogniser& recogniser) {
  Kind kind;
  kind.topics = {topic};
  kind.format = announced.json ? "json" : "text";
  kind.leaves = announced.leaves;
  kind.by = announced.by;
  const bool zigbee = announced.by.starts_with("Zigbee2MQTT");
  for (const auto& profile : recogniser.profiles())
    if (zigbee && profile.name == "zigbee2mqtt") {
      kind.profile = profile.name;
      kind.knows_topic = mapping::takes_topic(profile.match, topic);
    }
  return kind;
}

bool has(const std::vector<Leaf>& leaves, const Leaf& one) {
  return std::any_of(leaves.begin(), leaves.end(),
                     [&one](const Leaf& leaf) { return leaf.from == one.from; });
}

bool looks_like_device(const std::string& level) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto digits = std::count_if(level.begin(), level.end(), is_digit);
  return digits > 0 && static_cast<std::size_t>(digits) < level.size() && level != "zigbee2mqtt";
}

// Of one topic; as many as there are levels when none is like a device.
std::size_t device_level(const std::vector<std::string>& levels) {
  const auto found = std::find_if(levels.rbegin(), levels.rend(), looks_like_device);
  if (found != levels.rend()) return static_cast<std::size_t>(levels.rend() - found) - 1;
  static const std::vector<std::string> kTails = {
      "state", "data", "up",     "uplink", "status", "sensor", "event", "events",
      "attrs", "rx",   "result", "energy", "info",   "values", "value", "telemetry"};
  const std::size_t last = levels.size() - 1;
  const bool tail =
      std::find(kTails.begin(), kTails.end(), to_lower(levels[last])) != kTails.end() ||
      is_quantity(levels[last]);
  const std::size_t level = tail && last > 0 ? last - 1 : last;
  return level > 0 ? level : levels.size();  // "{device}/state" would take too much
}

}  // namespace

std::string template_of(const std::vector<std::string>& topics) {
  std::vector<std::vector<std::string>> all;
  all.reserve(topics.size());
  for (const auto& topic : topics) all.push_back(levels_of(topic));
  const std::size_t only = topics.size() == 1 ? device_level(all[0]) : all[0].size();
  std::string text;
  int captures = 0;
  for (std::size_t i = 0; i < all[0].size(); ++i) {
    const bool differs = std::any_of(all.begin(), all.end(), [&](const auto& levels) {
      return levels.size() > i && levels[i] != all[0][i];
    });
    const bool odd = all[0][i].find_first_of("{}+#") != std::string::npos;
    text += i > 0 ? "/" : "";
    if (differs || i == only || odd)
      text += ++captures == 1 ? "{device}" : "{part" + std::to_string(captures) + "}";
    else
      text += all[0][i];
  }
  return text;
}

std::vector<Kind> kinds_of(const std::vector<Sample>& samples, const Recogniser& recogniser,
                           const Announcements& announced) {
  std::map<std::string, Kind> kinds;
  const auto add = [&kinds](Kind kind) {
    const auto [found, is_new] = kinds.try_emplace(key_of(kind), kind);
    if (is_new) return;
    Kind& known = found->second;
    known.readings += kind.readings;
    known.topics.push_back(kind.topics[0]);
    for (const Leaf& leaf : kind.leaves)
      if (kind.knows_topic && known.leaves.size() < kMaxAnnouncedLeaves && !has(known.leaves, leaf))
        known.leaves.push_back(leaf);
    for (Reading& example : kind.examples)
      if (known.examples.size() < kMostExamples) known.examples.push_back(std::move(example));
  };
  std::set<std::string> heard;
  for (const Sample& sample : samples) {
    heard.insert(sample.reading.topic);
    Kind kind = kind_of(sample, recogniser, announced);
    if (!kind.format.empty()) add(std::move(kind));
  }
  for (const auto& [topic, told] : announced)
    if (!heard.contains(topic) && !told.leaves.empty())
      add(announced_kind(topic, told, recogniser));
  std::vector<Kind> list;
  for (auto& [key, kind] : kinds) {
    std::sort(kind.topics.begin(), kind.topics.end());
    list.push_back(std::move(kind));
  }
  return list;
}

}  // namespace lamppost::cli
