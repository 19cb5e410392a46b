# SPDX-License-Identifier: Apache-2.0
"""What the sources of published payloads expect, by the names that Lamppost has for it.

Each function takes a case and gives (options of `lamppost decode`, expected), where expected is
{observation: value} with "(device)" and "(time)" beside the observations, or "refused"; None when the
source expects nothing, or Lamppost has no layout for the device.
"""
import datetime
import json
import re

# The vendors' devices, and the layouts that read them.
LAYOUTS = {
    "milesight-iot/em400-mud": "milesight-em400", "milesight-iot/em500-swl": "milesight-em500",
    "milesight-iot/am319": "milesight-am300", "milesight-iot/vs133": "milesight-vs13x",
    "milesight-iot/em300-di": "milesight-em300", "milesight-iot/ws52x": "milesight-ws52x",
    "elsys/ers-co2": "elsys", "elsys/elt-ultrasonic": "elsys",
    "dragino/lse01": "dragino-lse01", "dragino/lds02": "dragino-lds02", "dragino/lmds200": "dragino-lmds200",
    "dragino/wsc1-l": "dragino-wsc1-l", "dragino/lgt92": "dragino-lgt92",
    "adeunis/temp": "adeunis-temp",
    "talkpool/oy1110": "talkpool-oy1110", "nwave/nps405": "nwave-nps405", "nwave/nps310sm": "nwave-nps310",
    "bosch/tps110-0292": "bosch-tps110", "tekzitel/tekzipark": "tekzitel-tekzipark",
    "dingtek/df702": "dingtek-df702", "dingtek/dc500": "dingtek-dc500",
    "teneo-iot/filling-degree-sensor": "teneo-filling", "pepperl-fuchs/wilsen-sonic-level": "pepperl-wilsen",
    "browan/tbms100": "browan-tbms100", "mclimate/flood-sensor": "mclimate-flood",
    "digital-matter/oyster": "digital-matter-oyster", "opensource/esp32-paxcounter": "paxcounter",
    "elvaco/cmi4110": "elvaco-cmi4110", "b-meters/iwmlr3": "b-meters-iwmlr3", "keller/keller": "keller",
    "sensecap/sensecap210x": "sensecap-s210x", "emu/emu-prof-ii": "emu-professional",
}
VENDORS = {"netvox": "netvox", "decentlab": "decentlab-"}
LPP = {"analogInput": "analog_in", "temperature": "temperature", "digitalInput": "digital_in"}


def layout_of(device):
    vendor, _, model = device.partition("/")
    prefix = VENDORS.get(vendor)
    if prefix is None:
        return LAYOUTS.get(device)
    return prefix + model if prefix.endswith("-") else prefix


def flat(value, path=""):
    """{"a/b": leaf}; a table of value and unit is its value, and null is nothing said."""
    if isinstance(value, dict) and "value" in value and set(value) <= {"value", "unit", "displayName"}:
        value = value["value"]
    if isinstance(value, str) and (with_unit := re.fullmatch(r"(-?[\d.]+) (mm|cm|°|℃|hours|minutes)", value)):
        value = float(with_unit[1])
    if not isinstance(value, dict):
        return {} if value is None else {path: value}
    leaves = {}
    for key, inner in value.items():
        leaves |= flat(inner, f"{path}/{key}" if path else key)
    return leaves


def adeunis(data):
    """The codec's shape: a status, a time, and named lists of temperatures, the newest first."""
    data = data["bytes"]
    expected = {f"status/{key}": data["status"][key]
                for key in ("frameCounter", "lowBattery", "configurationDone")}
    if "timestamp" in data:
        expected["(time)"] = data["timestamp"] + "Z"
    for series in data.get("temperatures", []):
        expected["temperatures " + series["name"][-1]] = series["values"]
        expected[series["name"]] = series["values"][0]
    return expected


SENSECAP = {"hardwareVersion": "hardware_version", "softwareVersion": "software_version", "sensorId": "sensor_id"}
# What codecs hand through of their input, and what they count or spell of it.
ECHOED = {"payload", "port", "valid", "err", "channel", "channelCount"}


def device_bytes(case):
    layout = layout_of(case["device"])
    if layout is None or not case["expected"]:
        return None
    words = ["--layout", layout, "--fport", str(case["fPort"])]
    if case["expected"].get("errors"):
        return words, "refused"
    data = {key: value for key, value in case["expected"]["data"].items()
            if key not in ECHOED and not (key == "bytes" and isinstance(value, list))}
    for message in data.pop("messages", []):  # of SenseCAP: one for each item
        data |= {"sensor_removed": True} if message["type"] == "report_remove_sensor" else {
            SENSECAP.get(key, key): value.lower() if key == "sensorId" else value
            for key, value in message.items() if key not in ("type", "channel")}
    return words, adeunis(data) if layout.startswith("adeunis") else flat(data)


def envelope(case):
    """What every network server says: who, when, on which port, and the bytes."""
    said, expected = case["expected"] or {}, {}
    device = said.get("devEui") or said.get("dev_eui") or said.get("device")
    if device:
        expected["(device)"] = device.lower() if len(device) == 16 else device
    if "time" in said:
        expected["(time)"] = said["time"]
    if "time_ms" in said:
        at = datetime.datetime.fromtimestamp(said["time_ms"] / 1000, datetime.timezone.utc)
        expected["(time)"] = at.isoformat()
    for key, name in {"batteryLevel": "lns.battery", "margin": "lns.margin", "fPort": "lns.fPort",
                      "rssi": "lns.rssi", "payload_hex": "lns.data", "data_hex": "lns.data",
                      "frm_payload_hex": "lns.data"}.items():
        if key in said:
            expected[name] = said[key]
    return expected


def network_server(case):
    expected = envelope(case)
    return (["--format", "lorawan"], expected) if expected else None


def loracloud(case):
    said = case["expected"]
    return ["--format", "lorawan"], {"(device)": said["devEui"], "info_fields/voltage/value": said["voltage"],
                                     "info_fields/temp/value": said["temp"]}


def other_servers(case):
    said = case["expected"]
    if "decoded" in said:
        return ["--format", "lorawan", "--layout", "elsys"], envelope(case) | said["decoded"]
    if "lpp" in said:
        # A note stands where the collector of the case counted a byte too far: 05 00 00 is channel 5.
        lpp = {f"{LPP[key]}_{channel}": value for channel, values in said["lpp"].items()
               for key, value in values.items() if key != "note"}
        return ["--format", "lorawan", "--layout", "cayenne_lpp"], envelope(case) | lpp
    if "batteryVoltage" in said:  # no envelope at all
        return ["--format", "json"], {"/" + key: value for key, value in said.items()}
    return network_server(case)


def iot_agent_lorawan(case):
    said = case["expected"]
    if not said:
        return None
    if "error" in said:
        return ["--format", "lorawan", "--layout", "cayenne_lpp"], "refused"
    decoded = json.loads(case["payload"]).keys() & {"object", "payload_fields"}
    return ["--format", "lorawan", *([] if decoded else ["--layout", "cayenne_lpp"])], said


ELSYS = {"batteryLevelPercent": None, "objects": None, "digitalInput": "digital",
         "externalTemperature1": "externalTemperature"}
MILESIGHT = {"distance_m": "distance", "digitalInput": "door"}


# Devices of the platform: the layout, and what its values are called there; metres as they come.
PLATFORM = {"talkpool": ("talkpool-oy1210",
                         {"co2": "CO2", "humidity": "RelativeHumidity", "temperature": "Temperature"}),
            "vegapuls": ("vegapuls-air", {"batteryLevel": "battery", "distance_m": "distance"}),
            "qalcosonic": ("axioma-qalcosonic-", {"currentVolume_l": "volume"}),
            "niab": ("niab-fls", {"distance_m": "distance"}), "senlabt": ("senlab-t", {})}
# A value that the device itself calls an error: no value, beside those that are good.
NO_VALUE = {"diwise-iot-agent/niab/cc0fffff": {"distance": None},
            "diwise-iot-agent/senlabt/sensorReadingError": {"temperature": None}}


def platform(case, family):
    layout, names = PLATFORM[family]
    said = {names.get(key, key): value for key, value in case["expected"].items() if key not in ("note", "volumes")}
    if family == "qalcosonic":
        layout += case["id"].rpartition("/")[2]
    if family == "niab" and "distance" in said:
        said["distance"] = round(said["distance"] * 1000)
    if "timestamp" in said:
        said["(time)"] = said.pop("timestamp")
    if case["id"] in NO_VALUE:
        said = NO_VALUE[case["id"]]
    envelope = [] if case["payload"].isalnum() else ["--format", "lorawan"]
    return [*envelope, *([] if envelope else ["--hex"]), "--layout", layout], "refused" if "error" in said else said


def diwise(case):
    """A municipal platform: values by other names, in metres, and doors as inputs."""
    family = case["id"].split("/")[1]
    said = case["expected"]
    if not said:
        return None
    if family == "elsys":
        return ["--format", "lorawan", "--layout", "elsys"], {
            ELSYS.get(key, key): int(value) if isinstance(value, bool) else value
            for key, value in said.items() if ELSYS.get(key, key)}
    if family == "milesight":
        payload = json.loads(case["payload"])
        series = "am300" if "AM1" in payload["deviceProfileName"] else "em400"
        if "digitalInput" in said:
            series = "em300"
        expected = {MILESIGHT.get(key, key): value for key, value in said.items()}
        if "distance" in expected:
            expected["distance"] = round(expected["distance"] * 1000)
        if "door" in expected:
            expected["door"] = "open" if expected["door"] else "close"
        return ["--format", "lorawan", "--layout", "milesight-" + series], expected
    if family in PLATFORM:
        return platform(case, family)
    if family in ("airquality", "netmore", "servanet"):
        return ["--format", "lorawan"], {("(device)" if key == "devEui" else key): value
                                         for key, value in said.items()}
    return None


SERIAL = {"PMS5003T": "plantower-pms5003t", "PMS3003": "particulate-serial", "PMSx003": "particulate-serial",
          "SDS01x": "particulate-serial", "SDS198": "particulate-serial", "HPMA115C0": "particulate-serial"}


def particulates(case):
    """Captured frames, and the row that a logger made of each; its clock is the logger's own."""
    if case["sensor"] not in SERIAL:
        return None
    said = {key: value for key, value in case["expected"].items() if key != "time"}
    return ["--layout", SERIAL[case["sensor"]]], said


# What the vendor's profiles of its devices call the same attribute.
WATTECO = {"temperature_1": "temperature", "index_1": "index", "Irms": "analog", "4-20_mA": "analog", "open": "input_2",
           "IAQ": "concentration"}


def watteco(case):
    """Reports; compressed batches (bit 0 of the first byte) and telegrams of French meters have no layout."""
    data = bytes.fromhex(case["payload"])
    if data[0] & 1 == 0 or data[2:4] in (b"\0\x53", b"\0\x54", b"\0\x56"):
        return None
    said = {WATTECO.get(key, key): value for key, value in case["expected"]["data"].items()
            if key not in ("samples", "NA") and not key.endswith("_unit")}
    return ["--layout", "watteco", "--fport", "125"], said


FAMILIES = {
    "ttn-lorawan-devices": device_bytes, "chirpstack-v4": network_server, "chirpstack-v3": network_server,
    "tts-v3": network_server, "ttn-v2": network_server, "loracloud": loracloud, "other-lns": other_servers,
    "iotagent-lorawan": iot_agent_lorawan, "diwise-iot-agent": diwise, "particulate-serial": particulates,
    "watteco-zcl": watteco,
}
