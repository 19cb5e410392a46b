// SPDX-License-Identifier: Apache-2.0
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

std::string decoded(const std::string& payload, std::vector<std::string> names = {},
                    const std::string& content_type = "") {
  return shown(open("senml", wanting(std::move(names)))(reading_of(payload, content_type)));
}

}  // namespace

TEST_CASE("senml: a record that says now has no device time") {
  CHECK(
      decoded(R"([{"bn":"urn:dev:x:7:","n":"temp","u":"Cel","v":23.1},{"n":"door","vb":true}])") ==
      R"(urn:dev:x:7{"door":true,"temp":"23.1 CEL"})");
}

TEST_CASE("senml: bases hold until the next of their kind, and add to what the record says") {
  CHECK(decoded(R"([{"bn":"a/","bt":1700000000,"bu":"V","bv":10,"n":"x","v":1},
                    {"n":"y","u":"A","v":2},{"bn":"b/","bu":"W","n":"z","t":1}])") ==
        R"(a@2023-11-14T22:13:20.000Z{"x":"11.0 VLT","y":"12.0 AMP"} )"
        R"(b@2023-11-14T22:13:21.000Z{"z":"10.0 WTT"})");
}

TEST_CASE("senml: groups come in chronological order, one for each time and device") {
  CHECK(decoded(R"([{"bn":"a:","n":"x","t":1700000002,"v":2},{"n":"x","t":1700000001,"v":1},
                    {"bn":"b:","n":"x","t":1700000002,"v":3},{"bn":"a:","n":"y","t":1700000002,"v":4}])") ==
        R"(a@2023-11-14T22:13:21.000Z{"x":1} a@2023-11-14T22:13:22.000Z{"x":2,"y":4} )"
        R"(b@2023-11-14T22:13:22.000Z{"x":3})");
}

TEST_CASE("senml: times below 2^28 seconds count from the arrival") {
  CHECK(decoded(R"([{"n":"x","t":-5,"v":1},{"n":"x","v":2},{"n":"x","t":2.5,"v":3}])") ==
        R"(@2026-03-01T11:59:55.000Z{"x":1} {"x":2} @2026-03-01T12:00:02.500Z{"x":3})");
  CHECK(decoded(R"([{"n":"x","t":268435456,"v":1}])") == R"(@1978-07-04T21:24:16.000Z{"x":1})");
  CHECK(decoded(R"([{"n":"x","t":268435455,"v":1}])").starts_with("@2034-"));
}

TEST_CASE("senml: positions without a name are lat and lon, other nameless records value") {
  CHECK(decoded(R"([{"bn":"d","u":"lat","v":51.2},{"u":"lon","v":4.4},{"u":"%RH","v":20}])") ==
        R"(d{"lat":51.2,"lon":4.4,"value":"20 P1"})");
}

TEST_CASE("senml: sums stand beside values, and add to their base") {
  CHECK(decoded(R"([{"bn":"m:","bs":100,"n":"p","u":"W","v":3,"s":20},{"n":"q"}])") ==
        R"(m{"p":"3 WTT","p.sum":120.0,"q.sum":100.0})");
}

TEST_CASE("senml: only what is wanted comes out, short or full names") {
  const std::string pack = R"([{"bn":"m:","n":"p","v":1},{"n":"q","v":2},{"n":"p","t":-9,"v":0}])";
  CHECK(decoded(pack, {"p"}) == R"(m@2026-03-01T11:59:51.000Z{"p":0} m{"p":1})");
  CHECK(decoded(pack, {"m:q"}) == R"(m{"m:q":2})");
  CHECK(decoded(pack, {"p", "m:p"}) ==
        R"(m@2026-03-01T11:59:51.000Z{"m:p":0,"p":0} m{"m:p":1,"p":1})");
  CHECK(decoded(pack, {"zz"}) == "");
}

TEST_CASE(
    "senml: CBOR by content type or by its first byte, with data values and decimal fractions") {
  // [{-2: "d:", 0: "t", 1: "Cel", 2: 4([-1, 231])}, {0: "raw", 8: h'0102'}]
  const std::string pack =
      from_hex("82 a4 21 62643a 00 6174 01 6343656c 02 c4822018e7 a2 00 63726177 08 420102")
          .value();
  const std::string wanted = R"(d{"raw":"AQI","t":"23.1 CEL"})";
  CHECK(decoded(pack) == wanted);
  CHECK(decoded(pack, {}, "application/senml+cbor") == wanted);
  CHECK(decoded(pack, {}, "application/senml+json").starts_with("malformed: not JSON"));
  CHECK(decoded("\n [{\"n\":\"x\",\"v\":1}]") == R"({"x":1})");
  CHECK(decoded(R"([{"n":"x","v":1,"2":5}])") == R"({"x":1})");  // CBOR labels mean nothing in JSON
}

TEST_CASE("senml: what the RFC forbids is refused with the record it stands in") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{}", "a pack is an array of records"},
      {"[]", "a pack without records"},
      {"[5]", "something that is no record in record 0"},
      {R"([{"n":"x"}])", "no value in record 0"},
      {R"([{"n":"x","v":1},{"n":"y","v":1,"vs":"a"}])", "more than one value in record 1"},
      {R"([{"n":"x","v":"1"}])", "\"v\" is of the wrong type in record 0"},
      {R"([{"n":7,"v":1}])", "\"n\" is of the wrong type in record 0"},
      {R"([{"v":1}])", "no good name in record 0"},
      {R"([{"n":"a b","v":1}])", "no good name in record 0"},
      {R"([{"n":"-a","v":1}])", "no good name in record 0"},
      {R"([{"bver":11,"n":"x","v":1}])", "version 11, only 1 to 10 are known, in record 0"},
      {R"([{"bver":5,"n":"x","v":1},{"bver":10,"n":"x","v":1}])", "a second version in record 1"},
      {R"([{"n":"x","v":1,"must_":1}])",
       "the field \"must_\" must be understood and is not, in record 0"},
      {R"([{"n":"x","t":1e300,"v":1}])", "a time beyond the year 9999 in record 0"},
      {R"([{"bv":1e308,"n":"x","v":1e308}])",
       "a value beyond the range of 64-bit reals in record 0"},
  };
  for (const auto& [pack, text] : cases) {
    CAPTURE(pack);
    CHECK(decoded(pack) == "malformed: not SenML: " + text);
  }
  CHECK(decoded(R"([{"n":")" + std::string(1025, 'a') + R"(","v":1}])").find("longer than 1024") !=
        std::string::npos);
}

TEST_CASE("senml: unknown fields, bases alone and the leading slash of LwM2M are fine") {
  CHECK(decoded(R"([{"bn":"x:"},{"n":"a","v":1,"ut":60,"foo":{}}])") == R"(x{"a":1})");
  CHECK(decoded(R"([{"bn":"/3303/0/","n":"5700","v":1}])") == R"(/3303/0{"5700":1})");
  CHECK(decoded(R"([{"bn":"x:","bver":5,"n":"a","v":1},{"n":"b","v":2}])") == R"(x{"a":1,"b":2})");
}

TEST_CASE("senml: every truncation of a good pack is malformed") {
  const auto decode = open("senml");
  for (std::string bytes :
       {std::string(R"([{"bn":"m:","bt":1.7e9,"n":"p","u":"W","v":1.5,"s":2}])"),
        from_hex("81a4216264 3a 006174 01 6343656c02c4822018e7").value()}) {
    CHECK(decode(reading_of(bytes)).ok());
    while (!bytes.empty()) {
      bytes.pop_back();
      CHECK_FALSE(decode(reading_of(bytes)).ok());
    }
  }
}

TEST_CASE("senml: names follow the RFC's alphabet") {
  const Driver* const senml = find_driver("senml");
  CHECK(senml->check_name("urn:dev:ow:10e2:temp") == "");
  CHECK(senml->check_name("power.sum") == "");
  CHECK(senml->check_name("a b").find("is no SenML name") != std::string::npos);
}
