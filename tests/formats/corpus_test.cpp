// SPDX-License-Identifier: Apache-2.0
#include "tests/formats/corpus.h"

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "drivers/formats/pointer.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

// --- SenML: resolved records, found by their full names ---

Json comparable(std::int64_t ms, const std::string& name, const Json& value,
                std::string_view unit) {
  return {ms, name, value, std::string(unit)};
}

Json expected_records(const Json& resolved) {
  Json records = Json::array();
  for (const Json& one : resolved) {
    const double seconds = one.value("t", 0.0);
    const auto ms = seconds == 0 ? kArrived.ms : std::llround(seconds * 1000);
    for (const char* label : {"v", "vs", "vb"})
      if (one.contains(label))
        records.push_back(
            comparable(ms, one["n"], one[label], unit_of_senml(one.value("u", std::string()))));
  }
  // The authors' tool leaves pack order; RFC 8428, section 4.6, asks for chronological order.
  std::stable_sort(records.begin(), records.end(),
                   [](const Json& a, const Json& b) { return a[0] < b[0]; });
  return records;
}

Json seen_records(const Observations& groups) {
  Json records = Json::array();
  for (const ObservationGroup& group : groups)
    for (const Observation& one : group.observations)
      records.push_back(
          comparable(group.device_time.value_or(kArrived).ms, one.name, one.value, one.unit));
  return records;
}

void check_senml(const Json& one, Tally& tally) {
  DecoderOptions options;
  if (one["expected"].is_object())
    for (const Json& record : one["expected"]["resolved"])
      options.names.push_back(record["n"].get<std::string>());
  const auto seen = open("senml", options)(reading_of(payload_of(one)));
  if (!seen) return tally.different(one["id"], seen.error().text);
  const bool comparable_case = one["expected"].is_object();
  const bool same =
      !comparable_case || seen_records(*seen) == expected_records(one["expected"]["resolved"]);
  tally.check(one["id"], same, same ? "" : seen_records(*seen).dump());
}

// --- FIWARE: attributes that the agent sends on, each {"type", "value"} ---

Json attributes_of(const Json& entity) {
  Json values = Json::object();
  for (const auto& [name, attribute] : entity.items())
    if (attribute.is_object() && attribute.contains("value")) values[name] = attribute["value"];
  return values;
}

Json expected_groups(const Json& expected) {
  if (expected.is_array()) return expected;
  const Json& request = expected["ngsiv2"];
  if (!request.contains("entities")) return Json::array({attributes_of(request)});
  Json groups = Json::array();
  for (const Json& entity : request["entities"]) groups.push_back(attributes_of(entity));
  return groups;
}

Json ultralight_groups(const Observations& seen) {
  Json groups = Json::array();
  for (const ObservationGroup& group : seen) {
    const Observation& first = group.observations.at(0);
    if (group.device.empty())
      groups.push_back(object_of(group));
    else
      groups.push_back(
          {{"deviceId", group.device}, {"command", first.name}, {"value", first.value}});
  }
  return groups;
}

void check_ultralight(const Json& one, Tally& tally) {
  const auto seen = open("ultralight")(reading_of(payload_of(one), "", topic_of(one)));
  const bool error_expected = one["expected"].is_object() && one["expected"].contains("error");
  if (error_expected && !seen) return tally.refused_as_expected();
  if (!seen) return tally.different(one["id"], seen.error().text);
  const Json groups = ultralight_groups(*seen);
  tally.check(one["id"], !error_expected && groups == expected_groups(one["expected"]),
              groups.dump());
}

// --- JSON of devices: every value, by pointer, against an independent parser ---

void collect(const Json& tree, const std::string& pointer, Json& out) {
  if (!tree.is_structured() || tree.empty()) out[pointer] = tree;
  if (!tree.is_structured()) return;
  for (const auto& item : tree.items()) {
    std::string longer = pointer;
    append_token(longer, item.key());
    collect(item.value(), longer, out);
  }
}

// What the source itself expects of the payload, as far as its names are keys of the payload.
Json expected_values(const std::string& family, const Json& expected) {
  Json values = Json::object();
  if (!expected.is_object() || family == "shelly") return values;
  const Json& keys = family == "tasmota" ? expected.value("sensors", Json::object()) : expected;
  for (const auto& [key, value] : keys.items()) {
    std::string pointer;
    append_token(pointer, key);
    values[pointer] = value;
  }
  if (expected.contains("time_local")) values["/Time"] = expected["time_local"];
  return values;
}

void check_json(const std::string& family, const Json& one, Tally& tally) {
  Json wanted = Json::object();
  collect(Json::parse(payload_of(one)), "", wanted);
  wanted.update(expected_values(family, one["expected"]));
  std::vector<std::string> names;
  for (const auto& [name, value] : wanted.items()) names.push_back(name);
  const auto seen = open("json", wanting(names))(reading_of(payload_of(one)));
  if (!seen) return tally.different(one["id"], seen.error().text);
  const Json values = object_of(seen->at(0));
  tally.check(one["id"], values == wanted, values.dump().substr(0, 200));
}

void check_text(const Json& one, Tally& tally) {
  const auto seen = open("text")(reading_of(payload_of(one)));
  if (!seen) return tally.different(one["id"], seen.error().text);
  const Json value = seen->at(0).find("value")->value;
  const Json expected = one["expected"].is_object() ? *one["expected"].begin()
                                                    : Json::parse(payload_of(one), nullptr, false);
  tally.check(one["id"], value == expected, value.dump());
}

void check_device(const std::string& family, const Json& one, Tally& tally) {
  const std::string payload = payload_of(one);
  const bool looks_like_json = payload.starts_with('{') || payload.starts_with('[');
  if (!looks_like_json) return check_text(one, tally);
  if (one.value("valid_json", false)) return check_json(family, one, tally);
  const bool refused = !open("json", wanting({"/Time"}))(reading_of(payload)).ok();
  refused ? tally.refused_as_expected() : tally.different(one["id"], "broken JSON was accepted");
}

}  // namespace

TEST_CASE("corpus: published payloads decode to what their sources expect") {
  for (const char* name : {"senml", "iotagent-ul", "esphome", "shelly", "tasmota", "zigbee2mqtt"}) {
    const std::string family = name;
    Tally tally(family);
    for (const Json& one : corpus_cases(family)) {
      if (family == "senml")
        check_senml(one, tally);
      else if (family == "iotagent-ul")
        check_ultralight(one, tally);
      else
        check_device(family, one, tally);
    }
    tally.finish();
  }
}

TEST_CASE(
    "corpus: no published payload of any source breaks a decoder or is refused without a reason") {
  for (const std::string& family : corpus_families()) {
    int cases = 0, read = 0;
    for (const Json& one : corpus_cases(family)) {
      ++cases;
      const Reading reading = reading_of(payload_of(one), "", topic_of(one));
      bool taken = false;
      for (const Driver* driver : drivers()) {
        if (driver->name == "bytes") continue;  // wants a layout
        CAPTURE(one["id"]);
        CAPTURE(driver->name);
        const auto seen = open(driver->name)(reading);
        if (!seen) CHECK(seen.error().fault == Fault::kMalformed);
        if (!seen) CHECK_FALSE(seen.error().text.empty());
        taken |= seen.ok() && driver->name != "text";
      }
      read += taken;
    }
    std::printf("  %-20s cases %3d  read by a format without being told more %3d\n", family.c_str(),
                cases, read);
  }
}
