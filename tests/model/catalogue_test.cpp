// SPDX-License-Identifier: Apache-2.0
#include "model/catalogue.h"

#include <doctest/doctest.h>

#include <fstream>

#include "core/units.h"
#include "model/normalized.h"
#include "ngsi_ld/serialize.h"
#include "support/temp_directory.h"

using namespace lamppost;
using model::Catalogue;
using model::Fill;
using model::JsonType;

namespace {

struct ModelDirectory : TempDirectory {
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(*this / name) << text;
  }
};

const Catalogue& shipped() {
  static const Catalogue kCatalogue = [] {
    Findings findings;
    auto catalogue = Catalogue::load({LAMPPOST_SOURCE_DIR "/config/models"}, findings);
    REQUIRE_MESSAGE(findings.all().empty(), findings.to_text());
    return catalogue;
  }();
  return kCatalogue;
}

// The findings of one model file, without the name of the directory.
std::string findings_of(const std::string& text) {
  const ModelDirectory directory;
  directory.write("M.toml", text);
  Findings findings;
  Catalogue::load({directory.path()}, findings);
  std::string printed = findings.to_text();
  const std::string prefix = directory.path().string() + "/";
  for (auto at = printed.find(prefix); at != std::string::npos; at = printed.find(prefix))
    printed.erase(at, prefix.size());
  return printed;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// The first finding of a model with this one attribute line, which is line 3.
std::string finding_of_attribute(const std::string& line) {
  return first_line(findings_of("type = \"M\"\n[attributes]\n" + line + "\n"));
}

}  // namespace

TEST_CASE("catalogue: the models of a city are shipped and described") {
  CHECK(shipped().types().size() == 37);
  CHECK(shipped().all().size() == 37);
  for (const auto& [type, model] : shipped().all()) {
    CAPTURE(type);
    CHECK_FALSE(model.subject.empty());
    CHECK_FALSE(model.version.empty());
    CHECK_FALSE(model.sentence.empty());
    CHECK(model.context.ends_with(model.subject + "/master/context.jsonld"));
  }
}

TEST_CASE("catalogue: every attribute that is shipped can be sent") {
  for (const auto& [type, model] : shipped().all())
    for (const auto& attribute : model.attributes) {
      CAPTURE(type);
      CHECK_FALSE(ngsi_ld::check_name(attribute.name));
    }
}

TEST_CASE("catalogue: what a required attribute of time needs is filled") {
  for (const auto& [type, model] : shipped().all())
    for (const auto& attribute : model.attributes) {
      CAPTURE(type + '.' + attribute.name);
      if (attribute.required && attribute.type == JsonType::kDateTime)
        CHECK(attribute.fill != Fill::kNone);
    }
}

TEST_CASE("catalogue: a model says all that a mapping asks") {
  const auto* air = shipped().find("AirQualityObserved");
  REQUIRE(air != nullptr);
  CHECK(air->version == "0.1.4");
  CHECK(air->attributes.front().name == "dateObserved");  // file order, not that of the alphabet
  CHECK(air->attributes.front().fill == Fill::kObservedAt);
  CHECK(air->find("relativeHumidity")->max == 1.0);
  CHECK(air->find("relativeHumidity")->unit == "C62");
  CHECK(air->find("airQualityIndex")->type == JsonType::kInteger);
  CHECK(air->find("typeofLocation")->values == std::vector<std::string>{"indoor", "outdoor"});
  CHECK(air->find("location")->kind == AttributeKind::kGeoProperty);
  CHECK(air->find("location")->required);
  CHECK_FALSE(air->find("refDevice")->many);
  CHECK(shipped().find("ParkingSpot")->find("refDevice")->many);
  CHECK(shipped().find("Device")->find("batteryLevel")->also == std::vector<double>{-1});
  CHECK(air->find("pm2_5") == nullptr);
  CHECK(shipped().find("AirQuality") == nullptr);
}

TEST_CASE("catalogue: a value leaves in the expected unit of its dimension") {
  const auto* air = shipped().find("AirQualityObserved");
  const auto code = [&](const char* attribute, const char* from) {
    const auto unit = leaving_unit(*air->find(attribute), *find_unit(from));
    return unit ? std::string(unit->code) : "none";
  };
  CHECK(code("no2", "GP") == "GQ");
  CHECK(code("no2", "59") == "61");
  CHECK(code("no2", "CEL") == "none");
  CHECK(code("temperature", "FAH") == "CEL");
  const auto* measurement = shipped().find("DeviceMeasurement");
  CHECK(leaving_unit(*measurement->find("numValue"), *find_unit("MTR"))->code == "MTR");
}

TEST_CASE("catalogue: an angle is folded into the circle of its model") {
  const auto& west = *shipped().find("AirQualityObserved")->find("windDirection");
  const auto& round = *shipped().find("WeatherObserved")->find("windDirection");
  CHECK(fold(west, 270) == -90);
  CHECK(fold(west, 359.9) == -0.1);
  CHECK(fold(west, 180) == 180);
  CHECK(fold(west, -180) == -180);
  CHECK(fold(west, 181) == -179);
  CHECK(fold(west, 900) == -180);
  CHECK(fold(round, -90) == 270);
  CHECK(fold(round, 360) == 360);
  CHECK(fold(round, 725) == 5);
  CHECK(fold(*shipped().find("WeatherObserved")->find("temperature"), 500) == 500);
  const auto& heading = *shipped().find("Vehicle")->find("heading");
  CHECK(fold(heading, -1) == -1);  // unknown, not 359
  CHECK(fold(heading, -90) == 270);
}

TEST_CASE("catalogue: a mistake in a model file is shown in its place") {
  CHECK(findings_of("type = \"M\"\n[attributes]\na = { type = \"number\", mni = 0 }\n") ==
        "M.toml:3:24: error: unknown key \"mni\"\n"
        "    3 | a = { type = \"number\", mni = 0 }\n"
        "      |                        ^ did you mean \"min\"?\n");
}

TEST_CASE("catalogue: every mistake an attribute can hold is found") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"a = { type = \"nubmer\" }", "3:14: error: unknown type \"nubmer\""},
      {"a = { kind = \"Relation\" }", "3:14: error: unknown kind \"Relation\""},
      {"a = { kind = \"\" }", "3:14: error: unknown kind \"\""},
      {"a = { type = 3 }", "3:14: error: \"type\" must be a string"},
      {"a = { min = 0 }", "3:1: error: \"a\" needs a type"},
      {"a = \"number\"", "3:5: error: an attribute is described by a table: { type = \"number\" }"},
      {"a-b = { type = \"any\" }",
       "3:1: error: \"a-b\" is no NGSI-LD name: a letter, then letters, digits, _"},
      {"a = { type = \"number\", unit = \"ug/m3\" }", "3:31: error: unknown unit \"ug/m3\""},
      {"a = { type = \"number\", unit = [\"GQ\", \"GQ\"] }", "3:38: error: \"GQ\" is there twice"},
      {"a = { type = \"number\", unit = 1 }", "3:31: error: \"unit\" must be a string"},
      {"a = { type = \"string\", unit = \"GQ\" }",
       "3:24: error: \"unit\" belongs to a number only"},
      {"a = { type = \"number\", min = 2, max = 1 }", "3:24: error: \"min\" is above max"},
      {"a = { type = \"number\", min = \"0\" }", "3:30: error: \"min\" must be a number"},
      {"a = { type = \"number\", max = inf }", "3:30: error: \"max\" must be a number"},
      {"a = { type = \"string\", max = 1 }", "3:24: error: \"max\" belongs to a number only"},
      {"a = { type = \"number\", also = -1 }", "3:31: error: \"also\" must be an array of numbers"},
      {"a = { type = \"number\", also = [true] }", "3:32: error: \"also\" must hold numbers only"},
      {"a = { type = \"number\", circular = true }",
       "3:24: error: \"circular\" needs a number with min and max"},
      {"a = { type = \"string\", values = [] }",
       "3:33: error: \"values\" must be an array of strings"},
      {"a = { type = \"string\", values = [1] }", "3:34: error: \"values\" must hold strings only"},
      {"a = { type = \"string\", values = [\"x\", \"x\"] }", "3:39: error: \"x\" is there twice"},
      {"a = { type = \"number\", values = [\"x\"] }",
       "3:24: error: \"values\" belongs to strings only"},
      {"a = { type = \"array\", values = [\"x\"] }",
       "3:23: error: \"values\" belongs to strings only"},
      {"a = { type = \"string\", item = \"uri\" }",
       "3:24: error: \"item\" belongs to an array only"},
      {"a = { type = \"string\", required = 1 }",
       "3:35: error: \"required\" must be true or false"},
      {"a = { type = \"string\", many = true }",
       "3:24: error: \"many\" belongs to a Relationship only"},
      {"a = { kind = \"Relationship\", type = \"uri\" }",
       "3:30: error: \"type\" belongs to a Property only"},
      {"a = { type = \"string\", fill = \"now\" }", "3:31: error: unknown fill \"now\""},
      {"a = { type = \"number\", fill = \"observed_at\" }",
       "3:24: error: \"fill\" belongs to a string or a date_time only"},
      {"a = { type = \"any\" }\na = { type = \"any\" }", "4:5: error: "},  // toml++ words the rest
  };
  for (const auto& [line, finding] : cases) {
    const std::string found = finding_of_attribute(line);
    CHECK_MESSAGE(found.starts_with(std::string("M.toml:") + finding), found);
  }
}

TEST_CASE("catalogue: a model without its type or attributes is refused") {
  CHECK(first_line(findings_of("[attributes]\n")) ==
        "M.toml:1:1: error: a model needs a type: type = \"AirQualityObserved\"");
  CHECK(first_line(findings_of("type = \"M\"\n")) ==
        "M.toml:1:1: error: a model needs a table [attributes]");
  CHECK(first_line(findings_of("type = \"M N\"\n[attributes]\n")) ==
        "M.toml:1:8: error: \"M N\" is no NGSI-LD name: a letter, then letters, digits, _");
  CHECK(first_line(findings_of("typ = \"M\"\n[attributes]\n")).starts_with("M.toml:1:1: error: "));
}

TEST_CASE("catalogue: all mistakes of all files are found, and good models load beside them") {
  const ModelDirectory directory;
  directory.write("A.toml", "type = \"A\"\n[attributes]\nx = { type = \"t\" }\ny = { min = 0 }\n");
  directory.write("B.toml", "type = \"B\"\n[attributes]\nx = { type = \"any\" }\n");
  directory.write("C.toml", "type = \n");
  directory.write("README.md", "not a model");
  Findings findings;
  const auto catalogue = Catalogue::load({directory.path()}, findings);
  CHECK(findings.errors() == 3);
  CHECK(catalogue.all().size() == 1);
  CHECK(catalogue.find("B") != nullptr);
}

TEST_CASE("catalogue: a city's own model comes before the shipped one of the same type") {
  const ModelDirectory city;
  city.write("Streetlight.toml",
             "type = \"Streetlight\"\n[attributes]\nlux = { type = \"number\" }\n");
  Findings findings;
  const auto catalogue = Catalogue::load(
      {city.path() / "absent", city.path(), LAMPPOST_SOURCE_DIR "/config/models"}, findings);
  CHECK(findings.ok());
  CHECK(catalogue.types().size() == 37);
  CHECK(catalogue.find("Streetlight")->attribute_names() == std::vector<std::string>{"lux"});
}

TEST_CASE("catalogue: a file is named after its type") {
  const ModelDirectory directory;
  directory.write("light.toml", "type = \"Streetlight\"\n[attributes]\nx = { type = \"any\" }\n");
  Findings findings;
  Catalogue::load({directory.path()}, findings);
  REQUIRE(findings.errors() == 1);
  CHECK(findings.all()[0].text == "describes Streetlight: name it Streetlight.toml");
}

TEST_CASE("catalogue: what nobody uses is not even opened, and is known by name") {
  const ModelDirectory directory;
  directory.write("A.toml", "type = \"A\"\n[attributes]\nx = { type = \"any\" }\n");
  directory.write("Broken.toml", "type = \n");
  Findings findings;
  const auto catalogue = Catalogue::load({directory.path()}, {"A", "Absent"}, findings);
  CHECK(findings.all().empty());
  CHECK(catalogue.types() == std::vector<std::string>{"A", "Broken"});
  CHECK(catalogue.all().size() == 1);
  CHECK(catalogue.find("Broken") == nullptr);
}
