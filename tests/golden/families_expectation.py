# SPDX-License-Identifier: Apache-2.0
"""Which profile reads a published payload, and which attributes its source's values become.

Each function takes a case and gives a Plan, or None when no profile is for the device. `expected` is
{model: {attribute: value}} in the units of the models, a tuple of values where several entities of the model
have one each, or "refused".
"""
import base64
import dataclasses
import json
import re

from decode_expectation import layout_of

AIR, WEATHER, METER = "AirQualityObserved", "WeatherObserved", "SmartMeteringObservation"
# What sources call it: our attribute, and the factor to the unit of the model.
NAMES = {"pm1": ("pm1", 1), "pm25": ("pm25", 1), "pm10": ("pm10", 1), "co2": ("co2", 1),
         "temperature": ("temperature", 1), "relativeHumidity_pct": ("relativeHumidity", 0.01),
         "pressure_Pa": ("pressure", 0.01), "pressure_hPa": ("pressure", 1)}


@dataclasses.dataclass
class Plan:
    profile: str
    topic: str
    payload: bytes
    expected: object
    more: str = ""  # a line that the mapping needs besides


def air(said):
    attributes = {NAMES[key][0]: value * NAMES[key][1] for key, value in said.items() if key in NAMES}
    if "temperature_F" in said:
        attributes["temperature"] = round((said["temperature_F"] - 32) / 1.8, 1)
    return {AIR: attributes}


def citizen_air(case):
    if "sensordatavalues" not in case["payload"]:
        return None  # hackAIR, which is another shape
    return Plan("airrohr", "airrohr/esp8266-1", case["payload"].encode(), air(case["expected"]))


def airgradient(case):
    """Settings have no values; of values the manufacturer's corrected ones win."""
    if not case["expected"]:
        return Plan("airgradient", "airgradient/readings/1", case["payload"].encode(), {})
    said, sent = dict(case["expected"]), json.loads(case["payload"])
    said["temperature"] = sent.get("atmpCompensated", said["temperature"])
    said["relativeHumidity_pct"] = sent.get("rhumCompensated", said["relativeHumidity_pct"])
    return Plan("airgradient", "airgradient/readings/" + said["serial"], case["payload"].encode(), air(said))


def purpleair(case):
    return Plan("purpleair", "purpleair/131075", case["payload"].encode(), air(case["expected"]))


ROOM = {"current_temperature_c": ("temperature", 1), "temperature_c": ("temperature", 1),
        "current_relative_humidity_rh": ("relativeHumidity", 0.01), "humidity_rh": ("relativeHumidity", 0.01),
        "relative_humidity_rh": ("relativeHumidity", 0.01), "co2_ppm": ("co2", 1)}


def meter(case):
    """The JSON that wmbusmeters prints for a telegram is what it publishes."""
    said = case["expected"]
    payload = json.dumps(said).encode()
    if said["media"] == "room sensor":
        return Plan("wmbusmeters-room", case["topic"], payload, {"IndoorEnvironmentObserved": {
            ROOM[key][0]: value * ROOM[key][1] for key, value in said.items() if key in ROOM}})
    totals = []  # of energy and of volume, each in an entity of its own
    for keys in (("total_energy_consumption_kwh", "total_kwh"), ("total_m3", "total_volume_m3")):
        totals += [said[key] for key in keys if said.get(key) is not None][:1]
    expected = {METER: {"totalConsumption": tuple(totals)}} if totals else {}
    return Plan("wmbusmeters", case["topic"], payload, expected)


def chirpstack(profile, port, data, expected):
    return Plan(profile, "application/9a2b/device/24e124725c140542/event/up", json.dumps({
        "time": "2026-03-01T11:59:58+00:00", "deviceInfo": {"devEui": "24e124725c140542"}, "fCnt": 7,
        "fPort": port, "data": base64.b64encode(data).decode()}).encode(), expected)


def device_bytes(case):
    """The values were compared by decode_test.py; here they have to become entities."""
    layout = layout_of(case["device"])
    if layout is None or layout in ("dragino-lds02", "dragino-lgt92") or not case["expected"]:
        return None
    return chirpstack(layout, case["fPort"], bytes.fromhex(case["payload"]),
                      "refused" if case["expected"].get("errors") else {})


# Keys of Zigbee2MQTT, and what they become.
ZIGBEE = {"temperature": (WEATHER, "temperature", 1), "humidity": (WEATHER, "relativeHumidity", 0.01),
          "pressure": (WEATHER, "atmosphericPressure", 1), "co2": (AIR, "co2", 1), "pm25": (AIR, "pm25", 1),
          "energy": (METER, "totalConsumption", 1)}


def zigbee(case):
    topic = case["topic"] or "zigbee2mqtt/roof"
    if not re.fullmatch(r"zigbee2mqtt/[^/]+", topic) or not case["payload"].startswith("{"):
        return None
    expected = {}
    for key, value in json.loads(case["payload"]).items():
        if key in ZIGBEE and isinstance(value, (int, float)):
            model, name, factor = ZIGBEE[key]
            expected.setdefault(model, {})[name] = value * factor
    return Plan("zigbee2mqtt", topic, case["payload"].encode(), expected)


def tasmota(case):
    topic = (case["topic"] or "tele/roof/SENSOR").replace("%topic%", "roof")
    if not re.fullmatch(r"tele/[^/]+/SENSOR", topic):
        return None
    try:
        sent = json.loads(case["payload"])
    except ValueError:
        return Plan("tasmota", topic, case["payload"].encode(), "refused")
    total = sent.get("ENERGY", {}).get("Total")
    expected = {METER: {"totalConsumption": total}} if isinstance(total, (int, float)) else {}
    for key in ("BME280", "SHT3X", "AM2301", "SI7021", "DS18B20"):
        if sent.get("TempUnit", "C") == "C" and isinstance(sent.get(key), dict) and "Temperature" in sent[key]:
            expected[WEATHER] = {"temperature": sent[key]["Temperature"]}
            break
    return Plan("tasmota", topic, case["payload"].encode(), expected)


def shelly(case):
    """The prefix of the topics is a person's choice, and may have levels of its own."""
    topic = (case["topic"] or "").replace("<TOPIC_PREFIX>", "roof")
    if gen1 := re.fullmatch(r"(shellies(?:/[^/]+)*)/[^/]+/emeter/\d/total", topic):
        return Plan("shelly-gen1-energy", topic, case["payload"].encode(),
                    {METER: {"totalConsumption": float(case["payload"]) / 1000}},
                    f'match = "{gen1[1]}/{{device}}/emeter/{{channel}}/total"\n')
    if gen2 := re.fullmatch(r"((?:[^/]+/)*)[^/]+/events/rpc", topic):
        return Plan("shelly-gen2", topic, case["payload"].encode(), {},
                    f'match = "{gen2[1]}{{device}}/events/rpc"\n' if gen2[1] else "")
    return None


def esphome(case):
    topic = case["topic"].replace("<TOPIC_PREFIX>", "roof")
    return Plan("esphome", topic, case["payload"].encode(), {}) if "/sensor/" in topic else None


FAMILIES = {"sensor-community": citizen_air, "airgradient": airgradient, "purpleair": purpleair,
            "wmbusmeters": meter, "zigbee2mqtt": zigbee, "tasmota": tasmota, "shelly": shelly,
            "esphome": esphome, "ttn-lorawan-devices": device_bytes}
