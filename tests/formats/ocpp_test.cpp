// SPDX-License-Identifier: Apache-2.0
#include "core/units.h"
#include "tests/formats/corpus.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

std::string decoded(const std::string& payload, std::vector<std::string> names = {}) {
  return shown(open("ocpp", wanting(std::move(names)))(reading_of(payload)));
}

std::string meter(const std::string& sample) {
  return R"([2,"1","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-03-01T12:00:00Z",)"
         R"("sampledValue":[)" +
         sample + "]}]}]";
}

const std::string kAt = "@2026-03-01T12:00:00.000Z";

// "7500 W" of a source is a number with its unit, anything else a value.
bool means_same(const Observation& seen, const Json& expected) {
  const std::string text = expected.is_string() ? expected.get<std::string>() : "";
  const std::size_t blank = text.find(' ');
  if (blank == text.npos || !seen.value.is_number()) return seen.value == expected;
  return seen.value == Json::parse(text.substr(0, blank)) &&
         seen.unit == unit_of_senml(text.substr(blank + 1));
}

bool holds(const Observations& seen, const std::string& name, const Json& expected) {
  for (const ObservationGroup& group : seen)
    if (const Observation* one = group.find(name); one != nullptr && means_same(*one, expected))
      return true;
  return false;
}

}  // namespace

TEST_CASE("ocpp: a sample is an energy in Wh unless it says otherwise") {
  CHECK(decoded(meter(R"({"value":"1200"})")) ==
        kAt + R"({"Energy.Active.Import.Register":"1200 WHR","connectorId":1})");
  CHECK(decoded(meter(R"({"value":"1.2","unit":"kWh"},{"value":"230.5","measurand":"Voltage",)"
                      R"("phase":"L1-N","unit":"V"},{"value":"21","measurand":"Temperature",)"
                      R"("unit":"Celcius"},{"value":"80","measurand":"SoC"})"),
                {"Energy.Active.Import.Register", "Voltage/L1-N", "Temperature", "SoC"}) ==
        kAt + R"({"Energy.Active.Import.Register":"1.2 KWH","SoC":80,"Temperature":"21 CEL",)"
              R"("Voltage/L1-N":"230.5 VLT"})");
  CHECK(decoded(meter(R"({"value":21,"measurand":"Temperature","location":"Body"},)"
                      R"({"value":30,"measurand":"Temperature"})"),
                {"Temperature@Outlet", "Temperature@Body"}) ==
        kAt + R"({"Temperature@Body":21,"Temperature@Outlet":30})");
  CHECK(decoded(meter(R"({"value":7.5,"measurand":"Power.Active.Import",)"
                      R"("unitOfMeasure":{"unit":"W","multiplier":3}})"),
                {"Power.Active.Import"}) == kAt + R"({"Power.Active.Import":"7500.0 WTT"})");
  CHECK(decoded(meter(R"({"value":"ABCD","format":"SignedData"})")) ==
        kAt + R"({"connectorId":1})");
}

TEST_CASE("ocpp: the status of a connector, of the station, and in version 2") {
  CHECK(decoded(R"([2,"4","StatusNotification",{"connectorId":0,"status":"Charging",)"
                R"("errorCode":"NoError","timestamp":"2026-03-01T12:00:00.6287944Z"}])") ==
        R"(@2026-03-01T12:00:00.628Z{"connectorId":0,"errorCode":"NoError","status":"Charging",)"
        R"("timestamp":"2026-03-01T12:00:00.6287944Z"})");
  CHECK(
      decoded(
          R"([2,"4","StatusNotification",{"connectorStatus":"Occupied","evseId":2,"connectorId":1,)"
          R"("timestamp":"2026-03-01T13:00:00+0100"}])",
          {"status", "evseId"}) == kAt + R"({"evseId":2,"status":"Occupied"})");
  CHECK(decoded(R"([2,"4","StatusNotification",{"connectorId":1,"status":"Faultd"}])") ==
        R"(malformed: not OCPP: status "\"Faultd\"" is no such word)");
  CHECK(
      decoded(
          R"([2,"4","StatusNotification",{"connectorId":1,"status":"Faulted","errorCode":"Oops"}])")
          .starts_with("malformed: not OCPP: errorCode"));
}

TEST_CASE("ocpp: transactions carry meter readings, and nobody's identity") {
  CHECK(decoded(R"([2,"3","StartTransaction",{"connectorId":1,"idTag":"04EC","meterStart":300,)"
                R"("timestamp":"2026-03-01T12:00:00"}])") ==
        kAt + R"({"connectorId":1,"meterStart":"300 WHR","timestamp":"2026-03-01T12:00:00"})");
  CHECK(
      decoded(
          R"([2,"5","TransactionEvent",{"eventType":"Updated","timestamp":"2026-03-01T12:00:00Z",)"
          R"("idToken":{"idToken":"A"},"evse":{"id":2,"connectorId":1},)"
          R"("transactionInfo":{"transactionId":"t1","chargingState":"Charging"},)"
          R"("meterValue":[{"timestamp":"2026-03-01T11:59:00Z","sampledValue":[{"value":5}]}]}])",
          {"chargingState", "evseId", "transactionId", "Energy.Active.Import.Register"}) ==
      kAt + R"({"chargingState":"Charging","evseId":2,"transactionId":"t1"} )"
            R"(@2026-03-01T11:59:00.000Z{"Energy.Active.Import.Register":"5 WHR","evseId":2,)"
            R"("transactionId":"t1"})");
}

TEST_CASE("ocpp: answers and plain calls have no observations, what is no frame is refused") {
  CHECK(decoded(R"([3,"4",{"currentTime":"2026-03-01T12:00:00Z"}])") == "");
  CHECK(decoded(R"([4,"4","NotSupported","",{}])") == "");
  CHECK(decoded(R"([2,"4","Heartbeat",{}])") == "");
  for (const char* bad : {"{}", "[]", "[2,\"4\",\"Heartbeat\"]", "[2,4,\"Heartbeat\",{}]",
                          "[9,\"4\",\"Heartbeat\",{}]", "[2,\"4\",\"Heartbeat\",[]]"})
    CHECK(decoded(bad) == "malformed: not OCPP: a frame is [2, id, action, payload]");
  CHECK(decoded(R"([2,"1","MeterValues",{"connectorId":-1,"meterValue":[]}])") ==
        "malformed: not OCPP: connectorId is no number from 0");
  CHECK(decoded(R"([2,"1","MeterValues",{"connectorId":1}])") ==
        "malformed: not OCPP: MeterValues without a meterValue");
  CHECK(decoded(R"([2,"1","StatusNotification",{"connectorId":1}])") ==
        "malformed: not OCPP: StatusNotification without status");
  CHECK(decoded(meter(R"({"value":"many"})")).find("is no number") != std::string::npos);
  CHECK(decoded(meter("{}")) == "malformed: not OCPP: a sample without a value");
  CHECK(decoded(R"([2,"1","MeterValues",{"meterValue":[{"sampledValue":[]}]}])") ==
        "malformed: not OCPP: a meter value without a time");
  check_truncations(open("ocpp"), reading_of(meter(R"({"value":"1"})")));
}

TEST_CASE("corpus: ocpp") {
  Tally tally("ocpp");
  for (const Json& one : corpus_cases("ocpp")) {
    const auto seen = open("ocpp")(reading_of(payload_of(one)));
    const Json& expected = one["expected"];
    if (expected.contains("error") && !seen) {
      tally.refused_as_expected();
      continue;
    }
    bool same = seen.ok() && !expected.contains("error");
    for (const auto& [name, value] : expected.items()) same = same && holds(*seen, name, value);
    tally.check(one["id"], same, shown(seen));
  }
  tally.finish();
}
