// SPDX-License-Identifier: Apache-2.0
// `lamppost decode`: what is in a payload, before any mapping.
#include <algorithm>
#include <charconv>
#include <iostream>

#include "cli/command.h"
#include "cli/example.h"
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/table.h"
#include "core/ascii.h"
#include "core/hex.h"
#include "core/json_text.h"
#include "core/log.h"
#include "core/suggest.h"
#include "daemon/system_clock.h"
#include "drivers/catalogue.h"
#include "mapping/topic.h"
#include "mapping/value_rule.h"

namespace lamppost::cli {
namespace {

struct Found {
  std::string what;  // "profile zigbee2mqtt", "format json"
  Result<Observations> seen;
};

std::string from_digits(std::string text) {
  std::erase_if(text, is_blank);
  auto bytes = from_hex(text);
  if (!bytes) throw UsageError("--hex: " + hex_fault(text));
  return std::move(*bytes);
}

Reading reading_of(const Arguments& arguments) {
  Reading reading;
  reading.source = "decode";
  reading.topic = arguments.value("--topic");
  reading.content_type = arguments.value("--content-type");
  reading.arrived = SystemClock().now();
  reading.payload = read_input(arguments.value("--payload", "-"));
  if (arguments.has("--hex")) reading.payload = from_digits(reading.payload);
  return reading;
}

std::optional<int> fport_of(const Arguments& arguments) {
  if (!arguments.has("--fport")) return std::nullopt;
  const std::string text = arguments.value("--fport");
  int port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (fault != std::errc() || end != text.data() + text.size() || port < 0 || port > 255)
    throw UsageError("--fport is a number from 0 to 255");
  return port;
}

std::string quoted(const std::string& text) {
  std::string out;
  append_string(out, text);
  return out;
}

// What a person would have written into a profile, as one.
config::Profile profile_of(const Arguments& arguments, const std::string& format,
                           const std::string& profiles) {
  std::string text = "name = \"decode\"\n";
  if (!format.empty()) text += "format = " + quoted(format) + "\n";
  if (arguments.has("--layout"))
    text += "options = { decode = " + quoted(arguments.value("--layout")) + " }\n";
  std::string names;
  for (std::size_t at = 0; !profiles.empty() && at <= profiles.size();) {
    const std::size_t end = std::min(profiles.find(',', at), profiles.size());
    names += (names.empty() ? "" : ", ") + quoted(profiles.substr(at, end - at));
    at = end + 1;
  }
  if (!names.empty()) text += "profile = [" + names + "]\n";
  Findings findings;
  auto profile = config::profile_of_mapping(text, arguments.config(), findings);
  if (!profile) throw ConfigError(findings.to_text());
  return *profile;
}

Found decode_named(const Arguments& arguments, const Reading& reading) {
  const std::string format = arguments.value("--format"), names = arguments.value("--profile");
  if (!format.empty() && find_driver(format) == nullptr)
    throw UsageError("unknown format \"" + format + "\", " + suggest(format, driver_names()));
  const std::string used = format.empty() && names.empty() ? "bytes" : format;
  const auto profile = profile_of(arguments, used, names);
  const std::string what = names.empty() ? "format " + profile.format : "profile " + names;
  return {what, decode_with(profile, reading, fport_of(arguments))};
}

bool has_all(const std::vector<std::string>& pointers, const Json& tree) {
  const auto has = [&tree](const auto& pointer) {
    return tree.contains(Json::json_pointer(pointer));
  };
  return !pointers.empty() && !tree.is_discarded() &&
         std::all_of(pointers.begin(), pointers.end(), has);
}

bool matches(const config::Profile& profile, const std::string& topic) {
  if (profile.match.empty() || topic.empty()) return false;
  const auto pattern = mapping::TopicTemplate::parse(profile.match);
  std::vector<std::pair<std::string, std::string>> captures;
  return pattern && pattern->match(topic, captures);
}

// A profile that says what its payloads look like, then one whose topics are like this one.
std::optional<Found> recognise_profile(const Arguments& arguments, const Reading& reading) {
  std::vector<config::Profile> profiles;
  Findings findings;
  for (const auto& name : config::names_in(arguments.config(), "profiles"))
    if (auto profile = config::load_profile(arguments.config(), name, findings))
      profiles.push_back(std::move(*profile));
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
      if (seen) return Found{"profile " + one.name, std::move(seen)};
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

Found recognise(const Arguments& arguments, const Reading& reading) {
  if (auto found = recognise_profile(arguments, reading)) return std::move(*found);
  std::optional<Error> first;
  for (const auto& name : tried_for(reading)) {
    const Driver* driver = find_driver(name);
    try {
      auto seen = driver->open({})(reading);
      if (seen) return {"format " + name, std::move(seen)};
      if (!first || name == "json") first = seen.error();
    } catch (const OptionError&) {
      continue;  // it needs to be told more
    }
  }
  return {"", *first};
}

struct Moment {
  const char* clock = nullptr;  // whose it is
  std::string text;
};

Moment moment_of(const ObservationGroup& group) {
  if (group.device_time) return {"device", to_iso8601(*group.device_time)};
  if (group.network_time) return {"network", to_iso8601(*group.network_time)};
  return {};
}

Json to_json(const Found& found) {
  Json groups = Json::array();
  for (const auto& group : *found.seen) {
    Json one{{"as", found.what}, {"observations", Json::array()}};
    if (!group.device.empty()) one["device"] = group.device;
    const Moment moment = moment_of(group);
    if (moment.clock != nullptr) one["time"] = moment.text, one["clock"] = moment.clock;
    for (const auto& seen : group.observations) {
      Json& value =
          one["observations"].emplace_back(Json{{"name", seen.name}, {"value", seen.value}});
      if (!seen.unit.empty()) value["unit"] = seen.unit;
      if (moment.clock != nullptr) value["time"] = moment.text;
    }
    groups.push_back(std::move(one));
  }
  return groups;
}

void print(const Found& found) {
  std::cout << found.what << "\n";
  for (const auto& group : *found.seen) {
    if (!group.device.empty()) std::cout << "device " << printable(group.device) << "\n";
    const Moment moment = moment_of(group);
    if (moment.clock != nullptr)
      std::cout << "time " << moment.text << " (" << moment.clock << ")\n";
    std::vector<Row> rows{{"name", "value", "unit"}};
    for (const auto& seen : group.observations)
      rows.push_back({printable(seen.name), printable(mapping::to_text(seen.value)), seen.unit});
    std::cout << to_table(rows);
  }
}

}  // namespace

int decode(const Arguments& arguments) {
  arguments.expect_words(0);
  const Reading reading = reading_of(arguments);
  const bool named =
      arguments.has("--profile") || arguments.has("--format") || arguments.has("--layout");
  const Found found = named ? decode_named(arguments, reading) : recognise(arguments, reading);
  if (!found.seen) {
    std::cerr << (found.what.empty() ? "" : found.what + ": ") << found.seen.error().text << "\n";
    return kBadData;
  }
  if (arguments.has("--json"))
    std::cout << to_json_lines(to_json(found));
  else
    print(found);
  return kOk;
}

}  // namespace lamppost::cli
