// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "config/csv.h"
#include "config/device_place.h"
#include "config/parts.h"
#include "tests/config/project.h"

using namespace lamppost;
using namespace lamppost::config;

namespace {

const std::string kAll = std::string(kSite) + kCity + kAir + "[devices]\nfile = \"d.csv\"\n";

std::string complaints(const std::string& csv) {
  Project project;
  project.write("d.csv", csv);
  return project.complaints(kAll);
}

}  // namespace

TEST_CASE("devices: facts arrive typed, quoted ones as text, empty ones not at all") {
  Project project;
  project.write("d.csv",
                "\xEF\xBB\xBFkey,id,lon,lat,capacity,code,indoor,note\r\n"
                "s1,urn:x:1,4.4,51.2,1100,\"007\",true,\"a \"\"b\"\", c\nd\"\r\n"
                "\r\n"
                "s2,,,,1.5,02134,no,\r\n");
  const Config config = project.load(kAll);
  REQUIRE(project.printed() == "");
  CHECK(config.devices.unknown == UnknownDevice::kHold);
  const Device& s1 = config.devices.by_key.at("s1");
  CHECK(s1.id == "urn:x:1");
  CHECK(s1.location->dump() == "[4.4,51.2]");
  CHECK(s1.statics.at("capacity").is_number_integer());
  CHECK(s1.statics.at("code") == "007");
  CHECK(s1.statics.at("indoor") == Json(true));
  CHECK(s1.statics.at("note") == "a \"b\", c\nd");
  const Device& s2 = config.devices.by_key.at("s2");
  CHECK(s2.id == "");
  CHECK_FALSE(s2.location.has_value());
  CHECK(s2.statics.at("capacity") == 1.5);
  CHECK(s2.statics.at("code") == "02134");  // JSON has no such number; it is a postcode
  CHECK(s2.statics.at("indoor") == "no");
  CHECK(s2.statics.count("note") == 0);
  REQUIRE(config.devices.columns.size() == 4);
  CHECK(config.devices.columns[1].value == "code");
  CHECK(config.devices.columns[1].where.column == 25);
}

TEST_CASE("devices: a field is found again in the file, until the file changes") {
  Project project;
  project.write("d.csv", "key,note,depth\n\ns1,\"a\nb\",1\ns2,plain,deep\n");
  const Config config = project.load(kAll);
  const Where deep = place_of(config.devices, "s2", "depth");
  CHECK(deep.line == 5);
  CHECK(deep.column == 10);
  CHECK(deep.excerpt == "s2,plain,deep");
  CHECK(place_of(config.devices, "s2").column == 1);
  for (const auto* column : {"width", "key"})
    CHECK(place_of(config.devices, column == std::string("key") ? "s3" : "s2", column).line == 0);
  project.write("d.csv", "");
  CHECK(place_of(config.devices, "s2").line == 0);
}

TEST_CASE("devices: what happens to unknown ones can be said") {
  Project project;
  project.write("d.csv", "key\na\n");
  CHECK(project.load(kAll + "unknown = \"reject\"\n").devices.unknown == UnknownDevice::kReject);
  CHECK(project.load(kAll + "unknown = \"map\"\n").devices.unknown == UnknownDevice::kMap);
}

TEST_CASE("devices: how often each is expected, by its row or by the table") {
  Project project;
  project.write("d.csv", "key,expect\na,15min\nb,\n");
  const auto devices = project.load(kAll + "expect = \"1h\"\n").devices;
  CHECK(devices.by_key.at("a").expect == std::chrono::minutes(15));
  CHECK(devices.by_key.at("b").expect == std::chrono::hours(1));
  CHECK(devices.columns.empty());
  CHECK(project.load(kAll).devices.by_key.at("b").expect.count() == 0);
}

TEST_CASE("devices mistake: an expect that is no duration, and one of no file") {
  CHECK(complaints("key,expect\na,soon\n") ==
        "d.csv:2:3: error: expect: expected a duration from 1s to 366d, not \"soon\"\n"
        "    2 | a,soon\n"
        "      |   ^ such as 15min\n");
  Project project;
  CHECK(project.complaints(std::string(kSite) + kCity + kAir + "[devices]\nexpect = \"1h\"\n")
            .find("error: expect: is of the devices of a file, and there is none") !=
        std::string::npos);
}

TEST_CASE("devices mistake: a key twice") {
  CHECK(complaints("key,id\na,urn:1\nb,urn:2\na,urn:3\n") ==
        "d.csv:4:1: error: \"a\" is already in line 2\n"
        "    4 | a,urn:3\n"
        "      | ^\n");
}

TEST_CASE("devices mistake: too few fields") {
  CHECK(complaints("key,id,lon,lat\na,urn:1\n") ==
        "d.csv:2:1: error: expected 4 fields as in the header, not 2\n"
        "    2 | a,urn:1\n"
        "      | ^\n");
}

TEST_CASE("devices mistake: a latitude beyond the pole and a comma for a point") {
  CHECK(complaints("key,lon,lat\na,4.4,95\nb,\"4,4\",51\n") ==
        "d.csv:2:7: error: lat: expected a number from -90 to 90, not \"95\"\n"
        "    2 | a,4.4,95\n"
        "      |       ^\n"
        "d.csv:3:3: error: lon: expected a number from -180 to 180, not \"4,4\"\n"
        "    3 | b,\"4,4\",51\n"
        "      |   ^ the decimal sign is a point\n");
}

TEST_CASE("devices mistake: half of a position") {
  CHECK(complaints("key,lon,lat\na,4.4,\n") ==
        "d.csv:2:7: error: lat: expected a number from -90 to 90, not \"\"\n"
        "    2 | a,4.4,\n"
        "      |       ^\n");
  CHECK(complaints("key,lon\na,4.4\n") ==
        "d.csv:1:1: error: lon and lat need each other\n"
        "    1 | key,lon\n"
        "      | ^\n");
}

TEST_CASE("devices mistake: semicolons") {
  CHECK(complaints("key;id;lon;lat\na;b;1;2\n") ==
        "d.csv:1:1: error: the header names no column key\n"
        "    1 | key;id;lon;lat\n"
        "      | ^ separate the columns with commas, not semicolons\n");
}

TEST_CASE("devices mistake: quotes that do not close or stand inside a field") {
  CHECK(complaints("key,id\na,\"urn:1\n") ==
        "d.csv:2:3: error: the closing quote is missing\n"
        "    2 | a,\"urn:1\n"
        "      |   ^\n");
  CHECK(complaints("key,id\na,urn\"1\n") ==
        "d.csv:2:6: error: a quote inside a field: put the field in quotes and double it\n"
        "    2 | a,urn\"1\n"
        "      |      ^\n");
  CHECK(complaints("key,id\n\"a\"b,urn:1\n") ==
        "d.csv:2:4: error: expected a comma after the closing quote\n"
        "    2 | \"a\"b,urn:1\n"
        "      |    ^\n");
}

TEST_CASE("devices mistake: an id with a space, a column twice, no header") {
  CHECK(complaints("key,id\na,urn 1\n") ==
        "d.csv:2:3: error: \"urn 1\" is no NGSI-LD id\n"
        "    2 | a,urn 1\n"
        "      |   ^ use A-Z a-z 0-9 _ . : -\n");
  CHECK(complaints("key,id,id\n").find("column \"id\" is there twice") != std::string::npos);
  CHECK(complaints("\n\n") == "d.csv: error: has no header: key,id,lon,lat\n");
}

TEST_CASE("devices mistake: a wrong file does not flood the screen") {
  std::string csv = "key,lon,lat\n";
  for (int i = 0; i < 1000; ++i) csv += std::to_string(i) + ",x,1\n";
  Project project;
  project.write("d.csv", csv);
  project.load(kAll);
  CHECK(project.findings().errors() == 51);
}

TEST_CASE("devices: the number of rows is bounded") {
  Project project;
  project.write("d.csv", "key\na\nb\nc\n");
  Loading loading;
  Devices devices;
  const std::string file = (project.directory() / "d.csv").string();
  read_device_file(loading, {file, {}}, devices, 3);
  CHECK(loading.findings.ok());
  read_device_file(loading, {file, {}}, devices = {}, 2);
  CHECK(loading.findings.to_text() ==
        file + ":4:1: error: more than 2 devices\n    4 | c\n      | ^\n");
  CHECK(devices.by_key.size() == 2);
  CHECK(kMaxDevices == 200'000);
}

TEST_CASE("csv: columns count characters, not bytes") {
  CsvReader reader("\u00e9\u00e9,x");
  std::vector<CsvField> record;
  REQUIRE(reader.next(record));
  CHECK(record.at(1).column == 4);
  CHECK_FALSE(reader.next(record));
}
