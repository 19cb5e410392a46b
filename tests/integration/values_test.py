# SPDX-License-Identifier: Apache-2.0
"""Values on their way through the daemon, across a kill: differences of a counter that wraps and is set
back, quality flags and values that are dropped, a calibration from a date on with the raw value beside it;
and a device that falls silent, which is late, missing, named in the log once, and heard again."""
import datetime
import json
import signal
import subprocess

from harness import Gateway, arguments, check, check_conserved, check_equal, source, wait_until
from readings import START

DEVICES = """
[devices]
file = "devices.csv"
unknown = "map"
"""
LISTED = "key,expect\nm1,\nbeat-1,3s\n"
EXTRA = """
[[mapping]]
name = "mast"
source = "site"
match = "mast/{station}"
format = "json"
model = "WeatherObserved"
id = "urn:ngsi-ld:WeatherObserved:{station}"
time = { from = "/ts" }
location = [4.4025, 51.2194]
[mapping.attributes.precipitation]
from = "/tips"
delta = { bits = 16 }
scale = 0.2
decimals = 1
[mapping.attributes.temperature]
from = "/t"
unit = "CEL"
decimals = 1
quality = { range = [-30, 50], max_rate = 2, per = "10min", flat = "1h", spike = 10, drop = ["range"] }
[mapping.attributes.relativeHumidity]
from = "/rh"
unit = "P1"
quality = { sentinel = [255], drop = ["sentinel"] }

[[mapping]]
name = "beats"
source = "site"
match = "beat/{station}"
format = "json"
model = "AirQualityObserved"
id = "urn:ngsi-ld:AirQualityObserved:{station}"
location = [4.4025, 51.2194]
[mapping.attributes]
pm25 = { from = "/p" }

[[calibration]]
device = "m1"
attribute = "temperature"
valid_from = "2026-03-01T00:15:00Z"
offset = -0.5
"""
# Minute, what the mast says, and what is sent: precipitation, temperature with its quality, raw value, humidity.
BEFORE_THE_KILL = [
    (0, {"t": 10.0, "tips": 65530, "rh": 40}, None, (10, "good", None), 0.4),
    (10, {"t": 11.0, "tips": 4, "rh": 255}, 2, (11, "good", None), None),  # ten tips over the end; no humidity
]
AFTER_THE_KILL = [
    (20, {"t": 30.0, "tips": 9, "rh": 50}, 1, (29.5, "rate spike", 30), 0.5),
    (30, {"t": 11.5, "tips": 2, "rh": 50}, None, (11, "good", 11.5), 0.5),  # the counter was set back
    (40, {"t": 11.5, "tips": 2, "rh": 50}, 0, (11, "good", 11.5), 0.5),
    (95, {"t": 11.5, "tips": 5, "rh": 50}, 0.6, (11, "flat", 11.5), 0.5),
    (100, {"t": 60.0, "tips": 5, "rh": 50}, 0, None, 0.5),  # out of range, and so left out
]
FLAGGED = {"quality_sentinel": 1, "quality_range": 1, "quality_rate": 2, "quality_flat": 1, "quality_spike": 2,
           "quality_dropped": 2, "counter_first": 1, "counter_reset": 1}


def publish(gateway, topic, payload):
    subprocess.run(["mosquitto_pub", "-p", str(gateway.mqtt_port), "-t", topic, "-q", "1", "-s"],
                   input=json.dumps(payload).encode(), check=True)


def moment(minute):
    return (START + datetime.timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def sent_by_mast(gateway):
    """{observedAt: (precipitation, temperature, relativeHumidity)}; what is absent is None."""
    found = {}
    for entity in gateway.entities():
        if entity["id"] != "urn:ngsi-ld:WeatherObserved:m1":
            continue
        held = {name: entity[name] for name in ("precipitation", "temperature", "relativeHumidity") if name in entity}
        found[next(iter(held.values()))["observedAt"]] = held
    return found


def temperature_of(said):
    if said is None:
        return None
    value, quality, raw = said
    return value, quality, raw, "CEL" if raw is not None else None


def seen_temperature(attribute):
    if attribute is None:
        return None
    raw = attribute.get("rawValue", {})
    return attribute["value"], attribute["quality"]["value"], raw.get("value"), raw.get("unitCode")


def take(gateway, rows):
    for minute, payload, *_ in rows:
        publish(gateway, "mast/m1", {"ts": moment(minute), **payload})
        wait_until(lambda at=moment(minute): at in sent_by_mast(gateway), f"minute {minute} is sent")
    sent = sent_by_mast(gateway)
    for minute, _, rain, warmth, humidity in rows:
        held = sent[moment(minute)]
        check_equal(held.get("precipitation", {}).get("value"), rain, f"precipitation at {minute}")
        check_equal(seen_temperature(held.get("temperature")), temperature_of(warmth), f"temperature at {minute}")
        check_equal(held.get("relativeHumidity", {}).get("value"), humidity, f"humidity at {minute}")


def check_values(gateway):
    take(gateway, BEFORE_THE_KILL)
    gateway.end("lamppost", signal.SIGKILL)
    gateway.start_lamppost()
    take(gateway, AFTER_THE_KILL)
    status = gateway.await_idle()
    check_conserved(status)
    notes = source(status, "site")["notes"]
    check_equal({word: notes.get(word, 0) for word in FLAGGED}, FLAGGED, "what was counted")


def state_of(gateway, device):
    """late, missing, or "" for one that keeps to its time or is not watched."""
    absent = (gateway.get("/status") or gateway.status())["devices"]["absent"]
    return next((one["state"] for one in absent if one["name"] == device), "")


def check_silence(gateway):
    """beat-1 is expected every three seconds: late for six more, then missing."""
    publish(gateway, "beat/beat-1", {"p": 1})
    wait_until(lambda: state_of(gateway, "beat-1") == "late", "the device is late")
    wait_until(lambda: state_of(gateway, "beat-1") == "missing", "the device is missing")
    wait_until(lambda: "device beat-1 is missing" in gateway.log(), "the log says so")
    before = gateway.log().count("device beat-1 is missing")

    def heard_again():
        publish(gateway, "beat/beat-1", {"p": 2})
        return "device beat-1 is heard again" in gateway.log()

    wait_until(heard_again, "the log says that it is heard again")
    check_equal(gateway.log().count("device beat-1 is missing"), before, "lines about its silence")


def main():
    options = arguments()
    with Gateway(options, devices=DEVICES) as gateway:
        (gateway.directory / "devices.csv").write_text(LISTED)
        gateway.configure(EXTRA)
        gateway.start_lamppost()
        check_values(gateway)
        check_silence(gateway)
        check(gateway.end("lamppost", signal.SIGTERM) == 0, "the daemon ends as it should")
        gateway.stop_receiver()


if __name__ == "__main__":
    main()
