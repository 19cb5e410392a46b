// SPDX-License-Identifier: Apache-2.0
#include "tests/formats/corpus.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

std::string decoded(const std::string& payload, std::vector<std::string> names = {},
                    const std::string& topic = "v1.1/Observations") {
  return shown(open("sensorthings", wanting(std::move(names)))(reading_of(payload, "", topic)));
}

const std::string kAt = "@2026-03-01T12:00:00.000Z";

}  // namespace

TEST_CASE("sensorthings: one observation, of the datastream that its topic or itself names") {
  const std::string one = R"({"phenomenonTime":"2026-03-01T12:00:00Z","result":21.5})";
  CHECK(decoded(one) == kAt + R"({"result":21.5})");
  CHECK(decoded(one, {}, "v1.1/Datastreams(17)/Observations") == "17" + kAt + R"({"result":21.5})");
  CHECK(decoded(one, {}, "v1.1/Datastreams('a b')/Observations").starts_with("a b@"));
  CHECK(
      decoded(R"({"resultTime":"2026-03-01T12:00:00Z","result":true,"Datastream":{"@iot.id":3,)"
              R"("name":"door","unitOfMeasurement":{"symbol":"%"}},"FeatureOfInterest":{"feature":)"
              R"({"type":"Point","coordinates":[4.4,51.2]}}})") ==
      "3" + kAt + R"({"datastream":"door","lat":"51.2 DD","lon":"4.4 DD","result":"true P1"})");
}

TEST_CASE("sensorthings: the time is the end of an interval, and its misspelling is known") {
  CHECK(decoded(
            R"({"phenomenonTime":"2026-03-01T11:00:00Z/2026-03-01T13:00:00+01:00","result":1})") ==
        kAt + R"({"result":1})");
  CHECK(decoded(R"({"phenonmenonTime":"2026-03-01T12:00:00Z","result":null})") ==
        kAt + R"({"result":null})");
  CHECK(decoded(R"({"result":1})") == R"({"result":1})");
  CHECK(decoded(R"({"phenomenonTime":"noon","result":1})") ==
        R"(malformed: no SensorThings observation: the time "\"noon\"" is none)");
}

TEST_CASE("sensorthings: lists, datastreams and things hold observations") {
  CHECK(decoded(R"({"value":[{"result":1},{"result":2}]})") == R"({"result":1} {"result":2})");
  CHECK(decoded(R"([{"result":1}])") == R"({"result":1})");
  const std::string thing =
      R"({"@iot.id":"mast","Locations":[{"location":{"type":"Point","coordinates":[4.4,51.2]}}],
          "Datastreams":[{"name":"d1","unitOfMeasurement":{"name":"degree Celsius","symbol":"x"},
            "ObservedProperty":{"name":"Temperature"},
            "Observations":[{"phenomenonTime":"2026-03-01T12:00:00Z","result":3}]},
           {"name":"d2","Observations":[{"result":4}]}]})";
  CHECK(decoded(thing) == "mast" + kAt +
                              R"({"datastream":"d1","lat":"51.2 DD","lon":"4.4 DD",)"
                              R"("result":"3 CEL"} mast{"datastream":"d2",)"
                              R"("lat":"51.2 DD","lon":"4.4 DD","result":4})");
  CHECK(decoded(thing, {"Temperature"}) == "mast" + kAt + R"({"Temperature":"3 CEL"} mast{})");
}

TEST_CASE("sensorthings: composites by their parts, data arrays by their rows") {
  CHECK(decoded(R"({"result":{"t":1,"h":2}})") == R"({"result/h":2,"result/t":1})");
  CHECK(decoded(R"({"result":[5,6]})", {"result/1"}) == R"({"result/1":6})");
  CHECK(decoded(R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],
                     "dataArray":[["2026-03-01T12:00:00Z",7],["2026-03-01T12:00:00Z",8]]}])") ==
        "1" + kAt + R"({"result":7} 1)" + kAt + R"({"result":8})");
  CHECK(decoded(R"({"components":["result"],"dataArray":[[1,2]]})") ==
        "malformed: no SensorThings observation: a row of another length");
}

TEST_CASE("sensorthings: what holds no observation is refused") {
  CHECK(decoded("{}") == "malformed: no SensorThings observation: it has no result");
  CHECK(decoded("3") == "malformed: no SensorThings observation: it is no object");
  CHECK(decoded(R"({"Observations":{}})") ==
        "malformed: no SensorThings observation: a list of entities that is none");
  CHECK(decoded("[[[[[[1]]]]]]") == "malformed: no SensorThings observation: lists within lists");
  CHECK(find_driver("sensorthings")->check_name("/result") != "");
  check_truncations(open("sensorthings"),
                    reading_of(R"({"value":[{"result":1,"phenomenonTime":"x"}]})"));
}

TEST_CASE("corpus: sensorthings") {
  Tally tally("sensorthings");
  for (const Json& one : corpus_cases("sensorthings")) {
    const auto seen = open("sensorthings")(reading_of(payload_of(one), "", topic_of(one)));
    if (!seen) {
      one["expected"].contains("error") ? tally.refused_as_expected()
                                        : tally.different(one["id"], seen.error().text);
      continue;
    }
    // The source lists some of what is there, in its order.
    bool same = !one["expected"].contains("error");
    const Json wanted = one["expected"].value("observations", Json::array());
    for (std::size_t i = 0; i < wanted.size(); ++i)
      same = same && i < seen->size() && seen->at(i).find("result")->value == wanted[i]["result"] &&
             seen->at(i).device_time == parse_rfc3339(wanted[i]["time"].get<std::string>());
    tally.check(one["id"], same, shown(seen));
  }
  tally.finish();
}
