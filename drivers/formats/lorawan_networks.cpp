// SPDX-License-Identifier: Apache-2.0
// Sources: the servers' own descriptions of their events.
//   chirpstack-v4  chirpstack.io/docs/chirpstack/integrations/events.html
//   chirpstack-v3  chirpstack.io/application-server/integrations/events, the JSON (protobuf: DevEUI
//                  in base64, objectJSON a text) and the older JSON marshaler
//   tts-v3         thethingsindustries.com/docs/integrations/data-formats
//   ttn-v2         The Things Network V2, MQTT
//   thingpark      Actility ThingPark Wireless, LRC-AS tunnel interface
//   loriot         docs.loriot.io, application data format ("rx" and the "gw" that follows it)
//   netmore        Netmore and municipal servers that publish its shape
//   aws            AWS IoT Core for LoRaWAN, uplink format
//   sigfox         Sigfox callbacks of type DATA
#include "drivers/formats/lorawan_networks.h"

#include <algorithm>

namespace lamppost::formats {
namespace {

constexpr Network kNetworks[] = {
    {.name = "chirpstack-v4",
     .marker = "/deviceInfo/devEui",
     .device = {"/deviceInfo/devEui"},
     .device_name = "/deviceInfo/deviceName",
     .device_profile = "/deviceInfo/deviceProfileName",
     .bytes_base64 = "/data",
     .object = "/object",
     .time = {"/time"},
     .fport = "/fPort",
     .fcnt = "/fCnt",
     .gateways = "/rxInfo",
     .rssi = "rssi",
     .snr = "snr",
     .battery = "/batteryLevel",
     .margin = "/margin",
     .external_power = "/externalPowerSource",
     .not_uplink = "/acknowledged"},
    {.name = "chirpstack-v3",
     .marker = "/devEUI",
     .device = {"/devEUI"},
     .device_name = "/deviceName",
     .device_profile = "/deviceProfileName",
     .bytes_base64 = "/data",
     .object = "/object",
     .object_text = "/objectJSON",
     .time = {"/time", "/publishedAt"},
     .fport = "/fPort",
     .fcnt = "/fCnt",
     .gateways = "/rxInfo",
     .rssi = "rssi",
     .snr = "loRaSNR",
     .gateway_time = "time",
     .battery = "/batteryLevel",
     .margin = "/margin",
     .external_power = "/externalPowerSource",
     .not_uplink = "/acknowledged"},
    {.name = "tts-v3",
     .marker = "/end_device_ids",
     .device = {"/end_device_ids/dev_eui", "/end_device_ids/device_id"},
     .device_name = "/end_device_ids/device_id",
     .bytes_base64 = "/uplink_message/frm_payload",
     .object = "/uplink_message/decoded_payload",
     .time = {"/uplink_message/received_at", "/received_at"},
     .fport = "/uplink_message/f_port",
     .fcnt = "/uplink_message/f_cnt",
     .uplink = "/uplink_message",
     .gateways = "/uplink_message/rx_metadata",
     .rssi = "rssi",
     .snr = "snr",
     .battery = "/uplink_message/last_battery_percentage/value"},
    {.name = "ttn-v2",
     .marker = "/hardware_serial",
     .device = {"/hardware_serial", "/dev_id"},
     .device_name = "/dev_id",
     .bytes_base64 = "/payload_raw",
     .object = "/payload_fields",
     .time = {"/metadata/time"},
     .fport = "/port",
     .fcnt = "/counter",
     .gateways = "/metadata/gateways",
     .rssi = "rssi",
     .snr = "snr"},
    {.name = "thingpark",
     .marker = "/DevEUI_uplink",
     .device = {"/DevEUI_uplink/DevEUI"},
     .device_name = "/DevEUI_uplink/CustomerData/name",
     .bytes_hex = "/DevEUI_uplink/payload_hex",
     .object = "/DevEUI_uplink/payload",
     .time = {"/DevEUI_uplink/Time"},
     .fport = "/DevEUI_uplink/FPort",
     .fcnt = "/DevEUI_uplink/FCntUp",
     .rssi = "/DevEUI_uplink/LrrRSSI",
     .snr = "/DevEUI_uplink/LrrSNR",
     .battery = "/DevEUI_uplink/BatteryLevel",
     .battery_is_status = true,
     .kind = "/DevEUI_uplink/MType",
     .uplink_kinds = " 2 4 "},
    {.name = "loriot",
     .marker = "/EUI",
     .device = {"/EUI"},
     .bytes_hex = "/data",
     .object = "/decoded/data",
     .time = {"/ts"},
     .fport = "/port",
     .fcnt = "/fcnt",
     .rssi = "/rssi",
     .snr = "/snr",
     .battery = "/bat",
     .battery_is_status = true,
     .kind = "/cmd",
     .uplink_kinds = " rx gw "},
    {.name = "netmore",
     .marker = "/devEui",
     .device = {"/devEui"},
     .device_name = "/deviceName",
     .device_profile = "/sensorType",
     .bytes_base64 = "/data",
     .bytes_hex = "/payload",
     .object = "/object",
     .time = {"/timestamp", "/time"},
     .fport = "/fPort",
     .fcnt = "/fCnt",
     .rssi = "/rssi",
     .snr = "/snr"},
    {.name = "aws",
     .marker = "/WirelessMetadata/LoRaWAN",
     .device = {"/WirelessMetadata/LoRaWAN/DevEui", "/WirelessDeviceId"},
     .bytes_base64 = "/PayloadData",
     .time = {"/WirelessMetadata/LoRaWAN/Timestamp"},
     .fport = "/WirelessMetadata/LoRaWAN/FPort",
     .fcnt = "/WirelessMetadata/LoRaWAN/FCnt",
     .gateways = "/WirelessMetadata/LoRaWAN/Gateways",
     .rssi = "Rssi",
     .snr = "Snr"},
    {.name = "sigfox",
     .marker = "/seqNumber",
     .device = {"/device"},
     .bytes_hex = "/data",
     .time = {"/time"},
     .fcnt = "/seqNumber",
     .rssi = "/rssi",
     .snr = "/snr"},
};

}  // namespace

std::span<const Network> networks() { return kNetworks; }

const Network* find_network(std::string_view name) {
  const auto found = std::find_if(std::begin(kNetworks), std::end(kNetworks),
                                  [&](const Network& one) { return one.name == name; });
  return found == std::end(kNetworks) ? nullptr : found;
}

}  // namespace lamppost::formats
