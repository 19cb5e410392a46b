// SPDX-License-Identifier: Apache-2.0
#include "config/profile.h"

#include <doctest/doctest.h>

#include "tests/config/project.h"

using namespace lamppost;
using namespace lamppost::config;

namespace {

const std::string kEnds = std::string(kSite) + kCity;

constexpr const char* kProfile = R"(title = "Test family"
[mapping]
match  = "family/{device}/state"
format = "json"
model  = "WeatherObserved"
id     = "urn:ngsi-ld:{model}:{device}"
[mapping.attributes]
temperature = { from = "/t", unit = "FAH" }
dewPoint    = { from = "/d", unit = "FAH" }
[mapping.relationships]
refDevice = "urn:ngsi-ld:Device:{device}"
[[mapping.entity]]
model = "Device"
id    = "urn:ngsi-ld:Device:{device}"
[mapping.entity.attributes]
batteryLevel = { from = "/b", unit = "P1" }
)";

constexpr const char* kUse = "[[mapping]]\nname = \"a\"\nsource = \"site\"\nprofile = \"family\"\n";

struct Families {
  Project project;
  explicit Families(const std::string& profile = kProfile) {
    project.write("profiles/family.toml", profile);
  }
  Mapping mapping(const std::string& more) {
    auto config = project.load(kEnds + kUse + more);
    CHECK(project.printed() == "");
    REQUIRE(config.mappings.size() == 1);
    return std::move(config.mappings[0]);
  }
  std::string complaints(const std::string& more) {
    return project.complaints(kEnds + kUse + more);
  }
};

std::string models_of(const Mapping& mapping) {
  std::string text;
  for (const auto& entity : mapping.entities)
    text += (text.empty() ? "" : " ") + entity.model.value + (entity.location ? "@" : "");
  return text;
}

}  // namespace

TEST_CASE("profile: answers for every key that the mapping leaves out") {
  Families families;
  const Mapping mapping = families.mapping("");
  CHECK(mapping.match.value == "family/{device}/state");
  CHECK(mapping.entities.at(0).id.value == "urn:ngsi-ld:WeatherObserved:{device}");
  CHECK(mapping.entities.at(0).attributes.size() == 2);
  CHECK(models_of(mapping) == "WeatherObserved Device");
  CHECK(mapping.profiles == "family");
}

TEST_CASE("profile: what the mapping says itself wins, key by key") {
  Families families;
  const Mapping mapping = families.mapping(
      "match = \"other/{device}\"\n[mapping.attributes]\ntemperature = { unit = \"CEL\" }\n"
      "dewPoint = false\nrelativeHumidity = { from = \"/rh\" }\n");
  CHECK(mapping.match.value == "other/{device}");
  const auto& rules = mapping.entities.at(0).attributes;
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].name.value == "temperature");
  CHECK(rules[0].from.at(0).value == "/t");
  CHECK(rules[0].unit.value == "CEL");
  CHECK(rules[1].name.value == "relativeHumidity");
}

TEST_CASE("profile: entities that it adds stand where the mapping stands") {
  Families families;
  CHECK(models_of(families.mapping("location = [4.4, 51.2]\n")) == "WeatherObserved@ Device@");
  CHECK(models_of(families.mapping("without = [\"Device\"]\n")) == "WeatherObserved");
  CHECK(families.complaints("without = [\"Devise\"]\n") ==
        "lamppost.toml:10:12: error: no profile of this mapping adds an entity of \"Devise\"\n"
        "   10 | without = [\"Devise\"]\n"
        "      |            ^\n");
}

TEST_CASE("profile: under another model its attributes may be missing, its id follows") {
  Families families;
  const Mapping mapping = families.mapping("model = \"IndoorEnvironmentObserved\"\n");
  CHECK(mapping.entities.at(0).id.value == "urn:ngsi-ld:IndoorEnvironmentObserved:{device}");
  CHECK(mapping.entities.at(0).dispensable ==
        std::set<std::string>{"dewPoint", "refDevice", "temperature"});
  CHECK(families.mapping("").entities.at(0).dispensable.empty());
}

TEST_CASE("profile: a mapping with entities of its own takes none of the profile's") {
  Families families;
  const Mapping mapping = families.mapping(
      "[[mapping.entity]]\nmodel = \"Alert\"\nid = \"urn:ngsi-ld:Alert:{device}\"\n"
      "static = { severity = \"low\" }\n");
  CHECK(models_of(mapping) == "Alert");
}

TEST_CASE("profile: of several the first that has a key answers, and profiles build on profiles") {
  Families families;
  families.project.write("profiles/first.toml", "[mapping]\nformat = \"senml\"\n");
  families.project.write("profiles/top.toml",
                         "[mapping]\nprofile = [\"first\", \"family\"]\nperiod = \"5min\"\n");
  auto config = families.project.load(
      kEnds + "[[mapping]]\nname = \"a\"\nsource = \"site\"\nprofile = \"top\"\n");
  CHECK(families.project.printed() == "");
  CHECK(config.mappings.at(0).format.value == "senml");
  CHECK(config.mappings.at(0).period == Milliseconds(300'000));
  CHECK(config.mappings.at(0).match.value == "family/{device}/state");
}

TEST_CASE("profile: one that does not exist") {
  Families families;
  CHECK(families.project.complaints(
            kEnds + "[[mapping]]\nname = \"a\"\nsource = \"site\"\nprofile = \"famly\"\n") ==
        "lamppost.toml:9:11: error: no profile is named \"famly\"\n"
        "    9 | profile = \"famly\"\n"
        "      |           ^ did you mean \"family\"?\n");
}

TEST_CASE("profile: a name leads to no file elsewhere") {
  Families families;
  families.project.write("secret.toml", kProfile);
  CHECK(families.project
            .complaints(kEnds + "[[mapping]]\nname = \"a\"\nsource = \"site\"\n"
                                "profile = \"../secret\"\n")
            .starts_with("lamppost.toml:9:11: error: no profile is named \"../secret\"\n"));
}

TEST_CASE("profile: a mistake in it is told at its own place, once") {
  Families families(
      "[mapping]\nmatch = \"a/{device}\"\nformat = \"json\"\nmodel = \"M\"\n"
      "id = \"i:{device}\"\nperiod = \"5 parsec\"\n[mapping.attributes]\n"
      "a = { from = \"/a\" }\n[exmple]\n");
  CHECK(
      families.complaints("[[mapping]]\nname = \"b\"\nsource = \"site\"\nprofile = \"family\"\n") ==
      "profiles/family.toml:6:10: error: period: expected a duration such as \"500ms\", \"2s\", "
      "\"10min\" or \"7d\", not the text \"5 parsec\"\n"
      "    6 | period = \"5 parsec\"\n"
      "      |          ^\n"
      "profiles/family.toml:9:2: error: unknown key \"exmple\" in a profile\n"
      "    9 | [exmple]\n"
      "      |  ^ did you mean \"example\"?\n");
}

TEST_CASE("profile: {profile} is one mapping for each profile of devices.csv") {
  Families families;
  families.project.write("profiles/cold.toml",
                         "[mapping.attributes]\ntemperature = { from = \"/c\" }\n");
  families.project.write("devices.csv", "key,profile\nroof,cold\ncellar,family\nattic,\n");
  const std::string use =
      kEnds +
      "[[mapping]]\nname = \"a\"\nsource = \"site\"\nprofile = [\"{profile}\", \"family\"]\n";
  const auto config = families.project.load(use + "[devices]\nfile = \"devices.csv\"\n");
  CHECK(families.project.printed() == "");
  REQUIRE(config.mappings.size() == 2);
  CHECK(config.mappings[0].name == "a/cold");
  CHECK(config.mappings[0].device_profile == "cold");
  CHECK(config.mappings[0].entities.at(0).attributes.at(0).from.at(0).value == "/c");
  CHECK(config.mappings[1].entities.at(0).attributes.at(0).from.at(0).value == "/t");
  CHECK(families.project.complaints(use) ==
        "lamppost.toml:9:11: error: profile: {profile} is a column of devices.csv, which has none\n"
        "    9 | profile = [\"{profile}\", \"family\"]\n"
        "      |           ^ [devices] file = \"devices.csv\" with a header key,profile,...\n");
}

TEST_CASE("layout: the option decode is the layout of that name, joined with what it extends") {
  Project project;
  project.write("layouts/base.toml", "endian = \"big\"\nitem = [{ key = \"01\", a = 1 }]\n");
  project.write("layouts/own.toml",
                "extends = \"base\"\nendian = \"little\"\nitem = [{ key = \"02\" }]\n");
  const auto config =
      project.load(kEnds + std::string(kAir).replace(std::string(kAir).find("[mapping.attributes]"),
                                                     0, "options = { decode = \"own\" }\n"));
  CHECK(project.printed() == "");
  const auto& mapping = config.mappings.at(0);
  REQUIRE(mapping.layout != nullptr);
  CHECK(mapping.options.at("decode").value == mapping.layout->content);
  CHECK(mapping.layout->content.dump() ==
        R"({"endian":"little","extends":"base","item":[{"key":"02"},{"a":1,"key":"01"}]})");
  CHECK(mapping.layout->where("/item/1/a").file.ends_with("base.toml"));
  CHECK(mapping.layout->where("/item/0/nothing").line == 3);
}

TEST_CASE("layout: a profile may hold its own, and one that is no table is told") {
  const std::string profile =
      "[mapping]\nmatch = \"b/{device}\"\nformat = \"bytes\"\nmodel = \"Device\"\n"
      "id = \"urn:ngsi-ld:Device:{device}\"\noptions = { decode = \"family\" }\n"
      "[mapping.attributes]\nrssi = { from = \"r\" }\n";
  Families families(profile + "[layout]\nextends = \"base\"\nendian = \"little\"\n");
  families.project.write("layouts/base.toml", "item = [{ key = \"01\" }]\n");
  const Mapping mapping = families.mapping("");
  REQUIRE(mapping.layout != nullptr);
  CHECK(mapping.layout->content.dump() ==
        R"({"endian":"little","extends":"base","item":[{"key":"01"}]})");
  CHECK(mapping.layout->where("/endian").file.ends_with("family.toml"));
  CHECK(Families("layout = 1\n" + profile)
            .complaints("")
            .find("layout: expected one table headed [layout], not the integer 1") !=
        std::string::npos);
}

TEST_CASE("layout: a chain that is too long, or a circle, is told and not cut") {
  Families families(
      "title = \"Bytes\"\n[mapping]\nmatch = \"b/{device}\"\nformat = \"bytes\"\n"
      "model = \"Device\"\nid = \"urn:ngsi-ld:Device:{device}\"\n"
      "options = { decode = \"one\" }\n[mapping.attributes]\n"
      "rssi = { from = \"r\" }\n");
  families.project.write("layouts/one.toml", "extends = \"two\"\n");
  families.project.write("layouts/two.toml", "extends = \"one\"\n");
  CHECK(families.complaints("").find(
            "error: a layout extends at most 3 others, one behind the other") != std::string::npos);
}

TEST_CASE("profile: more of them than a mapping takes are told and not cut") {
  Families families;
  std::string names;
  for (int number = 0; number < 16; ++number) {
    families.project.write("profiles/p" + std::to_string(number) + ".toml",
                           "title = \"p\"\n[mapping]\n");
    names += ", \"p" + std::to_string(number) + "\"";
  }
  const std::string told = families.project.complaints(
      kEnds + "[[mapping]]\nname = \"a\"\nsource = \"site\"\nprofile = [\"family\"" + names +
      "]\n");
  CHECK(told.find("error: a mapping takes at most 16 profiles") != std::string::npos);
}

TEST_CASE("example: one that expects nothing, or has half a byte") {
  Project project;
  CHECK(project.complaints(kEnds + std::string(kAir) + "[[example]]\nhex = \"0\"\n") ==
        "lamppost.toml:15:1: error: the example expects nothing\n"
        "   15 | [[example]]\n"
        "      | ^ add observations, entities or refused\n"
        "lamppost.toml:16:7: error: hex: an odd number of digits\n"
        "   16 | hex = \"0\"\n"
        "      |       ^\n");
}
