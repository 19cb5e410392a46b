// SPDX-License-Identifier: Apache-2.0
#include "mapping_fixture.h"

using namespace lamppost;
using namespace lamppost::mapping;

namespace {

// What one value becomes under one rule; null when it is not sent.
Json becomes(config::AttributeRule attribute, Json value, std::string unit = "") {
  Setup setup;
  const std::string name = attribute.name.value;
  attribute.from = {here("/v")};
  setup.entity.attributes = {std::move(attribute)};
  // A second attribute keeps the entity alive when the first one is absent.
  setup.entity.attributes.push_back(rule("reliability", "/alive"));
  const Json entity =
      only(setup.run(group({{"/v", std::move(value), std::move(unit)}, {"/alive", 1, ""}})));
  return entity.value(name, Json());
}

std::string fault_of(config::AttributeRule attribute, Json value) {
  Setup setup;
  attribute.from = {here("/v")};
  setup.entity.attributes = {std::move(attribute)};
  const auto mapped = setup.run(group({{"/v", std::move(value), ""}}));
  return mapped.ok() ? "none" : mapped.error().text;
}

}  // namespace

TEST_CASE("plan: a reading becomes an entity with its times, its place and its units") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/pm2_5", "GQ"), rule("temperature", "/t", "FAH"),
                             rule("relativeHumidity", "/rh", "P1")};
  setup.entity.statics = {{here("dataProvider"), "City of Antwerp"}};
  setup.entity.relationships = {{here("refDevice"), here("urn:ngsi-ld:Device:{station}")}};
  setup.mapping.time.from = here("/ts");
  const auto mapped = setup.run(
      group({{"/pm2_5", 12.5, ""}, {"/t", 71.6, ""}, {"/rh", 45, ""}, {"/ts", 1'772'366'340, ""}}));
  CHECK(only(mapped) == Json::parse(R"({
    "id": "urn:ngsi-ld:AirQualityObserved:s1", "type": "AirQualityObserved",
    "pm25": 12.5, "temperature": 22, "relativeHumidity": 0.45,
    "location": {"type": "Point", "coordinates": [4.4025, 51.2194]},
    "refDevice": "urn:ngsi-ld:Device:s1", "dataProvider": "City of Antwerp",
    "dateObserved": "2026-03-01T11:59:00.000Z"})"));
  for (const auto& attribute : (*mapped)[0].update.attributes) {
    if (attribute.name == "temperature") {
      CHECK(attribute.unit_code == "CEL");
      CHECK(attribute.observed_at == Timestamp{kNoon.ms - 60'000});
    }
    if (attribute.name == "dataProvider") CHECK_FALSE(attribute.observed_at.has_value());
  }
}

TEST_CASE("plan: numbers come as text, wholes stay whole, decimals are rounded") {
  CHECK(becomes(rule("temperature", ""), "21.5") == Json(21.5));
  CHECK(becomes(rule("temperature", ""), 21) == Json(21));
  CHECK(becomes(rule("airQualityIndex", ""), 42.0) == Json(42));
  auto rounded = rule("temperature", "");
  rounded.decimals = 1;
  CHECK(becomes(rounded, 21.4567) == Json(21.5));
  auto scaled = rule("temperature", "");
  scaled.scale = 0.01;
  scaled.offset = -40;
  CHECK(becomes(scaled, 6150) == Json(21.5));
}

TEST_CASE("plan: no value is not sent: null, sentinels, blanks, what lies outside min..max") {
  auto co = rule("co", "");
  co.sentinel = {-1, 65535, "ERR"};
  co.min = 0;
  co.max = 1000;
  for (const Json& value : {Json(nullptr), Json(-1), Json(65535), Json("65535"), Json("ERR"),
                            Json(" "), Json(-0.5), Json(1001)})
    CHECK_MESSAGE(becomes(co, value).is_null(), value.dump());
  CHECK(becomes(co, 0) == Json(0));
}

TEST_CASE("plan: the unit of the payload converts, the mapping's own unit wins over it") {
  CHECK(becomes(rule("temperature", ""), 300.15, "KEL") == Json(27));
  CHECK(becomes(rule("temperature", "", "FAH"), 50, "KEL") == Json(10));
}

TEST_CASE("plan: a value that cannot be what the model wants is malformed, with its place") {
  CHECK(fault_of(rule("temperature", ""), "warm") == "/v: \"warm\" is no number");
  CHECK(fault_of(rule("temperature", ""), true) == "/v: \"true\" is no number");
  auto level = rule("airQualityLevel", "");
  level.map = {{"1", "good"}};
  CHECK(fault_of(level, 7) == "/v: \"7\" is not listed in map");
  level.otherwise = "unknown";
  CHECK(becomes(level, 7) == Json("unknown"));
  CHECK(becomes(level, 1) == Json("good"));
}

TEST_CASE("plan: of several names the first that is there wins") {
  Setup setup;
  auto temperature = rule("temperature", "/a");
  temperature.from.push_back(here("/b"));
  setup.entity.attributes = {temperature};
  CHECK(only(setup.run(group({{"/b", 2, ""}})))["temperature"] == 2);
  CHECK(only(setup.run(group({{"/b", 2, ""}, {"/a", 1, ""}})))["temperature"] == 1);
}

TEST_CASE("plan: a wind from the west is -90 in Environment") {
  CHECK(becomes(rule("windDirection", "", "DD"), 270) == Json(-90));
  CHECK(becomes(rule("windDirection", "", "DD"), 180) == Json(180));
}

TEST_CASE("plan: what breaks the model comes out with a pointer and a reason") {
  Setup setup;
  setup.entity.attributes = {rule("relativeHumidity", "/rh")};
  const auto mapped = setup.run(group({{"/rh", 45, ""}}));
  REQUIRE(mapped.ok());
  CHECK((*mapped)[0].pointer == "/relativeHumidity");
  CHECK((*mapped)[0].reason == "45 is above the maximum 1");
}

TEST_CASE("plan: the time comes from the device, else the network, else the arrival") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p")};
  const auto at = [&](std::optional<Timestamp> device, std::optional<Timestamp> network) {
    ObservationGroup seen{"", device, network, {{"/p", 1, ""}}};
    const auto mapped = setup.run(seen);
    return std::make_pair((*mapped)[0].update.observed_at, (*mapped)[0].time_source);
  };
  const Timestamp early{kNoon.ms - 5'000}, earlier{kNoon.ms - 9'000}, epoch{0};
  CHECK(at(early, earlier) == std::make_pair(early, TimeSource::kDevice));
  CHECK(at(epoch, earlier) == std::make_pair(earlier, TimeSource::kNetwork));
  CHECK(at(std::nullopt, std::nullopt) == std::make_pair(kNoon, TimeSource::kArrival));
}

TEST_CASE("plan: a partial message sends what it holds, an empty one sends nothing") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p"), rule("pm10", "/q")};
  const Json entity = only(setup.run(group({{"/p", 3, ""}})));
  CHECK(entity.contains("pm25"));
  CHECK_FALSE(entity.contains("pm10"));
  CHECK(setup.run(group({{"/other", 3, ""}}))->empty());
  CHECK(setup.run(group({{"/p", nullptr, ""}}))->empty());
}

TEST_CASE("plan: a place from the payload beats devices.csv, which beats the mapping") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p")};
  setup.entity.location->lon = here("/lon");
  setup.entity.location->lat = here("/lat");
  const auto place = [&](const ObservationGroup& seen) {
    return only(setup.run(seen))["location"]["coordinates"];
  };
  CHECK(place(group({{"/p", 1, ""}})) == Json::array({4.4025, 51.2194}));
  setup.config.devices.file = here("devices.csv");
  setup.config.devices.by_key["s1"] = {"s1", "", Json::array({5, 50}), {{"dataProvider", "Port"}}};
  CHECK(place(group({{"/p", 1, ""}})) == Json::array({5, 50}));
  CHECK(place(group({{"/p", 1, ""}, {"/lon", "6.5", ""}, {"/lat", 49, ""}})) ==
        Json::array({6.5, 49}));
  CHECK(only(setup.run(group({{"/p", 1, ""}})))["dataProvider"] == "Port");
}

TEST_CASE("plan: a device that devices.csv does not list is held or mapped, as configured") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p")};
  setup.config.devices.file = here("devices.csv");
  setup.config.devices.unknown = config::UnknownDevice::kHold;
  const auto held = setup.run(group({{"/p", 1, ""}}));
  REQUIRE_FALSE(held.ok());
  CHECK(is_unknown_device(held.error()));
  CHECK(held.error().text == "device s1 is not listed in devices.csv");
  setup.config.devices.unknown = config::UnknownDevice::kMap;
  CHECK(setup.run(group({{"/p", 1, ""}})).ok());
}

TEST_CASE("plan: devices.csv gives a device its own entity id") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p")};
  setup.config.devices.file = here("devices.csv");
  setup.config.devices.by_key["s1"] = {
      "s1", "urn:ngsi-ld:AirQualityObserved:Centrum", std::nullopt, {}};
  CHECK(only(setup.run(group({{"/p", 1, ""}})))["id"] == "urn:ngsi-ld:AirQualityObserved:Centrum");
}

TEST_CASE("plan: a capture from the payload names the entity, a missing one is malformed") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p")};
  setup.mapping.capture["dev"] = here("/dev");
  setup.entity.id = here("urn:ngsi-ld:AirQualityObserved:{dev}");
  CHECK(only(setup.run(group({{"/p", 1, ""}, {"/dev", "a7", ""}})))["id"] ==
        "urn:ngsi-ld:AirQualityObserved:a7");
  CHECK(setup.run(group({{"/p", 1, ""}})).error().text == "id: the payload has nothing for {dev}");
}

TEST_CASE("plan: an interval is derived from the reporting period") {
  Setup setup;
  setup.entity.model = here("NoiseLevelObserved");
  setup.entity.id = here("urn:ngsi-ld:NoiseLevelObserved:{station}");
  setup.entity.attributes = {rule("LAeq", "/l")};
  setup.mapping.period = std::chrono::minutes(15);
  const Json entity = only(setup.run(group({{"/l", 61.5, ""}})));
  CHECK(entity["dateObservedFrom"] == "2026-03-01T11:45:00.000Z");
  CHECK(entity["dateObservedTo"] == "2026-03-01T12:00:00.000Z");
}

TEST_CASE("plan: one reading to several entities") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p")};
  auto& device = setup.mapping.entities.emplace_back();
  device.model = here("Device");
  device.id = here("urn:ngsi-ld:Device:{station}");
  device.attributes = {rule("batteryLevel", "/bat", "P1")};
  device.statics = {{here("controlledProperty"), Json::array({"airPollution"})}};
  const auto mapped = setup.run(group({{"/p", 1, ""}, {"/bat", 80, ""}}));
  REQUIRE(mapped.ok());
  REQUIRE(mapped->size() == 2);
  CHECK((*mapped)[1].reason == "");
  CHECK(ngsi_ld::to_key_values((*mapped)[1].update)["batteryLevel"] == Json(0.8));
}

TEST_CASE("plan: every stage explains itself") {
  Setup setup;
  setup.entity.attributes = {rule("temperature", "/t", "FAH"), rule("pm25", "/p")};
  Explanation explanation;
  CHECK(setup.run(group({{"/t", 71.6, ""}}), &explanation).ok());
  CHECK(explanation ==
        std::vector<std::string>{"capture: station = s1",
                                 "time: 2026-03-01T12:00:00.000Z from the arrival at the gateway",
                                 "entity: urn:ngsi-ld:AirQualityObserved:s1",
                                 "  temperature: /t = 71.6 (FAH -> CEL) -> 22",
                                 "  pm25: /p is not in the payload"});
}
