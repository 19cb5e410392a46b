// SPDX-License-Identifier: Apache-2.0
#include "drivers/formats/lorawan_networks.h"
#include "tests/formats/decode.h"

using namespace lamppost;
using namespace lamppost::formats;

namespace {

const Json kLayout = Json::parse(R"({"frame":[{"fport":[5],"fields":[
  {"name":"t","type":"i16","at":1,"scale":0.1}]}]})");

DecoderOptions options_of(Json extra, std::vector<std::string> names = {}) {
  DecoderOptions options;
  options.names = std::move(names);
  for (const auto& [name, value] : extra.items()) options.extra[name] = value;
  return options;
}

std::string read(const std::string& payload, Json extra = Json::object(),
                 std::vector<std::string> names = {}) {
  const auto seen =
      open("lorawan", options_of(std::move(extra), std::move(names)))(reading_of(payload));
  std::string time;
  if (seen && !seen->empty() && seen->front().network_time)
    time = to_iso8601(*seen->front().network_time) + ' ';
  return time + shown(seen);
}

const char* kChirpstack4 =
    R"({"time":"2026-03-01T11:59:58.123456789+00:00","deviceInfo":{"devEui":"A81758FFFE0346F2"},
        "fCnt":7,"fPort":5,"data":"AQDi","object":{"t":99,"l":{"in":3}},"rxInfo":[
        {"rssi":-101,"snr":-3},{"rssi":-57,"snr":9.5}]})";

}  // namespace

TEST_CASE("lorawan: what the server decoded is named by path") {
  CHECK(read(kChirpstack4, Json::object(), {"l/in", "t", "lns.rssi", "lns.fCnt"}) ==
        "2026-03-01T11:59:58.123Z a81758fffe0346f2"
        R"({"l/in":3,"lns.fCnt":7,"lns.rssi":-57,"t":99})");
}

TEST_CASE("lorawan: the bytes are believed where there is a decoder") {
  CHECK(read(kChirpstack4, {{"decode", kLayout}}, {"t"}) ==
        R"(2026-03-01T11:59:58.123Z a81758fffe0346f2{"t":22.6})");
}

TEST_CASE("lorawan: without bytes the server's object is taken after all") {
  CHECK(read(R"({"deviceInfo":{"devEui":"a81758fffe0346f2"},"fPort":5,"object":{"t":21}})",
             {{"decode", kLayout}}, {"t"}) == R"(a81758fffe0346f2{"t":21})");
}

TEST_CASE("lorawan: uplinks on other ports are no readings") {
  CHECK(read(kChirpstack4, {{"fport", 85}}, {"t", "lns.snr"}) ==
        R"(2026-03-01T11:59:58.123Z a81758fffe0346f2{"lns.snr":9.5})");
}

TEST_CASE("lorawan: a port that the layout does not know is refused") {
  std::string other = kChirpstack4;
  other.replace(other.find("\"fPort\":5"), 9, "\"fPort\":9");
  CHECK(read(other, {{"decode", kLayout}}, {"t"}) ==
        "malformed: no frame of the layout is like these 3 bytes that begin with 0100e2, on fPort "
        "9");
}

TEST_CASE("lorawan: ChirpStack 3 writes the DevEUI in base64 and the object as text") {
  CHECK(read(R"({"devEUI":"AgICAgICAgI=","rxInfo":[{"time":null,"rssi":-99,"loRaSNR":1},
                 {"time":"2026-03-01T11:00:00Z","rssi":-48,"loRaSNR":9}],"fPort":5,
                 "data":"AQDi","objectJSON":"{\"t\":21.5}"})",
             Json::object(), {"t", "lns.rssi", "lns.snr"}) ==
        "2026-03-01T11:00:00.000Z 0202020202020202"
        R"({"lns.rssi":-48,"lns.snr":9,"t":21.5})");
}

TEST_CASE("lorawan: an acknowledgement is no uplink though it has a counter") {
  CHECK(read(R"({"devEUI":"AgICAgICAgI=","acknowledged":true,"fCnt":15,"rxInfo":[]})",
             Json::object(), {"t"}) == "0202020202020202{}");
}

TEST_CASE("lorawan: The Things Stack leaves out what is zero") {
  CHECK(read(R"({"end_device_ids":{"device_id":"dev1","dev_eui":"4200000000000000"},
                 "received_at":"2026-03-01T11:00:01Z","uplink_message":{
                 "received_at":"2026-03-01T11:00:00.123456789Z","frm_payload":"AQDi",
                 "rx_metadata":[{"rssi":-35,"snr":5,"location":{"latitude":51}}]}})",
             Json::object(), {"lns.fPort", "lns.fCnt", "lns.rssi", "lns.data"}) ==
        "2026-03-01T11:00:00.123Z 4200000000000000"
        R"({"lns.data":"0100e2","lns.fCnt":0,"lns.fPort":0,"lns.rssi":-35})");
}

TEST_CASE("lorawan: ThingPark writes its numbers as texts") {
  CHECK(read(R"({"DevEUI_uplink":{"Time":"2026-03-01T13:00:00.882+02:00","FPort":"5",
                 "DevEUI":"0018B20000000B20","FCntUp":"1174","MType":"4","payload_hex":"0100E2",
                 "LrrRSSI":"-80.000000","LrrSNR":"7.0"}})",
             {{"decode", kLayout}}, {"t", "lns.rssi", "lns.fCnt"}) ==
        "2026-03-01T11:00:00.882Z 0018b20000000b20"
        R"({"lns.fCnt":1174,"lns.rssi":-80.0,"t":22.6})");
}

TEST_CASE("lorawan: Loriot's battery is a status byte, its time in milliseconds") {
  const char* kRx = R"({"cmd":"rx","EUI":"A81758FFFE03F796","ts":1772362800504,"fcnt":1,"port":5,
                        "rssi":-72,"snr":8,"bat":127,"data":"0100ea"})";
  CHECK(read(kRx, {{"decode", kLayout}}, {"t", "lns.battery"}) ==
        "2026-03-01T11:00:00.504Z a81758fffe03f796"
        R"({"lns.battery":"50.0 P1","t":23.4})");
  CHECK(read(R"({"cmd":"txd","EUI":"A81758FFFE03F796","ts":1772362800504,"data":"00"})",
             {{"decode", kLayout}}, {"t"}) == "2026-03-01T11:00:00.504Z a81758fffe03f796{}");
}

TEST_CASE("lorawan: an array holds uplinks of several devices") {
  CHECK(read(R"([{"devEui":"a81758fffe09ec03","fPort":"5","payload":"0100ea",
                  "timestamp":"2026-03-01T11:00:00Z","rssi":"-45"},
                 {"devEui":"a81758fffe09ec04","fPort":"5","payload":"0100EB"}])",
             {{"network", "netmore"}, {"decode", kLayout}}, {"t"}) ==
        R"(2026-03-01T11:00:00.000Z a81758fffe09ec03{"t":23.4} a81758fffe09ec04{"t":23.5})");
}

TEST_CASE("lorawan: a format of its own reads the bytes as well") {
  CHECK(read(R"({"EUI":"A81758FFFE03F796","cmd":"rx","port":1,"data":"747c3135"})",
             {{"decode", "ultralight"}}, {"t"}) == R"(a81758fffe03f796{"t":15})");
}

TEST_CASE("lorawan: what is wrong with an envelope is said with the place") {
  CHECK(read("{}") == "malformed: no LoRaWAN network server that is known writes like this");
  CHECK(read("{}", {{"network", "tts-v3"}}) ==
        "malformed: not of tts-v3: nothing at /end_device_ids");
  CHECK(read(R"({"EUI":"","data":"00"})") == "malformed: no device: nothing at /EUI");
  CHECK(read(R"({"EUI":"A81758FFFE03F796","data":"0x"})") == "malformed: /data is not hexadecimal");
  CHECK(read(R"({"deviceInfo":{"devEui":"a8"},"data":"!"})") == "malformed: /data is not base64");
  CHECK(
      read(R"({"devEUI":"a8","objectJSON":"{"})").starts_with("malformed: /objectJSON: not JSON"));
}

TEST_CASE("lorawan: options are checked when the configuration is loaded") {
  CHECK_THROWS_WITH(open("lorawan", options_of({{"network", "chirpstack-4"}})),
                    "unknown network server \"chirpstack-4\"; did you mean \"chirpstack-v4\"?");
  CHECK_THROWS_WITH(open("lorawan", options_of({{"decode", "elsis"}})),
                    "nothing decodes \"elsis\"");
  CHECK(find_driver("lorawan")->check_name("lns.rsi") ==
        "no network server says \"lns.rsi\"; did you mean \"lns.rssi\"?");
}

TEST_CASE("lorawan: every truncation of an uplink is a value or malformed") {
  check_truncations(open("lorawan", options_of({{"decode", kLayout}})), reading_of(kChirpstack4));
}
