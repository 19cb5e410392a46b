// SPDX-License-Identifier: Apache-2.0
#include "cli/recognise.h"

#include <algorithm>

#include "cli/example.h"
#include "core/hex.h"
#include "drivers/catalogue.h"
#include "mapping/topic.h"
#include "mapping/value_rule.h"

namespace lamppost::cli {
namespace {

bool has_all(const std::vector<std::string>& pointers, const Json& tree) {
  const auto has = [&tree](const auto& pointer) {
    return tree.contains(Json::json_pointer(pointer));
  };
  return !pointers.empty() && !tree.is_discarded() &&
         std::all_of(pointers.begin(), pointers.end(), has);
}

bool matches(const config::Profile& profile, const std::string& topic) {
  return !topic.empty() && mapping::takes_topic(profile.match, topic);
}

std::optional<Found> recognise_profile(const std::vector<config::Profile>& profiles,
                                       const Reading& reading) {
  const Json tree = Json::parse(reading.payload, nullptr, false);
  const Json& first = tree.is_array() && !tree.empty() ? tree[0] : tree;
  const auto usable = [&](const config::Profile& one, bool by_payload) {
    if (one.format.empty()) return false;
    return by_payload ? has_all(one.has, first) : matches(one, reading.topic);
  };
  for (const bool by_payload : {true, false})
    for (const auto& one : profiles) {
      if (!usable(one, by_payload)) continue;
      auto seen = decode_with(one, reading);
      if (seen) return Found{"profile " + one.name, std::move(seen), &one, one.format};
    }
  return std::nullopt;
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Formats in the order in which they are tried: those that the reading looks like, those that
// cannot tell, and json and text, which take nearly everything.
std::vector<std::string> tried_for(const Reading& reading) {
  std::vector<std::string> order, unsure;
  for (const Driver* driver : drivers()) {
    const std::string name(driver->name);
    if (driver->recognises == nullptr && !is_one_of(name, {"bytes", "json", "text"}))
      unsure.push_back(name);
    if (driver->recognises != nullptr && driver->recognises(reading)) order.push_back(name);
  }
  order.insert(order.end(), unsure.begin(), unsure.end());
  order.insert(order.end(), {"json", "text"});
  return order;
}

// Bytes of another device give air of 3000 degrees, and 400 % of humidity.
bool is_plausible(const Observations& groups) {
  const auto odd = [](const Observation& one) {
    if (!one.value.is_number()) return false;
    const double value = one.value.get<double>();
    return (one.unit == "CEL" && (value < -100 || value > 1000)) ||
           (one.unit == "P1" && (value < -1 || value > 101));
  };
  return std::none_of(groups.begin(), groups.end(), [&](const ObservationGroup& group) {
    return std::any_of(group.observations.begin(), group.observations.end(), odd);
  });
}

}  // namespace

Recogniser::Recogniser(const std::filesystem::path& config_file) {
  Findings findings;
  for (const auto& name : config::names_in(config_file, "profiles"))
    if (auto profile = config::load_profile(config_file, name, findings))
      profiles_.push_back(std::move(*profile));
}

Found Recogniser::recognise(const Reading& reading) const {
  if (auto found = recognise_profile(profiles_, reading)) return std::move(*found);
  std::optional<Error> first;
  for (const auto& name : tried_for(reading)) {
    const Driver* driver = find_driver(name);
    try {
      auto seen = driver->open({})(reading);
      if (seen) return {"format " + name, std::move(seen), nullptr, name};
      if (!first || name == "json") first = seen.error();
    } catch (const OptionError&) {
      continue;  // it needs to be told more
    }
  }
  return {"", *first, nullptr, ""};
}

std::vector<std::string> Recogniser::readers_of(const Json* data, const Json* port) const {
  auto bytes = data != nullptr ? from_hex(mapping::to_text(*data)) : std::nullopt;
  if (!bytes) return {};
  Reading reading;
  reading.payload = std::move(*bytes);
  std::optional<int> fport;
  if (const auto number = port != nullptr ? mapping::to_number(*port) : std::nullopt)
    fport = static_cast<int>(*number);
  std::vector<std::string> names;
  for (const auto& profile : profiles_) {
    if (profile.format != "bytes" || profile.layout == nullptr) continue;
    const auto seen = decode_with(profile, reading, fport);
    if (seen && is_plausible(*seen)) names.push_back(profile.name);
  }
  return names;
}

}  // namespace lamppost::cli
