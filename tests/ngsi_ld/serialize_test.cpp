// SPDX-License-Identifier: Apache-2.0
#include "ngsi_ld/serialize.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "core/json_text.h"

using namespace lamppost;
using namespace lamppost::ngsi_ld;

namespace {

const Timestamp kNoon = *parse_rfc3339("2026-03-01T12:00:00.250Z");

EntityUpdate container() {
  return {
      "urn:ngsi-ld:WasteContainer:WC-0042",
      "WasteContainer",
      kNoon,
      {{"fillingLevel", AttributeKind::kProperty, 0.135, "C62", kNoon},
       {"status", AttributeKind::kProperty, "ok", "", kNoon},
       {"category", AttributeKind::kProperty, {"ground"}, "", std::nullopt},
       {"dateLastEmptying",
        AttributeKind::kProperty,
        {{"@type", "DateTime"}, {"@value", "2026-02-28T06:30:00.000Z"}},
        "",
        std::nullopt},
       {"refDevice", AttributeKind::kRelationship, "urn:ngsi-ld:Device:em400", "", std::nullopt},
       {"location",
        AttributeKind::kGeoProperty,
        {{"type", "Point"}, {"coordinates", {4.4025, 51.2194}}},
        "",
        std::nullopt}}};
}

// Random updates: any characters, any numbers, any kind.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  int below(int end) { return static_cast<int>(engine_() % static_cast<unsigned>(end)); }

  std::string bytes(int longest) {
    std::string text(static_cast<std::size_t>(below(longest + 1)), ' ');
    for (char& c : text) c = static_cast<char>(below(256));
    return text;
  }

  double number() {
    const double scale = std::pow(10.0, below(40) - 20);
    return std::uniform_real_distribution<double>(-1, 1)(engine_) * scale;
  }

  Json value(int depth) {
    switch (below(depth > 0 ? 6 : 4)) {
      case 0:
        return number();
      case 1:
        return static_cast<std::int64_t>(engine_()) * (below(2) == 0 ? 1 : -1);
      case 2:
        return bytes(12);
      case 3:
        return below(2) == 0;
      case 4: {
        Json array = Json::array();
        for (int i = below(3); i >= 0; --i) array.push_back(value(depth - 1));
        return array;
      }
      default: {
        Json object = Json::object();
        for (int i = below(3); i >= 0; --i) object["k" + std::to_string(i)] = value(depth - 1);
        return object;
      }
    }
  }

  Attribute attribute(int index) {
    Attribute made{"a" + std::to_string(index), static_cast<AttributeKind>(below(3)),
                   value(below(2)), "", std::nullopt};
    if (made.kind == AttributeKind::kRelationship)
      made.value = "urn:ngsi-ld:Device:" + std::to_string(index);
    if (made.kind == AttributeKind::kProperty && below(2) == 0) made.unit_code = "GQ";
    if (below(2) == 0) made.observed_at = Timestamp{below(2'000'000'000) * std::int64_t{1000} + 7};
    return made;
  }

  EntityUpdate update() {
    EntityUpdate made{"urn:ngsi-ld:M:" + std::to_string(below(100)), "M", kNoon, {}};
    for (int i = below(5); i > 0; --i) made.attributes.push_back(attribute(i));
    return made;
  }

 private:
  std::mt19937 engine_;
};

// What to_json may change in a value: text becomes valid UTF-8 without NUL. Nothing else.
bool same(const Json& sent, const Json& parsed) {
  if (sent.is_string() && !is_utf8(sent.get_ref<const std::string&>())) return parsed.is_string();
  if (sent.is_string()) {
    auto text = sent.get<std::string>();
    std::erase(text, '\0');
    return parsed == text;
  }
  if (sent.size() != parsed.size() || sent.is_structured() != parsed.is_structured()) return false;
  if (!sent.is_structured()) return sent == parsed;
  for (const auto& [key, item] : sent.items())
    if (!same(item, sent.is_array() ? parsed[std::stoul(key)] : parsed.at(key))) return false;
  return true;
}

// The rules of the normalized form, for one attribute.
bool obeys(const Attribute& sent, const Json& written) {
  const bool relationship = sent.kind == AttributeKind::kRelationship;
  const std::string_view kind = relationship                               ? "Relationship"
                                : sent.kind == AttributeKind::kGeoProperty ? "GeoProperty"
                                                                           : "Property";
  const std::size_t members =
      std::size_t{2} + !sent.unit_code.empty() + sent.observed_at.has_value();
  return written.size() == members && written.at("type") == kind &&
         same(sent.value, written.at(relationship ? "object" : "value")) &&
         written.value("unitCode", "") == sent.unit_code &&
         (!sent.observed_at || written.at("observedAt") == to_iso8601(*sent.observed_at));
}

// The rules for the whole entity: id, type, then the attributes, each once and in their order.
bool obeys(const EntityUpdate& sent, const std::string& text) {
  const Json written = Json::parse(text);
  if (written.size() != sent.attributes.size() + 2) return false;
  std::size_t place = text.find("\"type\":\"M\"");
  for (const auto& attribute : sent.attributes) {
    const std::size_t next = text.find(",\"" + attribute.name + "\":{\"type\":", place);
    if (next == std::string::npos || !obeys(attribute, written.at(attribute.name))) return false;
    place = next;
  }
  return text.starts_with("{\"id\":\"urn:ngsi-ld:M:");
}

}  // namespace

TEST_CASE("to_json: the normalized form, byte for byte") {
  CHECK(to_json(container()) ==
        R"({"id":"urn:ngsi-ld:WasteContainer:WC-0042","type":"WasteContainer",)"
        R"("fillingLevel":{"type":"Property","value":0.135,"unitCode":"C62",)"
        R"("observedAt":"2026-03-01T12:00:00.250Z"},)"
        R"("status":{"type":"Property","value":"ok","observedAt":"2026-03-01T12:00:00.250Z"},)"
        R"("category":{"type":"Property","value":["ground"]},)"
        R"("dateLastEmptying":{"type":"Property",)"
        R"("value":{"@type":"DateTime","@value":"2026-02-28T06:30:00.000Z"}},)"
        R"("refDevice":{"type":"Relationship","object":"urn:ngsi-ld:Device:em400"},)"
        R"("location":{"type":"GeoProperty",)"
        R"("value":{"type":"Point","coordinates":[4.4025,51.2194]}}})");
}

TEST_CASE("to_json: a moving place says when it was there, and never a unit") {
  auto update = container();
  update.attributes = {update.attributes.back()};
  update.attributes[0].observed_at = kNoon;
  update.attributes[0].unit_code = "DD";
  CHECK(to_json(update) ==
        R"({"id":"urn:ngsi-ld:WasteContainer:WC-0042","type":"WasteContainer",)"
        R"("location":{"type":"GeoProperty","value":{"type":"Point",)"
        R"("coordinates":[4.4025,51.2194]},"observedAt":"2026-03-01T12:00:00.250Z"}})");
}

TEST_CASE("to_json: an entity without attributes is still an entity") {
  CHECK(to_json({"urn:ngsi-ld:M:1", "M", kNoon, {}}) == R"({"id":"urn:ngsi-ld:M:1","type":"M"})");
}

TEST_CASE("to_json: any update becomes JSON that reads back as what was sent") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  Random random(seed);
  for (int round = 0; round < 2000; ++round) {
    const auto update = random.update();
    const auto text = to_json(update);
    REQUIRE_MESSAGE(is_utf8(text), text);
    REQUIRE_MESSAGE(obeys(update, text), text);
  }
}

TEST_CASE("to_key_values: values without what surrounds them") {
  CHECK(to_key_values(container()) == Json::parse(R"({
    "id": "urn:ngsi-ld:WasteContainer:WC-0042", "type": "WasteContainer",
    "fillingLevel": 0.135, "status": "ok", "category": ["ground"],
    "dateLastEmptying": "2026-02-28T06:30:00.000Z",
    "refDevice": "urn:ngsi-ld:Device:em400",
    "location": {"type": "Point", "coordinates": [4.4025, 51.2194]}})"));
}

TEST_CASE("check_name: letters, digits and underscores after a letter") {
  for (const char* name : {"pm25", "LAeq_d", "uVIndexMax", "x", "valueOf"})
    CHECK_FALSE(check_name(name));
  for (const char* name : {"", "25pm", "_x", "Cl-", "anionic-surfactants", "PM2.5", "rel hum",
                           "temp(1)", "v\xC3\xBD\xC5\xA1ka", "a:b", "@x", "a\n"})
    CHECK_MESSAGE(check_name(name), name);
  CHECK(*check_name("N-TOT") ==
        "\"N-TOT\" is no attribute name: a letter, then letters, digits and _");
}

TEST_CASE("check_name: words of NGSI-LD are not names") {
  for (const char* name :
       {"id", "type", "scope", "createdAt", "modifiedAt", "deletedAt", "value", "object",
        "languageMap", "json", "vocab", "observedAt", "unitCode", "datasetId"})
    CHECK(*check_name(name) ==
          '"' + std::string(name) + "\" is a word of NGSI-LD itself and cannot name an attribute");
}

TEST_CASE("check_id: a URN of the entity's type with a safe local part") {
  CHECK_FALSE(check_id("urn:ngsi-ld:WasteContainer:antwerp:WC_42.b-1"));
  CHECK_FALSE(check_id("urn:ngsi-ld:M:" + std::string(242, 'x')));
  CHECK(*check_id("urn:ngsi-ld:M:" + std::string(243, 'x')) ==
        "the id has 257 characters, at most 256 are allowed");
  const std::string beginning = "the id does not begin with urn:ngsi-ld:<Type>:";
  for (const char* id : {"", "ap_542", "urn:ngsi-ld:", "urn:ngsi-ld:M", "urn:ngsi-ld::x",
                         "urn:ngsi-ld:1M:x", "urn:ngsi:M:x", "URN:ngsi-ld:M:x"})
    CHECK(*check_id(id) == beginning);
  CHECK(*check_id("urn:ngsi-ld:M:") == "the id ends after its type");
  CHECK(*check_id("urn:ngsi-ld:M:a;b") == "the id contains \";\"; A-Z a-z 0-9 _ . : - are allowed");
  CHECK(*check_id("urn:ngsi-ld:M:a b") ==
        "the id contains a blank, a control or a non-ASCII character; A-Z a-z 0-9 _ . : - are "
        "allowed");
  for (const char* id : {"urn:ngsi-ld:M:a/b", "urn:ngsi-ld:M:a%20b", "urn:ngsi-ld:M:\xC3\xA9",
                         "urn:ngsi-ld:M:a\n", "urn:ngsi-ld:M:{id}"})
    CHECK_MESSAGE(check_id(id), id);
}
