# SPDX-License-Identifier: Apache-2.0
"""What `lamppost discover` proposes is taken as it stands: with its stanzas in the configuration, what was
heard arrives at the broker. Besides: announcements of bridges, devices that devices.csv lacks, and a dead
letter that today's mapping saves."""
import json
import subprocess
import tomllib

from harness import Gateway, arguments, check, check_conserved, check_equal, wait_until
from mqtt_publisher import MqttPublisher

HEARD = {
    "street/node-1/data": {"pm2_5": 7.5, "pm10": 11, "temp": 21.5, "rh": 45, "battery": 93},
    "street/node-2/data": {"pm2_5": 8.5, "pm10": 12, "temp": 20.5, "rh": 46, "battery": 92},
    "zigbee2mqtt/roof": {"temperature": 4.5, "humidity": 81, "battery": 97},
    "hall/state": {"env": {"hum": 40}},
    "application/9a2b/device/24e124725c140542/event/up": {
        "time": "2026-03-01T11:59:58+00:00", "deviceInfo": {"devEui": "24e124725c140542"}, "fCnt": 7, "fPort": 85,
        "data": "AXVcA2cBAQRoSA=="},
    "chatter/log": {"uptime": "3 days", "heap": 1},
}
EXPOSES = [{"type": "numeric", "name": "temperature", "property": "temperature", "unit": "°C", "access": 1},
           {"type": "numeric", "name": "soil_moisture", "property": "soil_moisture", "unit": "%", "access": 1,
            "value_min": 0, "value_max": 100}]
ANNOUNCED = {
    "zigbee2mqtt/bridge/devices": [
        {"type": "Coordinator", "friendly_name": "Coordinator"},
        {"type": "EndDevice", "friendly_name": "bed",
         "definition": {"vendor": "Maker", "model": "S1", "exposes": EXPOSES}}],
    "homeassistant/sensor/hall/config": {
        "stat_t": "hall/state", "val_tpl": "{{ value_json.env['hum'] }}", "unit_of_meas": "%",
        "dev_cla": "humidity"},
    "homeassistant/sensor/cellar/config": {
        "~": "cellar/sensor/t1", "state_topic": "~/state", "unit_of_measurement": "°F",
        "device_class": "temperature"},
}
LOCATED = 'location = [4.4025, 51.2194]\n'


def place(gateway):
    """The gateway's own place, which proposals take as long as nobody knows better."""
    text = gateway.config_file.read_text()
    gateway.config_file.write_text(text.replace('id = "under-test"\n', 'id = "under-test"\n' + LOCATED))


def retain(gateway, messages):
    for topic, payload in messages.items():
        subprocess.run(["mosquitto_pub", "-p", str(gateway.mqtt_port), "-t", topic, "-r", "-q", "1", "-s"],
                       input=json.dumps(payload).encode(), check=True)


def by_name(text):
    return {mapping["name"]: mapping for mapping in tomllib.loads(text).get("mapping", [])}


def check_proposals(mappings):
    street = mappings["street"]
    check_equal(street["match"], "street/{device}/data", "where the topics differ")
    check_equal(street["model"], "AirQualityObserved", "the model with most of the values")
    check_equal(street["attributes"]["relativeHumidity"], {"from": "/rh", "unit": "P1"}, "a percentage")
    server, device = mappings["chirpstack-v4"]["profile"]
    check_equal((server, device.split("-")[0]), ("chirpstack-v4", "milesight"), "who reads the bytes")
    check_equal(mappings["zigbee2mqtt"]["profile"], "zigbee2mqtt", "a family with a profile")
    moisture = mappings["zigbee2mqtt-2"]["attributes"]["soilMoistureVwc"]
    check_equal(moisture, {"from": "/soil_moisture", "unit": "P1", "min": 0, "max": 100},
                "what is announced beyond the profile, with unit and range")
    check_equal(mappings["hall-state"]["attributes"]["relativeHumidity"], {"from": "/env/hum", "unit": "P1"},
                "Home Assistant says what a member is")
    cellar = next(one for one in mappings.values() if one.get("match", "").startswith("cellar"))
    check_equal(cellar["attributes"]["temperature"], {"from": "value", "unit": "FAH"},
                "announced, not heard yet")
    check(not any("chatter" in one.get("match", "") for one in mappings.values()),
          "what has no name that tells a quantity is no stanza")


def check_listening(gateway):
    retain(gateway, HEARD | ANNOUNCED)
    place(gateway)
    said = gateway.run("discover", "--source", "site", "--seconds", "3").decode()
    print(said, flush=True)
    mappings = by_name(said)
    check_proposals(mappings)
    check("# no name here tells a quantity" in said, "what was left is told")
    gateway.config_file.write_text(gateway.config_file.read_text() + said)
    gateway.run("check")
    gateway.start_lamppost()
    with MqttPublisher(gateway.mqtt_port) as publisher:  # news: a retained state has no certain time
        for topic, payload in HEARD.items():
            publisher.publish(topic, json.dumps(payload).encode())
        publisher.flush()
    wait_until(lambda: len(gateway.entities()) >= 5, "what was heard arrives", 60)
    seen = {entity["id"]: entity for entity in gateway.entities()}
    check_equal(seen["urn:ngsi-ld:AirQualityObserved:node-2"]["pm25"]["value"], 8.5, "pm25 of node 2")
    check_equal(seen["urn:ngsi-ld:WeatherObserved:roof"]["relativeHumidity"]["value"], 0.81, "roof")
    again = gateway.run("discover", "--source", "site", "--seconds", "2").decode()
    check(not set(by_name(again)) & set(mappings), f"what is mapped is proposed again: {again}")
    check_conserved(gateway.status())


def check_unknown_device(gateway):
    """Held, proposed as a line of devices.csv, and taken once it is there."""
    table = gateway.directory / "devices.csv"
    with MqttPublisher(gateway.mqtt_port) as publisher:
        publisher.publish("air/new-1/state", b'{"ts":"2026-03-01T12:00:00Z","pm2_5":3}')
        publisher.flush()
        wait_until(lambda: "new-1" in gateway.run("discover").decode(), "the inbox shows it")
    said = gateway.run("discover").decode()
    check("# new-1,4.4025,51.2194\n" in said, f"a line for the table: {said}")
    table.write_text(table.read_text() + "new-1,4.4025,51.2194\n")
    check("new-1" not in gateway.run("discover").decode(), "a device of the table is not proposed")


def check_dead_letter(gateway):
    """What breaks its model today is sent after the mapping has changed, by `dead retry`."""
    with MqttPublisher(gateway.mqtt_port) as publisher:
        publisher.publish("air/quay-1/state", b'{"ts":"2026-03-01T12:00:00Z","pm2_5":-4}')
        publisher.flush()
    dead = wait_until(lambda: json.loads(gateway.run("dead", "list", "--json")), "a dead letter")
    check_equal(dead[0]["reason"], "model", "why it died")
    text = gateway.config_file.read_text()
    gateway.config_file.write_text(text.replace('unit = "GQ" }', 'unit = "GQ", scale = -1 }', 1))
    gateway.hang_up()
    answer = wait_until(lambda: retried(gateway), "dead retry")
    check_equal(answer[0]["retried"], True, "the letter is queued again")
    wait_until(lambda: any(entity["id"].endswith(":quay-1") and entity["pm25"]["value"] == 4
                           for entity in gateway.entities()), "it arrives, by today's mapping")
    check_conserved(gateway.status())


def retried(gateway):
    """None while the daemon still has the old mapping."""
    done = subprocess.run([gateway.lamppost, "dead", "--config", gateway.config_file, "retry", "--json"],
                          stdout=subprocess.PIPE, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def main():
    options = arguments()
    with Gateway(options) as gateway:
        check_listening(gateway)
    with Gateway(options, devices='[devices]\nfile = "devices.csv"\nunknown = "hold"\n') as gateway:
        (gateway.directory / "devices.csv").write_text("key,lon,lat\nquay-1,4.4025,51.2194\n")
        place(gateway)
        gateway.start_lamppost()
        check_unknown_device(gateway)
        check_dead_letter(gateway)


if __name__ == "__main__":
    main()
