// SPDX-License-Identifier: Apache-2.0
#include "tests/formats/corpus.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

constexpr const char* kSeveral = "/json/key/dev7/attrs";
constexpr const char* kSingle = "json/key/dev7/attrs/t";

std::string decoded(const std::string& payload, const std::string& topic = kSeveral,
                    const std::string& content_type = "") {
  return shown(open("iota_json")(reading_of(payload, content_type, topic)));
}

// Attributes that the agent sends on, each {"type", "value"}; one object a group.
Json expected_groups(const Json& request) {
  Json groups = Json::array();
  for (const Json& entity : request.contains("entities") ? request["entities"] : Json{request}) {
    Json& group = groups.emplace_back(Json::object());
    for (const auto& [name, attribute] : entity.items())
      if (attribute.is_object()) group[name] = attribute["value"];
  }
  return groups;
}

// A series, which the agent sends on as one value, is a group for each of its times here. The agent
// does not send null on, and nor does Lamppost.
Json seen_groups(const Observations& seen, const Json& expected) {
  Json groups = Json::array();
  for (const ObservationGroup& group : seen) {
    Json& values = groups.emplace_back(object_of(group));
    for (auto it = values.begin(); it != values.end();)
      it = it->is_null() ? values.erase(it) : std::next(it);
  }
  const Json& first = expected.at(0).begin().value();
  if (!first.is_array() || first.empty() || !first[0].is_object()) return groups;
  Json series = Json::array();
  for (const ObservationGroup& group : seen)
    series.push_back({{"timestamp", to_iso8601(group.device_time.value())},
                      {"value", group.observations.at(0).value}});
  for (std::size_t i = 0; i < first.size() && i < series.size(); ++i)
    if (parse_rfc3339(first[i]["timestamp"].get<std::string>()) == seen[i].device_time)
      series[i]["timestamp"] = first[i]["timestamp"];
  return Json::array({{{seen[0].observations[0].name, series}}});
}

}  // namespace

TEST_CASE("iota_json: keys and values of an object, or of each object of an array") {
  CHECK(decoded(R"({"t":15,"h":"45%","l":{"a":[1]},"n":null})") ==
        R"({"h":"45%","l":{"a":[1]},"n":null,"t":15})");
  CHECK(decoded(R"([{"t":15},{"t":16,"h":2}])") == R"({"t":15} {"h":2,"t":16})");
  CHECK(decoded("[]") == "");
  CHECK(decoded(R"({"t":1})", "any/other/topic") == R"({"t":1})");
}

TEST_CASE("iota_json: TimeInstant is the device's time, UTC without an offset") {
  CHECK(decoded(R"({"t":1,"TimeInstant":"2026-03-01T14:00:00.5+02:00"})") ==
        R"(@2026-03-01T12:00:00.500Z{"TimeInstant":"2026-03-01T14:00:00.5+02:00","t":1})");
  CHECK(decoded(R"({"t":1,"TimeInstant":"2026-03-01T12:00:00"})")
            .starts_with("@2026-03-01T12:00:00.000Z"));
  CHECK(decoded(R"({"t":1,"TimeInstant":"yesterday"})") ==
        "malformed: not IoT Agent JSON: TimeInstant is no time");
}

TEST_CASE("iota_json: on a topic of one attribute the payload is its value") {
  for (const std::string topic :
       {"json/k/d/attrs/t", "/json/k/d/attrs/t", "/k/d/attrs/t", "attrs/t"}) {
    CAPTURE(topic);
    CHECK(decoded("15", topic) == R"({"t":15})");
  }
  CHECK(decoded(R"("on")", kSingle) == R"({"t":"on"})");
  CHECK(decoded(R"({"a":1})", kSingle) == R"({"t":{"a":1}})");
  CHECK(decoded("[1,2]", kSingle) == R"({"t":[1,2]})");
  CHECK(decoded("15", "json/k/d/attrs/") ==
        "malformed: not IoT Agent JSON: one value, and the topic ends in no attribute name");
}

TEST_CASE("iota_json: a series of one attribute is a group for each of its times") {
  CHECK(decoded(R"([{"timestamp":"2026-03-01T12:00:00Z","value":44},
                    {"timestamp":"2026-03-01T13:00:00Z","value":33}])",
                kSingle) ==
        R"(@2026-03-01T12:00:00.000Z{"t":44} @2026-03-01T13:00:00.000Z{"t":33})");
  CHECK(decoded(R"([{"timestamp":"soon","value":44}])", kSingle) ==
        R"({"t":[{"timestamp":"soon","value":44}]})");
}

TEST_CASE("iota_json: what is no JSON on a topic of one attribute is bytes in hexadecimal") {
  CHECK(decoded("hello", kSingle) == R"({"t":"68656c6c6f"})");
  CHECK(decoded("15", kSingle, "application/octet-stream") == R"({"t":"3135"})");
  CHECK(decoded(std::string("\xff\x00", 2), kSingle) == R"({"t":"ff00"})");
  CHECK(decoded("", kSingle) == "malformed: not IoT Agent JSON: the payload is empty");
  CHECK(decoded(std::string(4097, 'x'), kSingle).starts_with("malformed: "));
  CHECK(decoded("hello").starts_with("malformed: not JSON: "));
}

TEST_CASE("iota_json: entities of NGSI-v2 and NGSI-LD become their values, units and times") {
  CHECK(decoded(R"({"actionType":"append","entities":[
           {"id":"e1","type":"T","a":{"type":"Number","value":1,"metadata":{
             "unitCode":{"type":"Text","value":"CEL"},
             "TimeInstant":{"type":"DateTime","value":"2026-03-01T12:00:00Z"}}}},
           {"id":"e2","type":"T","a":{"value":2}}]})") ==
        R"({"measure_id":"e1","measure_type":"T"} @2026-03-01T12:00:00.000Z{"a":"1 CEL"} )"
        R"({"a":2,"measure_id":"e2","measure_type":"T"})");
  CHECK(
      decoded(
          R"({"id":"e","type":"T","TimeInstant":{"type":"DateTime","value":"2026-03-01T12:00:00Z"},
                    "a":{"value":1,"unitCode":"no such"}})") ==
      R"(@2026-03-01T12:00:00.000Z{"TimeInstant":"2026-03-01T12:00:00Z","a":1,)"
      R"("measure_id":"e","measure_type":"T"})");
  CHECK(
      decoded(R"([{"id":"e","type":"T","@context":["https://x.example"],
                     "s":{"type":"Property","value":"free","observedAt":"2026-03-01T11:00:00Z"},
                     "r":{"type":"Relationship","object":"urn:x"}}])") ==
      R"({"measure_id":"e","measure_type":"T","r":"urn:x"} @2026-03-01T11:00:00.000Z{"s":"free"})");
  // Plain measures that happen to be called so.
  CHECK(decoded(R"({"id":"e","type":"T","a":1})") == R"({"a":1,"id":"e","type":"T"})");
}

TEST_CASE("iota_json: one broken element spoils the payload, and nothing is read past its end") {
  CHECK(decoded("[{\"t\":1},2]") ==
        "malformed: not IoT Agent JSON: an element of the array is no object");
  check_truncations(open("iota_json"),
                    reading_of(R"([{"t":1,"TimeInstant":"2026-03-01T12:00:00Z"}])"));
}

TEST_CASE("iota_json: names are keys, not pointers") {
  const auto check = find_driver("iota_json")->check_name;
  CHECK(check("TimeInstant") == "");
  CHECK(check("/t") == R"("/t" is no key of a measure; write "t")");
  CHECK(check("") != "");
}

TEST_CASE("corpus: iotagent-json") {
  Tally tally("iotagent-json");
  for (const Json& one : corpus_cases("iotagent-json")) {
    const auto seen = open("iota_json")(reading_of(payload_of(one), "", topic_of(one)));
    const bool error_expected = one["expected"].contains("error");
    if (error_expected && !seen) {
      tally.refused_as_expected();
      continue;
    }
    const Json expected = expected_groups(one["expected"].value("ngsiv2", Json::object()));
    tally.check(one["id"], seen.ok() && !error_expected && seen_groups(*seen, expected) == expected,
                shown(seen));
  }
  tally.finish();
}
