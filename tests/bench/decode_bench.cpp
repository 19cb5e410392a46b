// SPDX-License-Identifier: Apache-2.0
// What a reading costs in each decoder: nanoseconds (median of five rounds) and allocations.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "allocations.h"
#include "core/hex.h"
#include "drivers/catalogue.h"

namespace {

using namespace lamppost;

struct Case {
  const char* what;
  const char* format;
  std::string payload;
  std::string content_type;
  std::vector<std::string> names;
  std::string topic = "site/dev7/state";
  std::map<std::string, Json> options = {};
};

constexpr int kRounds = 5;
constexpr int kReadings = 20'000;

std::string cbor_of(const std::string& json) {
  const auto bytes = Json::to_cbor(Json::parse(json));
  return {bytes.begin(), bytes.end()};
}

// An uplink of ChirpStack 4 with ten values, as the server decoded them and as bytes: an AM319 of
// Milesight.
std::vector<Case> lorawan_cases() {
  constexpr const char* kUplink =
      R"({"deduplicationId":"3ac7e3c4-4401-4b8d-9386-a5c902f9202d","time":"2026-03-01T11:59:58.123456)"
      R"(789+00:00","deviceInfo":{"tenantId":"52f14cd4-c6f1-4fbd-8f87-4025e1d49242","tenantName":)"
      R"("City","applicationId":"17c82e96-be03-4f38-aef3-f83d48582d97","applicationName":"Rooms",)"
      R"("deviceProfileId":"14855bf7-d10d-4aee-b618-ebfcb64dc7ad","deviceProfileName":"AM319",)"
      R"("deviceName":"room 12","devEui":"24e124725c140542","tags":{"floor":"2"}},"devAddr":)"
      R"("00189440","adr":true,"dr":5,"fCnt":7,"fPort":85,"confirmed":false,"data":)"
      R"("A2c0AQRoZQUAAQbLAgd9qAMIfSUACXNmJwp9BAALfSAADH0wAA==","object":{"temperature":30.8,)"
      R"("humidity":50.5,"activity":"trigger","light_level":2,"co2":936,"tvoc":37,"pressure":1008.6,)"
      R"("hcho":0.04,"pm2.5":32,"pm10":48},"rxInfo":[{"gatewayId":"0016c001f153a14c","uplinkId":)"
      R"(4217106255,"rssi":-57,"snr":9.5,"channel":5,"location":{"latitude":51.1,"longitude":4.1}}],)"
      R"("txInfo":{"frequency":868100000,"modulation":{"lora":{"bandwidth":125000,)"
      R"("spreadingFactor":7,"codeRate":"CR_4_5"}}}})";
  const std::vector<std::string> ten = {"temperature", "humidity", "activity", "light_level",
                                        "co2",         "tvoc",     "pressure", "hcho",
                                        "pm2.5",       "pm10"};
  const Json layout = Json::parse(R"({"endian":"little","tlv":{"key":2},"item":[
      {"key":"0367","name":"temperature","type":"i16","scale":0.1},
      {"key":"0468","name":"humidity","type":"u8","scale":0.5},
      {"key":"0500","name":"activity","type":"u8","map":{"0":"idle","1":"trigger"}},
      {"key":"06cb","name":"light_level","type":"u8"},{"key":"077d","name":"co2","type":"u16"},
      {"key":"087d","name":"tvoc","type":"u16"},
      {"key":"0973","name":"pressure","type":"u16","scale":0.1},
      {"key":"0a7d","name":"hcho","type":"u16","scale":0.01},
      {"key":"0b7d","name":"pm2.5","type":"u16"},{"key":"0c7d","name":"pm10","type":"u16"}]})");
  const std::string frame =
      from_hex("0367340104686505000106cb02077da803087d2500097366270a7d04000b7d20000c7d3000")
          .value();
  const std::map<std::string, Json> by_layout = {{"decode", layout}};
  const std::map<std::string, Json> by_server = {{"network", "chirpstack-v4"}};
  const std::map<std::string, Json> both = {{"decode", layout}, {"network", "chirpstack-v4"}};
  return {{"lorawan, server's 10 values", "lorawan", kUplink, "", ten, "", by_server},
          {"lorawan, 10 values of bytes", "lorawan", kUplink, "", ten, "", both},
          {"lorawan, server not named", "lorawan", kUplink, "", ten, "", {}},
          {"bytes, 10 values", "bytes", frame, "", ten, "", by_layout}};
}

std::vector<Case> further_cases() {
  return {
      {"iota_json, 3 keys",
       "iota_json",
       R"({"t":15.2,"h":"45","TimeInstant":"2026-03-01T12:00:00Z"})",
       "",
       {"t", "h"},
       "/json/key/dev7/attrs"},
      {"cayenne_lpp, 4 fields",
       "cayenne_lpp",
       from_hex("0167ffd702686c03732796058806765ff2960a0003e8").value(),
       "",
       {"temperature_1"}},
      {"lwm2m TLV, 3 resources",
       "lwm2m",
       from_hex("e4164441b73333e3164543656ce4158e69a42a40").value(),
       "application/vnd.oma.lwm2m+tlv",
       {"temperature_0"},
       "site/3303/0"},
      {"dsmr_p1, 6 lines",
       "dsmr_p1",
       "/KFM5\r\n\r\n0-0:1.0.0(260301130000W)\r\n1-0:1.8.1(001581.123*kWh)\r\n"
       "1-0:1.8.2(001435.706*kWh)\r\n1-0:1.7.0(02.027*kW)\r\n0-1:24.1.0(003)\r\n"
       "0-1:24.2.1(260301120000W)(00981.443*m3)\r\n!\r\n",
       "",
       {"1-0:1.8.1", "gas"}},
      {"sparkplug_b, a birth",
       "sparkplug_b",
       from_hex("08d2e283b9fa32121a0a0b54656d70657261747572651064200a6900000000008035401800")
           .value(),
       "",
       {"Temperature"},
       "spBv1.0/city/NBIRTH/n1"},
      {"ocpp, 2 samples",
       "ocpp",
       R"([2,"4","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-03-01T12:00:00Z",)"
       R"("sampledValue":[{"value":"7500","measurand":"Power.Active.Import","unit":"W"},)"
       R"({"value":"230.5","measurand":"Voltage","unit":"V"}]}]}])",
       "",
       {"Power.Active.Import", "Voltage"}},
      {"sensorthings, 1 observation",
       "sensorthings",
       R"({"phenomenonTime":"2026-03-01T12:00:00Z","result":21.5,"Datastream":{"@iot.id":17}})",
       "",
       {"result"}},
      {"mbus, 6 records",
       "mbus",
       from_hex("683131680801720403020124232a04170000000406e80300000c14452301000b2d2715"
                "000a5a43070a5e1204046d001e41330f01024416")
           .value(),
       "",
       {"energy"}},
      {"nmea0183, a position",
       "nmea0183",
       "$GNRMC,120001.00,A,5113.164,N,00424.150,E,5.5,84.4,010326,,,A*7F\r\n",
       "",
       {"latitude"}},
  };
}

std::vector<Case> cases() {
  const std::string flat =
      R"({"ts":"2026-03-01T12:00:00Z","station":"harbour-07","pm1":4.2,"pm2_5":7.9,"pm10":12.4,)"
      R"("no2":21.0,"o3":48.5,"temperature":11.3,"humidity":71.2,"pressure":1013.2,"battery":3.61,)"
      R"("rssi":-87})";
  const std::vector<std::string> eight = {"/ts",  "/station",     "/pm2_5",    "/pm10",
                                          "/no2", "/temperature", "/humidity", "/pressure"};
  return {
      {"json, flat, 8 wanted", "json", flat, "", eight},
      {"json, flat, 1 wanted", "json", flat, "", {"/pm2_5"}},
      {"json, flat, everything", "json", flat, "", {}},
      {"json from CBOR, 8 wanted", "json", cbor_of(flat), "application/cbor", eight},
      {"text, a number", "text", "21.4", "", {"value"}},
      {"senml, 3 records",
       "senml",
       R"([{"bn":"urn:dev:ow:10e2:","bt":1.7723664e9,"n":"temp","u":"Cel","v":23.1},)"
       R"({"n":"rh","u":"%RH","v":45},{"n":"open","vb":false}])",
       "",
       {"temp", "rh", "open"}},
      {"ultralight, 4 keys", "ultralight", "t|15|h|45|p|1013.2|s|ok", "", {"t", "h", "p", "s"}},
  };
}

void measure(const Case& one) {
  const Decoder decode = find_driver(one.format)->open({one.names, "", one.options});
  Reading reading;
  reading.payload = one.payload;
  reading.content_type = one.content_type;
  reading.topic = one.topic;
  std::array<double, kRounds> ns{};
  std::size_t made = 0;
  for (double& round : ns) {
    const std::size_t before = allocations();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kReadings; ++i)
      if (!decode(reading)) std::abort();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    round = took.count() / kReadings;
    made = (allocations() - before) / kReadings;
  }
  std::sort(ns.begin(), ns.end());
  std::printf("%-26s %4zu bytes %8.0f ns %4zu allocations\n", one.what, one.payload.size(),
              ns[kRounds / 2], made);
}

}  // namespace

int main() {
  for (const Case& one : cases()) measure(one);
  for (const Case& one : further_cases()) measure(one);
  for (const Case& one : lorawan_cases()) measure(one);
}
