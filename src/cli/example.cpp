// SPDX-License-Identifier: Apache-2.0
#include "cli/example.h"

#include <cmath>

#include "drivers/catalogue.h"
#include "ingest/ingest.h"

namespace lamppost::cli {
namespace {

// Decimal fractions differ in their last binary digit, depending on how they were worked out.
bool same(const Json& expected, const Json& seen) {
  if (expected.is_number() && seen.is_number()) {
    const double a = expected.get<double>(), b = seen.get<double>();
    return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(a));
  }
  if (expected.is_array() && seen.is_array() && expected.size() == seen.size()) {
    for (std::size_t i = 0; i < expected.size(); ++i)
      if (!same(expected[i], seen[i])) return false;
    return true;
  }
  return expected == seen;
}

std::string dumped(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// TOML has no null: "null" as a text stands for it.
Json wanted(const Json& value) { return value == "null" ? Json(nullptr) : value; }

std::string compare_observations(const Json& expected, const Observations& groups) {
  for (const auto& [name, value] : expected.items()) {
    const Observation* seen = nullptr;
    for (const auto& group : groups)
      if (seen == nullptr) seen = group.find(name);
    if (seen == nullptr) return "no observation " + name;
    if (!same(wanted(value), seen->value))
      return name + " is " + dumped(seen->value) + ", not " + dumped(wanted(value));
  }
  return "";
}

// An attribute as people write it: a Property's value, a Relationship's target.
Json plain(const Attribute& attribute) {
  const bool is_time = attribute.value.is_object() && attribute.value.contains("@value");
  return is_time ? attribute.value["@value"] : attribute.value;
}

std::string compare_entity(const Json& expected, const EntityUpdate& update) {
  for (const auto& [name, value] : expected.items()) {
    Json seen;
    if (name == "type") seen = update.type;
    if (name == "id") seen = update.id;
    for (const auto& attribute : update.attributes)
      if (attribute.name == name) seen = plain(attribute);
    if (!same(wanted(value), seen))
      return update.type + ": " + name + " is " + dumped(seen) + ", not " + dumped(value);
  }
  return "";
}

std::string compare_entities(const Json& expected, const ingest::Yield& yield) {
  std::string types;
  for (const auto& entity : yield.entities)
    types += (types.empty() ? "" : ", ") + entity.mapped.update.type;
  if (expected.size() != yield.entities.size())
    return std::to_string(yield.entities.size()) + " entities (" + types + "), not " +
           std::to_string(expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (auto wrong = compare_entity(expected[i], yield.entities[i].mapped.update); !wrong.empty())
      return wrong;
  return "";
}

std::string refusal(const ingest::Yield& yield) {
  if (!yield.matched) return "no mapping matches its topic";
  if (!yield.faults.empty()) return yield.faults.front().second.text;
  for (const auto& entity : yield.entities)
    if (!entity.mapped.reason.empty())
      return entity.mapped.update.type + " " + entity.mapped.pointer + ": " + entity.mapped.reason;
  return "";
}

std::string judge_refusal(const std::string& expected, const std::string& reason) {
  if (reason.empty()) return "is not refused";
  if (reason.find(expected) != std::string::npos) return "";
  return "refused for another reason: " + reason;
}

Reading reading_of(const config::Example& example, const std::string& source) {
  Reading reading;
  reading.source = example.source.empty() ? source : example.source;
  reading.topic = example.topic;
  reading.content_type = example.content_type;
  reading.payload = example.payload;
  reading.arrived = parse_rfc3339(example.at).value_or(Timestamp{});
  return reading;
}

// As the first mapping that wants the topic decodes it, but every value.
config::Profile profile_of(const ingest::Pipeline& pipeline, const Reading& reading) {
  config::Profile profile;
  for (const auto* route : pipeline.routes(reading.source)) {
    mapping::Captures captures;
    if (!route->topic.match(reading.topic, captures)) continue;
    profile.format = route->mapping->format.value;
    profile.each = route->mapping->each.value;
    profile.layout = route->mapping->layout;
    for (const auto& [name, value] : route->mapping->options) profile.options[name] = value.value;
    break;
  }
  return profile;
}

std::string judge_decoded(const config::Example& example, const Reading& reading,
                          const config::Profile& profile) {
  const auto seen = decode_with(profile, reading, example.fport);
  if (!example.refused.empty())
    return judge_refusal(example.refused, seen ? "" : seen.error().text);
  if (!seen) return "refused: " + seen.error().text;
  if (!example.device.empty() && (seen->empty() || seen->front().device != example.device))
    return "device is \"" + (seen->empty() ? "" : seen->front().device) + '"';
  return example.observations ? compare_observations(*example.observations, *seen) : "";
}

std::string judge_mapped(const config::Example& example, const ingest::Pipeline& pipeline) {
  const auto& sources = pipeline.config().sources;
  const Reading reading = reading_of(example, sources.empty() ? "" : sources.front().name);
  auto yield = ingest::transform(pipeline, reading);
  ingest::complete_alone(yield);
  const std::string reason = refusal(yield);
  if (!example.refused.empty()) return judge_refusal(example.refused, reason);
  if (!reason.empty()) return "refused: " + reason;
  if (example.observations || !example.device.empty())
    if (auto wrong = judge_decoded(example, reading, profile_of(pipeline, reading)); !wrong.empty())
      return wrong;
  return example.entities ? compare_entities(*example.entities, yield) : "";
}

}  // namespace

Result<Observations> decode_with(const config::Profile& profile, const Reading& reading,
                                 std::optional<int> fport) {
  const Driver* driver = find_driver(profile.format);
  if (driver == nullptr)
    throw ConfigError(profile.file.string() + ": unknown format \"" + profile.format + "\"\n");
  DecoderOptions options{{}, profile.each, profile.options};
  if (fport) options.extra["fport"] = *fport;
  try {
    return driver->open(options)(reading);
  } catch (const OptionError& fault) {
    const Where at = profile.layout != nullptr && fault.option().starts_with('/')
                         ? profile.layout->where(fault.option())
                         : Where{profile.file.string(), 0, 0, ""};
    throw ConfigError(to_text(Finding{Severity::kError, at, fault.what(), ""}));
  }
}

std::string judge_example(const config::Example& example, const config::Profile* profile,
                          const ingest::Pipeline* pipeline) {
  if (pipeline != nullptr) return judge_mapped(example, *pipeline);
  return judge_decoded(example, reading_of(example, "site"), *profile);
}

}  // namespace lamppost::cli
