// SPDX-License-Identifier: Apache-2.0
// `lamppost decode`: what is in a payload, before any mapping.
#include <algorithm>
#include <iostream>

#include "cli/command.h"
#include "cli/example.h"
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/recognise.h"
#include "cli/table.h"
#include "cli/toml_text.h"
#include "core/ascii.h"
#include "core/hex.h"
#include "core/log.h"
#include "core/split.h"
#include "core/suggest.h"
#include "daemon/system_clock.h"
#include "drivers/catalogue.h"
#include "mapping/topic.h"
#include "mapping/value_rule.h"

namespace lamppost::cli {
namespace {

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
  return arguments.number("--fport", 0, 255);
}

// What a person would have written into a profile, as one.
config::Profile profile_of(const Arguments& arguments, const std::string& format,
                           const std::string& profiles) {
  std::string text = "name = \"decode\"\n";
  if (!format.empty()) text += "format = " + toml_of(format) + "\n";
  if (arguments.has("--layout"))
    text += "options = { decode = " + toml_of(arguments.value("--layout")) + " }\n";
  if (!profiles.empty()) text += "profile = " + toml_of(split(profiles, ',')) + "\n";
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
  return {what, decode_with(profile, reading, fport_of(arguments)), nullptr, profile.format};
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
  const Found found =
      named ? decode_named(arguments, reading) : Recogniser(arguments.config()).recognise(reading);
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
