// SPDX-License-Identifier: Apache-2.0
// What a person reads who made a mistake in a [[mapping]].
#include <doctest/doctest.h>

#include "tests/config/project.h"

using namespace lamppost;
using namespace lamppost::config;

namespace {

// Source and broker take the first five lines, the mapping begins in line 6.
const std::string kEnds = std::string(kSite) + kCity;
const std::string kAll = kEnds + kAir;

std::string complaints(const std::string& text) { return Project().complaints(text); }

}  // namespace

TEST_CASE("mapping mistake: an unknown key") {
  CHECK(complaints(kEnds + "[[mapping]]\nmodle = \"Device\"\nname = \"a\"\nsource = \"site\"\n"
                           "match = \"a\"\nformat = \"json\"\nmodel = \"M\"\nid = \"i\"\n"
                           "static = { a = 1 }\n") ==
        "lamppost.toml:7:1: error: unknown key \"modle\" in [[mapping]]\n"
        "    7 | modle = \"Device\"\n"
        "      | ^ did you mean \"model\"?\n");
}

TEST_CASE("mapping mistake: keys are missing") {
  CHECK(complaints(kEnds + "[[mapping]]\nname = \"a\"\nsource = \"site\"\nmatch = \"a\"\n"
                           "model = \"M\"\nid = \"i\"\nstatic = { a = 1 }\n") ==
        "lamppost.toml:6:1: error: [[mapping]] needs format\n"
        "    6 | [[mapping]]\n"
        "      | ^ add format = \"json\"\n");
}

TEST_CASE("mapping mistake: a single pair of brackets") {
  CHECK(complaints(kEnds + "[mapping]\nname = \"a\"\n") ==
        "lamppost.toml:6:1: error: a mapping is one of several\n"
        "    6 | [mapping]\n"
        "      | ^ write the heading as [[mapping]]\n");
}

TEST_CASE("mapping mistake: late readings for the history of a broker that keeps none") {
  std::string air = kAir;
  air.insert(air.find("source"), "late = \"temporal\"\n");
  CHECK(complaints(kEnds + air) ==
        "lamppost.toml:6:1: warning: late = \"temporal\": broker city gets no history, so late "
        "readings become dead letters there\n"
        "    6 | [[mapping]]\n"
        "      | ^ temporal = \"late\" in [broker.city] if it has /temporal/entities\n");
  CHECK(complaints(kEnds + "profile = \"stellio\"\n" + air) == "");
  CHECK(complaints(kEnds + "[broker.region]\nurl = \"http://127.0.0.1\"\ntemporal = \"late\"\n" +
                   air + "\n") != "");
}

TEST_CASE("mapping mistake: a source that does not exist") {
  CHECK(complaints(std::string("[source.sites]\ntype = \"coap\"\n") + kCity + kAir) ==
        "lamppost.toml:7:10: error: no source is named \"site\"\n"
        "    7 | source = \"site\"\n"
        "      |          ^ did you mean \"sites\"?\n");
}

TEST_CASE("mapping mistake: a broker that does not exist") {
  CHECK(complaints(kEnds + "[[mapping]]\nto = [\"city\", \"ctiy\"]\n" +
                   std::string(kAir).substr(12)) ==
        "lamppost.toml:7:15: error: no broker is named \"ctiy\"\n"
        "    7 | to = [\"city\", \"ctiy\"]\n"
        "      |               ^ did you mean \"city\"?\n");
}

TEST_CASE("mapping mistake: a name used twice") {
  CHECK(complaints(kAll + kAir) ==
        "lamppost.toml:16:8: error: mapping \"air\" is already defined at lamppost.toml:7:8\n"
        "   16 | name = \"air\"\n"
        "      |        ^\n");
}

TEST_CASE("mapping mistake: a location in another reference system") {
  CHECK(complaints(kEnds + "[[mapping]]\nlocation = { epsg = 31370, easting = \"/x\" }\n" +
                   std::string(kAir).substr(12)) ==
        "lamppost.toml:7:21: error: epsg: this version takes WGS84 longitude and latitude only\n"
        "    7 | location = { epsg = 31370, easting = \"/x\" }\n"
        "      |                     ^ location = { lon = \"...\", lat = \"...\" }\n");
}

TEST_CASE("mapping mistake: a location with half of its position") {
  CHECK(complaints(kEnds + "[[mapping]]\nlocation = { lon = \"/x\" }\n" +
                   std::string(kAir).substr(12)) ==
        "lamppost.toml:7:12: error: location needs lat\n"
        "    7 | location = { lon = \"/x\" }\n"
        "      |            ^ add lat = \"/lat\"\n");
}

TEST_CASE("mapping mistake: one entity and several at once") {
  CHECK(
      complaints(kAll + "[[mapping.entity]]\nmodel = \"M\"\nid = \"i\"\nstatic = { a = 1 }\n") ==
      "lamppost.toml:11:1: error: \"model\" belongs into one of the [[mapping.entity]] blocks that "
      "begin at lamppost.toml:15:1\n"
      "   11 | model = \"AirQualityObserved\"\n"
      "      | ^\n"
      "lamppost.toml:12:1: error: \"id\" belongs into one of the [[mapping.entity]] blocks that "
      "begin at lamppost.toml:15:1\n"
      "   12 | id = \"urn:ngsi-ld:AirQualityObserved:{station}\"\n"
      "      | ^\n"
      "lamppost.toml:13:10: error: \"attributes\" belongs into one of the [[mapping.entity]] "
      "blocks "
      "that begin at lamppost.toml:15:1\n"
      "   13 | [mapping.attributes]\n"
      "      |          ^\n");
}

TEST_CASE("mapping mistake: an attribute written by two tables") {
  CHECK(complaints(kAll + "[mapping.static]\npm25 = 3\n") ==
        "lamppost.toml:16:1: error: \"pm25\" is already set in attributes at lamppost.toml:14:1\n"
        "   16 | pm25 = 3\n"
        "      | ^\n");
}

TEST_CASE("mapping mistake: a bare text instead of a rule") {
  CHECK(
      complaints(kAll + "no2 = \"/no2\"\n") ==
      "lamppost.toml:15:7: error: no2: expected a rule such as { from = \"/pm2_5\" }, not the text "
      "\"/no2\"\n"
      "   15 | no2 = \"/no2\"\n"
      "      |       ^ write { from = \"/no2\" }\n");
}

TEST_CASE("mapping mistake: an unknown key in a rule") {
  CHECK(complaints(kAll + "no2 = { from = \"/no2\", unti = \"GQ\" }\n") ==
        "lamppost.toml:15:24: error: unknown key \"unti\" in attribute \"no2\"\n"
        "   15 | no2 = { from = \"/no2\", unti = \"GQ\" }\n"
        "      |                        ^ did you mean \"unit\"?\n");
}

TEST_CASE("mapping mistake: a minimum above the maximum") {
  CHECK(complaints(kAll + "no2 = { from = \"/no2\", min = 5, max = 1 }\n") ==
        "lamppost.toml:15:30: error: min: is above max at lamppost.toml:15:39\n"
        "   15 | no2 = { from = \"/no2\", min = 5, max = 1 }\n"
        "      |                              ^ no value could pass\n");
}

TEST_CASE("mapping mistake: a scale of zero") {
  CHECK(complaints(kAll + "no2 = { from = \"/no2\", scale = 0.0 }\n") ==
        "lamppost.toml:15:32: error: scale: 0 would make every value the same\n"
        "   15 | no2 = { from = \"/no2\", scale = 0.0 }\n"
        "      |                                ^ leave it out for no scaling\n");
}

TEST_CASE("mapping mistake: more decimals than a double has") {
  CHECK(complaints(kAll + "no2 = { from = \"/no2\", decimals = 13 }\n") ==
        "lamppost.toml:15:35: error: decimals: expected an integer from 0 to 12, not the integer "
        "13\n"
        "   15 | no2 = { from = \"/no2\", decimals = 13 }\n"
        "      |                                   ^\n");
}

TEST_CASE("mapping mistake: a gas without its pressure, and one that cannot be") {
  CHECK(complaints(kAll + "no2 = { from = \"/no2\", molar_mass = 46, gas_temperature = 20 }\n")
            .starts_with("lamppost.toml:15:37: error: molar_mass: a gas needs molar_mass, "
                         "gas_temperature and gas_pressure\n"));
  CHECK(complaints(kAll + "no2 = { from = \"/no2\", molar_mass = -1, gas_temperature = 20, "
                          "gas_pressure = 1013.25 }\n")
            .starts_with("lamppost.toml:15:37: error: molar_mass: no gas has such a molar mass"));
}

TEST_CASE("mapping mistake: an infinite offset") {
  CHECK(
      complaints(kAll + "no2 = { from = \"/no2\", offset = inf }\n") ==
      "lamppost.toml:15:33: error: offset: expected a number such as -40, not a number that is not "
      "finite\n"
      "   15 | no2 = { from = \"/no2\", offset = inf }\n"
      "      |                                 ^\n");
}

TEST_CASE("mapping mistake: a time zone by name") {
  CHECK(complaints(kEnds + "[[mapping]]\ntime = { from = \"/t\", zone = \"Europe/Brussels\" }\n" +
                   std::string(kAir).substr(12)) ==
        "lamppost.toml:7:30: error: zone: expected \"UTC\" or an offset such as \"+02:00\", not "
        "\"Europe/Brussels\"\n"
        "    7 | time = { from = \"/t\", zone = \"Europe/Brussels\" }\n"
        "      |                              ^ names of places carry summer time, which this "
        "version does not know\n");
}

TEST_CASE("mapping mistake: extends a mapping that does not exist") {
  CHECK(complaints(kAll + "[[mapping]]\nname = \"b\"\nextends = \"iar\"\nmatch = \"b\"\n") ==
        "lamppost.toml:17:11: error: no mapping is named \"iar\"\n"
        "   17 | extends = \"iar\"\n"
        "      |           ^ did you mean \"air\"?\n");
}

TEST_CASE("mapping mistake: extends goes round in a circle") {
  CHECK(complaints(kEnds + "[[mapping]]\nname = \"a\"\nextends = \"b\"\n"
                           "[[mapping]]\nname = \"b\"\nextends = \"a\"\n"
                           "[[mapping]]\nname = \"c\"\nextends = \"a\"\n") ==
        "lamppost.toml:8:11: error: extends goes round in a circle: a -> b -> a\n"
        "    8 | extends = \"b\"\n"
        "      |           ^\n"
        "lamppost.toml:11:11: error: extends goes round in a circle: b -> a -> b\n"
        "   11 | extends = \"a\"\n"
        "      |           ^\n");
}

TEST_CASE("mapping mistake: one inherited by three mappings is told once") {
  CHECK(complaints(kAll + "no2 = 5\n[[mapping]]\nname = \"b\"\nextends = \"air\"\n"
                          "[[mapping]]\nname = \"c\"\nextends = \"b\"\n") ==
        "lamppost.toml:15:7: error: no2: expected a rule such as { from = \"/pm2_5\" }, not the "
        "integer 5\n"
        "   15 | no2 = 5\n"
        "      |       ^ what never changes goes into static\n");
}

TEST_CASE("mapping mistake: extends something that is no name, an entity that is no block") {
  CHECK(
      complaints(kEnds + "[[mapping]]\nextends = 5\nentity = { model = \"M\" }\n" +
                 "name = \"a\"\nsource = \"site\"\nmatch = \"a\"\nformat = \"json\"\n") ==
      "lamppost.toml:7:11: error: extends: expected a text such as \"air\", not the integer 5\n"
      "    7 | extends = 5\n"
      "      |           ^ write it in quotes: \"5\"\n"
      "lamppost.toml:8:10: error: entity: expected blocks headed [[mapping.entity]], not a table\n"
      "    8 | entity = { model = \"M\" }\n"
      "      |          ^\n");
}

TEST_CASE("mapping mistake: a rule that names no observation, a number, or too many") {
  CHECK(complaints(kAll + "no2 = { from = [] }\nno = { from = [\"/no\", 5] }\n") ==
        "lamppost.toml:15:16: error: from: names no observation\n"
        "   15 | no2 = { from = [] }\n"
        "      |                ^ such as \"/pm2_5\"\n"
        "lamppost.toml:16:23: error: from: expected a text such as \"/pm2_5\", not the integer 5\n"
        "   16 | no = { from = [\"/no\", 5] }\n"
        "      |                       ^ write it in quotes: \"5\"\n");
  std::string many;
  for (int i = 0; i < 17; ++i) many += "\"/x\",";
  CHECK(complaints(kAll + "no2 = { from = [" + many + "] }\n").find("names more than 16 obs") !=
        std::string::npos);
}

TEST_CASE("mapping: a rule may name several observations, or the payload as a whole") {
  Project project;
  const Config config =
      project.load(kAll + "no2 = { from = [\"/a\", \"/b\"] }\no3 = { from = \"\" }\n");
  REQUIRE(project.printed() == "");
  const auto& rules = config.mappings.at(0).entities.at(0).attributes;
  REQUIRE(rules.size() == 3);
  REQUIRE(rules[1].from.size() == 2);
  CHECK(rules[1].from[1].value == "/b");
  CHECK(rules[1].from[1].where.column == 23);
  REQUIRE(rules[2].from.size() == 1);
  CHECK(rules[2].from[0].value == "");
}

TEST_CASE("mapping mistake: a fixed location hides the parts of the one behind it") {
  CHECK(complaints(kAll +
                   "[[mapping]]\nname = \"b\"\nextends = \"air\"\n"
                   "location = { lon = \"/x\", lat = \"/y\" }\n"
                   "[[mapping]]\nname = \"c\"\nextends = \"b\"\nlocation = [4.4, 51.2]\n"
                   "[[mapping]]\nname = \"d\"\nextends = \"c\"\nlocation = { lat = \"/y\" }\n") ==
        "lamppost.toml:26:12: error: location needs lon\n"
        "   26 | location = { lat = \"/y\" }\n"
        "      |            ^ add lon = \"/lon\"\n");
}
