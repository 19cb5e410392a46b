// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <limits>

#include "model/catalogue.h"
#include "model/normalized.h"
#include "ngsi_ld/serialize.h"

using namespace lamppost;
using model::Catalogue;
using model::check;

namespace {

const Catalogue& shipped() {
  static const Catalogue kCatalogue = [] {
    Findings findings;
    return Catalogue::load({LAMPPOST_SOURCE_DIR "/config/models"}, findings);
  }();
  return kCatalogue;
}

// The good entity of a type, from entities.json.
EntityUpdate good(const std::string& type) {
  static const auto kEntities = test::read_json(LAMPPOST_SOURCE_DIR "/tests/model/entities.json");
  for (const auto& entity : kEntities)
    if (entity.at("type") == type) return test::update_of(entity);
  throw std::runtime_error("no entity of type " + type);
}

Attribute& attribute(EntityUpdate& update, const std::string& name) {
  for (auto& attribute : update.attributes)
    if (attribute.name == name) return attribute;
  return update.attributes.emplace_back(Attribute{name, {}, {}, "", {}});
}

// "pointer: reason" of the good entity of `type` in which one value is another, "" when it passes.
std::string verdict(const std::string& type, const std::string& name, Json value) {
  auto update = good(type);
  attribute(update, name).value = std::move(value);
  const auto found = check(*shipped().find(type), update);
  return found ? found->pointer + ": " + found->reason : "";
}

std::string verdict(const EntityUpdate& update) {
  const auto found = check(*shipped().find(update.type), update);
  return found ? found->pointer + ": " + found->reason : "";
}

std::string verdict_on_location(Json coordinates, const char* type = "Point") {
  return verdict("Streetlight", "location",
                 {{"type", type}, {"coordinates", std::move(coordinates)}});
}

}  // namespace

TEST_CASE("check: an entity of every model passes, and is serialised as it was written") {
  const auto entities = test::read_json(LAMPPOST_SOURCE_DIR "/tests/model/entities.json");
  CHECK(entities.size() == shipped().all().size());
  for (const auto& entity : entities) {
    const auto update = test::update_of(entity);
    CAPTURE(update.id);
    CHECK(verdict(update) == "");
    CHECK_FALSE(ngsi_ld::check_id(update.id));
    CHECK(ngsi_ld::to_json(update) == entity.dump());
  }
}

TEST_CASE("check: what is required must be there") {
  for (const auto& [type, model] : shipped().all())
    for (const auto& required : model.attributes) {
      if (!required.required) continue;
      auto update = good(type);
      std::erase_if(update.attributes, [&](const auto& a) { return a.name == required.name; });
      CHECK(verdict(update) == ": " + required.name + " is required and missing");
    }
}

TEST_CASE("check: a missing attribute is reported before a wrong one") {
  auto update = good("Streetlight");
  attribute(update, "illuminanceLevel").value = 50;
  std::erase_if(update.attributes, [](const auto& a) { return a.name == "status"; });
  CHECK(verdict(update) == ": status is required and missing");
}

TEST_CASE("check: numbers stay within their bounds") {
  CHECK(verdict("AirQualityObserved", "relativeHumidity", 45) ==
        "/relativeHumidity: 45 is above the maximum 1");
  CHECK(verdict("AirQualityObserved", "relativeHumidity", -0.01) ==
        "/relativeHumidity: -0.01 is below the minimum 0");
  CHECK(verdict("AirQualityObserved", "relativeHumidity", 1) == "");
  CHECK(verdict("AirQualityObserved", "relativeHumidity", 0.0) == "");
  CHECK(verdict("AirQualityObserved", "windDirection", 270) ==
        "/windDirection: 270 is above the maximum 180");
  CHECK(verdict("TrafficFlowObserved", "laneId", 0) == "/laneId: 0 is below the minimum 1");
}

TEST_CASE("check: a number that means something else may lie outside the bounds") {
  CHECK(verdict("Device", "batteryLevel", -1) == "");
  CHECK(verdict("Device", "batteryLevel", -1.0) == "");
  CHECK(verdict("Device", "batteryLevel", -0.5) == "/batteryLevel: -0.5 is below the minimum 0");
}

TEST_CASE("check: every JSON type is held to") {
  CHECK(verdict("AirQualityObserved", "pm25", "12") == "/pm25: \"12\" is not a number");
  CHECK(verdict("AirQualityObserved", "pm25", true) == "/pm25: true is not a number");
  CHECK(verdict("AirQualityObserved", "pm25", nullptr) == "/pm25: null is not a number");
  CHECK(verdict("AirQualityObserved", "airQualityIndex", 42.5) ==
        "/airQualityIndex: 42.5 is not an integer");
  CHECK(verdict("AirQualityObserved", "airQualityIndex", 42.0) == "");
  CHECK(verdict("AirQualityObserved", "airQualityIndex", 1e300) ==
        "/airQualityIndex: 1e+300 is not an integer");
  CHECK(verdict("AirQualityObserved", "airQualityLevel", 3) ==
        "/airQualityLevel: 3 is not a string");
  CHECK(verdict("TrafficFlowObserved", "congested", "no") ==
        "/congested: \"no\" is not true or false");
  CHECK(verdict("OffStreetParking", "address", "Groenplaats") ==
        "/address: \"Groenplaats\" is not a plain object");
  CHECK(verdict("OffStreetParking", "address", {{"@type", "DateTime"}, {"@value", "x"}}) ==
        "/address: an object is not a plain object");
  CHECK(verdict("WasteContainer", "category", "ground") == "/category: \"ground\" is not an array");
  CHECK(verdict("WasteContainer", "image", "bin.jpg") == "/image: \"bin.jpg\" is not a URI");
  CHECK(verdict("WasteContainer", "image", Json::array()) == "/image: an array is not a URI");
}

TEST_CASE("check: a DateTime is a typed value with a UTC instant") {
  const auto with = [](Json value) {
    return verdict("DeviceMeasurement", "dateObserved", std::move(value));
  };
  const auto typed = [](const char* text) { return Json{{"@type", "DateTime"}, {"@value", text}}; };
  const char* const refused = "/dateObserved: an object is not a DateTime with a UTC instant";
  CHECK(with(typed("2026-03-01T12:00:00.000Z")) == "");
  CHECK(with(typed("2026-03-01T12:00:00Z")) == "");
  CHECK(with(typed("2026-03-01T12:00:00+01:00")) == refused);
  CHECK(with(typed("2026-03-01T12:00:00")) == refused);
  CHECK(with(typed("2026-13-01T12:00:00Z")) == refused);
  CHECK(with({{"@type", "Date"}, {"@value", "2026-03-01T12:00:00Z"}}) == refused);
  CHECK(with({{"@value", "2026-03-01T12:00:00Z"}}) == refused);
  CHECK(with("2026-03-01T12:00:00.000Z") ==
        "/dateObserved: \"2026-03-01T12:00:00.000Z\" is not a DateTime with a UTC instant");
}

TEST_CASE("check: a word is one of the words of its model") {
  CHECK(verdict("ParkingSpot", "status", "closd") ==
        "/status: \"closd\" is not one of free, occupied, closed, unknown");
  CHECK(verdict("ParkingSpot", "status", "Free") != "");
  CHECK(verdict("TrafficFlowObserved", "vehicleType", "ufo") ==
        "/vehicleType: \"ufo\" is not one of agriculturalVehicle, bicycle, bus, minibus, car, "
        "caravan, tram, tanker, carWithCaravan, carWithTrailer, lorry, moped, ...");
}

TEST_CASE("check: what is a word or a number is nothing else") {
  CHECK(verdict("WeatherObserved", "visibility", "good") == "");
  CHECK(verdict("WeatherObserved", "visibility", 4000) == "");
  CHECK(verdict("WeatherObserved", "visibility", -1) == "/visibility: -1 is below the minimum 0");
  CHECK(verdict("WeatherObserved", "visibility", "fog").starts_with("/visibility: \"fog\" is not"));
  CHECK(verdict("WeatherObserved", "visibility", true) ==
        "/visibility: true is neither a string nor a number");
}

TEST_CASE("check: every item of an array is held to its type and words") {
  CHECK(verdict("ParkingSpot", "category", {"onStreet", "offStreet"}) == "");
  CHECK(verdict("ParkingSpot", "category", {"onStreet", "kerb"}) ==
        "/category/1: \"kerb\" is not one of onStreet, offStreet");
  CHECK(verdict("ParkingSpot", "category", {"onStreet", 7}) == "/category/1: 7 is not a string");
  CHECK(verdict("ParkingSpot", "category", {"onStreet", "onStreet"}) ==
        "/category/1: \"onStreet\" is there twice");
  CHECK(verdict("ParkingSpot", "category", Json::array()) ==
        "/category: an empty array cannot be sent");
  CHECK(verdict("WasteContainer", "owner", Json::array({"the city"})) ==
        "/owner/0: \"the city\" is not a URI");
}

TEST_CASE("check: a Relationship points at a URI that every broker takes") {
  CHECK(verdict("AirQualityObserved", "refDevice", "device 1") ==
        "/refDevice: \"device 1\" is not a URI");
  CHECK(verdict("AirQualityObserved", "refDevice", "ap_542") != "");
  CHECK(verdict("AirQualityObserved", "refDevice", "urn:ngsi-ld:Device:a;b") != "");
  CHECK(verdict("AirQualityObserved", "refDevice", "urn:") != "");
  CHECK(verdict("AirQualityObserved", "refDevice", "1urn:x") != "");
  CHECK(verdict("AirQualityObserved", "refDevice", "urn:" + std::string(3000, 'x')) != "");
  CHECK(verdict("AirQualityObserved", "refDevice", "urn:" + std::string(252, 'x')) == "");
  CHECK(verdict("AirQualityObserved", "refDevice", "urn:" + std::string(253, 'x')) ==
        "/refDevice: the target has more than 256 characters");
  CHECK(verdict("AirQualityObserved", "refDevice", Json::array({"urn:a:b"})) ==
        "/refDevice: an array is not a URI");
  CHECK(verdict("AirQualityObserved", "refDevice", "https://city.example/d/1?x=%20") == "");
}

TEST_CASE("check: a location is GeoJSON in WGS84 with longitude first") {
  CHECK(verdict_on_location({-180, 90}) == "");
  CHECK(verdict_on_location({4.4, 51.2, 12.5}) == "");
  CHECK(verdict_on_location({200, 51.2}) == "/location: longitude 200 is outside -180..180");
  CHECK(verdict_on_location({51.2, 104.4}) ==
        "/location: latitude 104.4 is outside -90..90; longitude comes first");
  CHECK(verdict_on_location({std::numeric_limits<double>::quiet_NaN(), 51.2}) ==
        "/location: a position holds numbers only");
  CHECK(verdict_on_location({"4.4", "51.2"}) == "/location: a position holds numbers only");
  CHECK(verdict_on_location({4.4}) ==
        "/location: a position is an array of longitude, latitude and perhaps altitude");
  CHECK(verdict_on_location({{4.4, 51.2}, {4.5, 51.2}}, "LineString") == "");
  CHECK(verdict_on_location(Json::array({Json{4.4, 51.2}}), "LineString") ==
        "/location: a LineString needs at least 2 positions");
  const Json ring = {{4.4, 51.2}, {4.5, 51.2}, {4.5, 51.3}, {4.4, 51.2}};
  const Json open_ring = {{4.4, 51.2}, {4.5, 51.2}, {4.5, 51.3}, {4.4, 51.3}};
  CHECK(verdict_on_location(Json::array({ring}), "Polygon") == "");
  CHECK(verdict_on_location(Json::array({open_ring}), "Polygon") ==
        "/location: a ring must end at its first position");
  CHECK(verdict_on_location(Json::array({Json{{4.4, 51.2}, {4.4, 51.2}}}), "Polygon") ==
        "/location: a ring needs at least 4 positions");
  CHECK(verdict_on_location(Json::array(), "Polygon") ==
        "/location: a Polygon needs at least one ring");
  CHECK(verdict_on_location({4.4, 51.2}, "point") ==
        "/location: only Point, LineString and Polygon are understood by every broker");
  CHECK(verdict("Streetlight", "location", {4.4, 51.2}) ==
        "/location: a GeoProperty holds a GeoJSON geometry");
  CHECK(verdict("Streetlight", "location", {{"type", "Point"}}) ==
        "/location: a GeoJSON geometry has type and coordinates");
}

TEST_CASE("check: a unit is one that the model expects") {
  auto update = good("AirQualityObserved");
  attribute(update, "no2").unit_code = "61";
  CHECK(verdict(update) == "");
  attribute(update, "no2").unit_code = "GP";
  CHECK(verdict(update) == "/no2: unitCode \"GP\" is not GQ or 61");
  attribute(update, "no2").unit_code = "";  // nobody knows: sent as it is
  CHECK(verdict(update) == "");
  attribute(update, "typeofLocation").unit_code = "C62";
  CHECK(verdict(update) ==
        "/typeofLocation: only a number carries a unit, this has unitCode \"C62\"");
}

TEST_CASE("check: an attribute is of the kind its model says") {
  auto update = good("AirQualityObserved");
  attribute(update, "refDevice").kind = AttributeKind::kProperty;
  CHECK(verdict(update) == "/refDevice: a Property is here, not a Relationship");
  update = good("AirQualityObserved");
  attribute(update, "refDevice").unit_code = "C62";
  CHECK(verdict(update) == "/refDevice: only a Property carries a unit");
}

TEST_CASE("check: only attributes of the model leave, each once") {
  CHECK(verdict("AirQualityObserved", "pm2_5", 12) ==
        "/pm2_5: \"pm2_5\" is not an attribute of AirQualityObserved; did you mean \"pm25\"?");
  CHECK(verdict("AirQualityObserved", "a/b~c", 12).starts_with("/a~1b~0c: \"a/b~c\" is not"));
  auto update = good("AirQualityObserved");
  update.attributes.push_back(attribute(update, "pm25"));
  CHECK(verdict(update) == "/pm25: is there twice");
}

TEST_CASE("check: an entity of another type is refused") {
  const auto found = check(*shipped().find("Device"), good("Streetlight"));
  REQUIRE(found);
  CHECK(found->pointer == "/type");
  CHECK(found->reason == "\"Streetlight\" is not Device");
}

TEST_CASE("check: what no broker takes is refused wherever it hides") {
  CHECK(verdict("OffStreetParking", "address", {{"streetAddress", nullptr}}) ==
        "/address: null cannot be sent");
  CHECK(verdict("OffStreetParking", "address", {{"a", {{"b", Json::array()}}}}) ==
        "/address: an empty array cannot be sent");
  CHECK(verdict("AirQualityObserved", "airQualityLevel", "urn:ngsi-ld:null") ==
        "/airQualityLevel: \"urn:ngsi-ld:null\" cannot be sent: it means deletion");
  CHECK(verdict("AirQualityObserved", "pm25", std::numeric_limits<double>::infinity()) ==
        "/pm25: a number that is not finite cannot be sent");
  Json deep = 1;
  for (int level = 0; level < 40; ++level) deep = Json{{"x", deep}};
  CHECK(verdict("OffStreetParking", "address", deep) == "/address: nested deeper than 32 levels");
}

TEST_CASE("check: a reason is harmless in a log and short, whatever was sent") {
  const auto reason = verdict("ParkingSpot", "status", "\x1b[31m\n" + std::string(5000, 'x'));
  CHECK(reason.size() < 200);
  CHECK(reason.find('\x1b') == std::string::npos);
  CHECK(reason.find('\n') == std::string::npos);
}
