// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/cbor.h"
#include "tests/formats/corpus.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

const std::string kTlv = "application/vnd.oma.lwm2m+tlv";

std::string tlv(std::string_view hex, const std::string& topic = "site/dev7/3303/0",
                const DecoderOptions& options = {}) {
  return shown(open("lwm2m", options)(reading_of(from_hex(hex).value(), kTlv, topic)));
}

std::string decoded(const std::string& payload) {
  return shown(open("lwm2m")(reading_of(payload)));
}

// "h:abcdef" of the sources are bytes, which leave CBOR as base64url.
Json bytes_or(const Json& value) {
  if (!value.is_string() || !value.get<std::string>().starts_with("h:")) return value;
  const std::string bytes = from_hex(value.get<std::string>().substr(2)).value();
  return *cbor_to_json(static_cast<char>(0x40 + bytes.size()) + bytes);
}

// Nested objects of the sources, {"6": {"0": 1}} under "/3/0", by their paths.
void flatten(const Json& tree, const std::string& path, Json& out) {
  for (const auto& [id, value] : tree.items()) {
    const std::string name = id.starts_with('/') ? id : path + '/' + id;
    value.is_object() ? flatten(value, name, out) : void(out[name] = bytes_or(value));
  }
}

// The values of all groups by name; by time where the source has times for names.
Json seen_values(const Observations& seen, bool by_time) {
  Json values = Json::object();
  for (const ObservationGroup& group : seen)
    for (const Observation& one : group.observations) {
      const auto at = group.device_time.value_or(Timestamp{}).ms / 1000;
      values[by_time ? std::to_string(at) : one.name] = one.value;
    }
  return values;
}

}  // namespace

TEST_CASE("lwm2m: TLV of an object instance, with the unit and the time it states") {
  // 5700 = 22.9 (32 bits), 5701 = "Cel", 5518 = 2026-03-01T12:00:00Z
  const std::string sensor = "E4 1644 41B73333 E3 1645 43656C E4 158E 69A42A40";
  CHECK(tlv(sensor) == R"(@2026-03-01T12:00:00.000Z{"/3303/0/5518":1772366400,)"
                       R"("/3303/0/5700":"22.9 CEL","/3303/0/5701":"Cel"})");
  CHECK(tlv(sensor, "site/dev7/3303/0", wanting({"temperature_0"})) ==
        R"(@2026-03-01T12:00:00.000Z{"temperature_0":"22.9 CEL"})");
  CHECK(tlv(sensor, "state", {{}, "", {{"path", "/3303/2"}}}).find("/3303/2/5700") !=
        std::string::npos);
  CHECK(tlv("E8 1644 08 4036E66666666666") == R"({"/3303/0/5700":22.9})");
  CHECK(tlv("E4 1644 7FC00000") == R"({"/3303/0/5700":null})");
}

TEST_CASE("lwm2m: TLV of an object, of a resource, and of the parts of one") {
  CHECK(tlv("08 00 07 E4 1644 3F800000 08 01 07 E4 1644 40000000", "x/3303") ==
        R"({"/3303/0/5700":1.0,"/3303/1/5700":2.0})");
  CHECK(tlv("07 00 E4 1644 3F800000") == R"({"/3303/0/5700":1.0})");
  CHECK(tlv("E4 1644 3F800000", "x/3303") == R"({"/3303/0/5700":1.0})");
  CHECK(tlv("E4 1644 3F800000", "x/3303/0/5700") == R"({"/3303/0/5700":1.0})");
  CHECK(tlv("88 07 08 42 00 0ED8 42 01 1388", "x/3/0") ==
        R"({"/3/0/7/0":"3800 2Z","/3/0/7/1":"5000 2Z"})");
  CHECK(tlv("42 00 0ED8 42 01 1388", "x/3/0/7") ==
        R"({"/3/0/7/0":"3800 2Z","/3/0/7/1":"5000 2Z"})");
  CHECK(tlv("42 01 1388", "x/3/0/7/1") == R"({"/3/0/7/1":"5000 2Z"})");
}

TEST_CASE("lwm2m: integers have 1, 2, 4 or 8 bytes and a sign, links two halves") {
  CHECK(tlv("C1 0A FF", "3/0") == R"({"/3/0/10":-1})");
  CHECK(tlv("C2 0A FFFE", "3/0") == R"({"/3/0/10":-2})");
  CHECK(tlv("C8 0A 08 7FFFFFFFFFFFFFFF", "3/0") == R"({"/3/0/10":9223372036854775807})");
  CHECK(tlv("C4 16 00420001", "3/0") == R"({"/3/0/22":"66:1"})");
  CHECK(tlv("C3 0A 010203", "3/0") ==
        "malformed: not LwM2M TLV: /3/0/10: 3 bytes are not an integer");
  CHECK(tlv("C0 0A", "3/0") == "malformed: not LwM2M TLV: /3/0/10: 0 bytes are not an integer");
  CHECK(tlv("E1 157C 02", "3200/0") ==
        "malformed: not LwM2M TLV: /3200/0/5500: 1 bytes are not a boolean");
  CHECK(tlv("C1 00 FF", "3/0") == "malformed: not LwM2M TLV: /3/0/0: 1 bytes are not text");
  CHECK(tlv("C0 00", "3/0") == R"({"/3/0/0":""})");
}

TEST_CASE("lwm2m: a type that nobody knows leaves bytes, one that an option gives a value") {
  CHECK(tlv("C2 01 1234", "40000/0") == R"({"/40000/0/1":"0x1234"})");
  const Json types = {{"40000/1", "integer"}};
  CHECK(tlv("C2 01 1234", "40000/0", {{}, "", {{"types", types}}}) == R"({"/40000/0/1":4660})");
  for (const Json& wrong : {Json(1), Json{{"1", "integer"}}, Json{{"40000/1", "number"}}})
    CHECK_THROWS_AS(open("lwm2m", {{}, "", {{"types", wrong}}}), OptionError);
  CHECK_THROWS_AS(open("lwm2m", {{}, "", {{"path", "/x"}}}), OptionError);
}

TEST_CASE("lwm2m: what is cut off or lies on a wrong level is refused") {
  CHECK(tlv("E4 1644 41B733") ==
        "malformed: not LwM2M TLV: the item at byte 0 of /3303/0 is cut off");
  CHECK(tlv("08 00 02 E4 16", "3303") ==
        "malformed: not LwM2M TLV: the item at byte 0 of /3303/0 is cut off");
  CHECK(tlv("41 00 01").starts_with("malformed: not LwM2M TLV: an item of another level"));
  CHECK(tlv("02 05 C0 00").starts_with("malformed: not LwM2M TLV: an item of another level"));
  CHECK(tlv("E4 1644 3F800000 E4 1644 40000000") ==
        "malformed: not LwM2M: /3303/0/5700 is there twice for one time");
  CHECK(tlv("E4 1644 3F800000", "dev7/state")
            .starts_with("malformed: not LwM2M: the topic \"dev7/state\" ends in no object"));
  CHECK(tlv("") == "malformed: not LwM2M: the payload is empty");
  check_truncations(
      open("lwm2m"),
      reading_of(from_hex("080007E416443F800000080103E3164543656C").value(), kTlv, "3303"));
}

TEST_CASE("lwm2m: JSON has names, times and one value a record") {
  CHECK(decoded(R"({"bn":"/3303/0/","bt":1772366400,"e":[
           {"n":"5700","v":21.5,"t":-5},{"n":"5700","v":22,"t":0},{"n":"5701","sv":"Cel","t":0}]})") ==
        R"(@2026-03-01T11:59:55.000Z{"/3303/0/5700":"21.5 CEL"} )"
        R"(@2026-03-01T12:00:00.000Z{"/3303/0/5700":"22 CEL","/3303/0/5701":"Cel"})");
  CHECK(decoded(R"({"e":[{"n":"3303/0/5700","v":1,"t":-60},{"n":"/3200/0/5500","bv":true}]})") ==
        R"(@2026-03-01T11:59:00.000Z{"/3303/0/5700":1} {"/3200/0/5500":true})");
  CHECK(decoded(R"({"bn":"/3/0","e":[]})") == "");
  CHECK(decoded(R"({"bn":"/3/0/"})") == R"(malformed: not LwM2M: no array "e")");
  CHECK(decoded(R"({"bn":"/3/0/","e":[{"n":"9"}]})") ==
        "malformed: not LwM2M: a record without one value (v, sv, bv, ov)");
  CHECK(decoded(R"({"bn":"/3/0/","e":[{"n":"9","v":1,"sv":"1"}]})").starts_with("malformed: "));
  CHECK(decoded(R"({"bn":"/3/x/","e":[{"n":"9","v":1}]})") ==
        R"(malformed: not LwM2M: "/3/x/9" is no resource)");
  CHECK(decoded(R"({"bn":"/3/0/","e":[{"n":"9","v":1},{"n":"9","v":2}]})") ==
        "malformed: not LwM2M: /3/0/9 is there twice for one time");
  CHECK(decoded(R"({"bn":"/3/0/","bt":1e15,"e":[{"n":"9","v":1}]})") ==
        "malformed: not LwM2M: a time beyond the year 9999");
}

TEST_CASE("lwm2m: SenML brings its units along") {
  CHECK(decoded(R"([{"bn":"/3303/0/","bt":1772366400,"n":"5700","u":"Cel","v":21.5},
                    {"n":"5750","vs":"lobby"}])") ==
        R"(@2026-03-01T12:00:00.000Z{"/3303/0/5700":"21.5 CEL","/3303/0/5750":"lobby"})");
}

TEST_CASE("lwm2m: names are paths, or what an object is about and its instance") {
  const auto check = find_driver("lwm2m")->check_name;
  for (const char* name : {"/3303/0/5700", "/3/0/7/1", "temperature_0", "filling_65535"})
    CHECK(check(name) == "");
  for (const char* name : {"", "3303/0/5700", "/3303/0", "/3303/0/5700/0/1", "/3303/0/70000",
                           "temperature", "temperature_", "temperature_70000", "heat_0"})
    CHECK(check(name) != "");
}

TEST_CASE("corpus: lwm2m-leshan") {
  Tally tally("lwm2m-leshan");
  static const std::map<int, std::string> kTypes = {{110, "application/senml+json"},
                                                    {112, "application/senml+cbor"},
                                                    {11542, kTlv},
                                                    {11543, "application/vnd.oma.lwm2m+json"}};
  // Object 65 is the source's own; its model is part of that test.
  const Json types = {{"65/0", "link"}, {"65/1", "string"}, {"65/2", "integer"}};
  for (const Json& one : corpus_cases("lwm2m-leshan")) {
    const std::string path = one.value("coap_path", std::string("/3/0"));
    const auto seen = open("lwm2m", {{}, "", {{"types", types}}})(
        reading_of(payload_of(one), kTypes.at(one["content_format"]), "dev" + path));
    const Json& expected = one["expected"];
    const bool error_expected = expected.is_object() && expected.contains("error");
    if (error_expected && !seen) {
      tally.refused_as_expected();
      continue;
    }
    Json wanted = Json::object();
    if (expected.is_object()) flatten(expected, path, wanted);
    const bool by_time =
        expected.is_object() && !expected.empty() && expected.begin().key().size() == 8;
    if (by_time) wanted = expected;
    const bool nothing_said = expected.is_null();
    tally.check(
        one["id"],
        nothing_said || (seen.ok() && !error_expected && seen_values(*seen, by_time) == wanted),
        shown(seen));
  }
  tally.finish();
}
