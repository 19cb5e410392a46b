// SPDX-License-Identifier: Apache-2.0
#include "mapping_fixture.h"

using namespace lamppost;
using namespace lamppost::mapping;

namespace {

// All errors of compiling, one a line, as "text (hint)".
std::string complaints(Setup& setup) {
  CHECK(setup.compiled() == nullptr);
  std::string text;
  for (const auto& finding : setup.findings.all())
    text += finding.text + (finding.hint.empty() ? "" : " (" + finding.hint + ")") + "\n";
  return text;
}

}  // namespace

TEST_CASE("compile: a good mapping compiles without a word") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p", "GQ")};
  CHECK(setup.compiled() != nullptr);
  CHECK(setup.findings.all().empty());
}

TEST_CASE("compile: an unknown model gets a suggestion") {
  Setup setup;
  setup.entity.model = here("AirQualityObservd");
  CHECK(complaints(setup) ==
        "unknown model \"AirQualityObservd\" (did you mean \"AirQualityObserved\"?)\n");
}

TEST_CASE("compile: an unknown attribute gets a suggestion") {
  Setup setup;
  setup.entity.attributes = {rule("pm2_5", "/p")};
  CHECK(complaints(setup) ==
        "AirQualityObserved has no attribute \"pm2_5\" (did you mean \"pm25\"?)\n");
}

TEST_CASE("compile: a difference and only the newest state contradict each other") {
  Setup setup;
  setup.mapping.keep_latest = true;
  setup.entity.attributes = {rule("pm25", "/p")};
  setup.entity.attributes[0].delta.emplace();
  CHECK(complaints(setup) ==
        "history = \"latest\" keeps one difference of an outage and loses what was counted before "
        "it (history = \"every\", or send the count itself, without delta)\n");
}

TEST_CASE("compile: a range as wide as the model's own is warned of, unless it drops") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p")};
  auto& quality = setup.entity.attributes[0].quality.emplace();
  quality.least = 0;
  quality.most = 500;
  CHECK(setup.compiled() != nullptr);
  REQUIRE(setup.findings.all().size() == 1);
  CHECK(setup.findings.all()[0].text ==
        "what lies below the range of pm25 is a dead letter by its model, which says min 0");
  Setup dropping;
  quality.drop = config::bit(config::Flag::kRange);
  dropping.entity.attributes = setup.entity.attributes;
  CHECK(dropping.compiled() != nullptr);
  CHECK(dropping.findings.all().empty());
}

TEST_CASE("compile: units are known and can be converted, or are refused") {
  Setup setup;
  setup.entity.attributes = {rule("temperature", "/t", "celsius")};
  CHECK(complaints(setup) ==
        "\"celsius\" is no UN/CEFACT Rec 20 unit code known here (write \"CEL\" for degree "
        "Celsius)\n");
  Setup other;
  other.entity.attributes = {rule("temperature", "/t", "KMH")};
  CHECK(complaints(other) ==
        "KMH (kilometre per hour: speed) cannot become CEL (degree Celsius: temperature), the unit "
        "of temperature "
        "(known: A48, CEL, FAH, KEL)\n");
}

TEST_CASE("compile: a gas converts between share and mass only when it is stated") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p", "61")};
  CHECK(complaints(setup) ==
        "61 (part per billion (US): ratio) cannot become GQ (microgram per cubic metre: mass "
        "concentration), the unit of pm25 "
        "(state the gas: molar_mass, gas_temperature and gas_pressure)\n");
  Setup stated;
  stated.entity.attributes = {rule("as", "/as", "61")};
  stated.entity.attributes[0].gas = Gas{77.95, 20, 1013.25};
  CHECK(stated.compiled() != nullptr);
  Setup wrong;
  wrong.entity.attributes = {rule("temperature", "/t", "CEL")};
  wrong.entity.attributes[0].gas = Gas{46.0055, 20, 1013.25};
  CHECK(complaints(wrong) ==
        "CEL is neither a share of the air nor a mass in it "
        "(molar_mass is for units such as 61 (ppb) and GQ (ug/m3))\n");
}

TEST_CASE("compile: arithmetic is for numbers") {
  Setup setup;
  auto level = rule("airQualityLevel", "/l");
  level.scale = 2;
  setup.entity.attributes = {level};
  CHECK(complaints(setup) ==
        "airQualityLevel is no number in its model (unit, scale, offset, decimals, min and max are "
        "for numbers)\n");
}

TEST_CASE("compile: a map may only give what the model allows") {
  Setup setup;
  auto level = rule("typeofLocation", "/l");
  level.map = {{"1", "roof"}};
  setup.entity.attributes = {level};
  CHECK(complaints(setup) ==
        "map turns \"1\" into what typeofLocation may not be: \"roof\" is not one of indoor, "
        "outdoor\n");
}

TEST_CASE("compile: a capture must be defined") {
  Setup setup;
  setup.entity.id = here("urn:ngsi-ld:AirQualityObserved:{statoin}");
  CHECK(complaints(setup) ==
        "{statoin} is captured nowhere in this mapping (did you mean \"station\"?)\n");
}

TEST_CASE("compile: required attributes that nothing sets are found at load") {
  Setup setup;
  setup.entity.location.reset();
  CHECK(complaints(setup) ==
        "AirQualityObserved requires location, which nothing sets (write location = [longitude, "
        "latitude], or "
        "give it in devices.csv)\n");
  Setup noise;
  noise.entity.model = here("NoiseLevelObserved");
  CHECK(complaints(noise).rfind(
            "NoiseLevelObserved requires dateObservedFrom, which nothing sets (give the "
            "reporting period of the device, such as period = \"15min\")",
            0) == 0);
}

TEST_CASE("compile: a static value must fit the model") {
  Setup setup;
  setup.entity.statics = {{here("reliability"), 7}};
  CHECK(complaints(setup) == "reliability: 7 is above the maximum 1\n");
}

TEST_CASE("compile: a relationship must be one in the model") {
  Setup setup;
  setup.entity.relationships = {{here("dataProvider"), here("urn:ngsi-ld:Organization:x")}};
  CHECK(complaints(setup) ==
        "dataProvider is no Relationship in AirQualityObserved (write it in [mapping.attributes] "
        "or [mapping.static])\n");
}

TEST_CASE("compile: a value of devices.csv that the model refuses is named with its device") {
  Setup setup;
  setup.config.devices.file = here("devices.csv");
  setup.config.devices.by_key["s1"] = {"s1", "", std::nullopt, {{"reliability", 7}}};
  CHECK(complaints(setup) == "device s1, reliability: 7 is above the maximum 1\n");
}

TEST_CASE("compile: of many devices with one mistake ten are named, the others counted") {
  Setup setup;
  setup.config.devices.file = here("devices.csv");
  for (char c = 'a'; c < 'a' + 12; ++c) {
    const std::string key(1, c);
    setup.config.devices.by_key[key] = {key, "", std::nullopt, {{"address", "Quay"}}};
  }
  const std::string all = complaints(setup);
  CHECK(all.find("device j, address: \"Quay\" is not a plain object (a column holds no object; "
                 "write it in [mapping.static])\n") != std::string::npos);
  CHECK(all.find("device k") == std::string::npos);
  CHECK(all.find("address: 2 more devices like these\n") != std::string::npos);
}

TEST_CASE("compile: the decoder is asked for every name once") {
  Setup setup;
  setup.entity.attributes = {rule("pm25", "/p"), rule("pm10", "/p")};
  setup.mapping.time.from = here("/ts");
  setup.mapping.capture["dev"] = here("/dev");
  CHECK(wanted_names(setup.mapping) == std::vector<std::string>{"/dev", "/p", "/ts"});
}
