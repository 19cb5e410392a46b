# SPDX-License-Identifier: Apache-2.0
"""10,000 readings of 200 devices, over MQTT and CoAP, with the context broker away in between: every
one arrives, exactly as `lamppost map` says, in order, and the counters say the same."""
import json
import shutil
import subprocess
import threading

from coap_sender import CoapSender
from harness import (Gateway, arguments, check, check_conserved, check_equal, check_order,
                     destination, source)
from mqtt_publisher import MqttPublisher
from readings import Reading, key_of, rounds

MQTT_STATIONS = [f"mqtt-{number}" for number in range(160)]
COAP_STATIONS = [f"coap-{number}" for number in range(40)]
READINGS_EACH = 50
THIRDS = [range(0, 17), range(17, 34), range(34, READINGS_EACH)]


def coap_client():
    for name in ("coap-client-openssl", "coap-client-notls", "coap-client"):
        if shutil.which(name):
            return name
    raise AssertionError("coap-client is missing (try ./dev deps)")


def post_with_coap_client(gateway, reading):
    url = f"coap://127.0.0.1:{gateway.coap_port}/{reading.topic}"
    subprocess.run(
        [coap_client(), "-m", "post", "-t", "50", "-B", "30", "-e", reading.payload, url],
        check=True, timeout=60, stdout=subprocess.DEVNULL)


def send_coap(gateway, numbers):
    """The first reading of each station goes through libcoap's own client."""
    posts = rounds(COAP_STATIONS, numbers)
    for reading in [each for each in posts if each.number == 0]:
        post_with_coap_client(gateway, reading)
    with CoapSender(gateway.coap_port) as sender:
        sender.post_all([(each.topic, each.payload) for each in posts if each.number > 0],
                        lambda *_: None)


def send(gateway, publisher, numbers):
    """Both at once; returns when mosquitto and lamppost have acknowledged everything."""
    faults = []

    def coap():
        try:
            send_coap(gateway, numbers)
        except Exception as fault:  # told in the main thread
            faults.append(fault)

    thread = threading.Thread(target=coap)
    thread.start()
    for reading in rounds(MQTT_STATIONS, numbers):
        publisher.publish(reading.topic, reading.payload)
    publisher.flush()
    thread.join()
    if faults:
        raise faults[0]


def check_as_mapped(gateway, arrived):
    """What `lamppost map` prints is what the broker got, for a sample over stations and times."""
    for number in range(40):
        name, stations = ("site", MQTT_STATIONS) if number % 2 else ("field", COAP_STATIONS)
        reading = Reading(stations[number * 7 % len(stations)], number * 11 % READINGS_EACH)
        printed = gateway.run("map", "--source", name, "--topic", reading.topic,
                              "--content-type", "application/json", stdin=reading.payload)
        check_equal(json.loads(printed), [arrived[reading.key]], f"map of {reading.payload}")


def check_entities(entities):
    arrived = {}
    for entity in entities:
        before = arrived.setdefault(key_of(entity), entity)
        check_equal(entity, before, "an entity that came twice")
    expected = rounds(MQTT_STATIONS + COAP_STATIONS, range(READINGS_EACH))
    check_equal(len(arrived), len(expected), "distinct entities")
    for reading in expected:
        check_equal(arrived[reading.key], reading.entity, f"entity of {reading.payload}")
    return arrived


def check_never_backwards(entities):
    latest = {}
    for entity in entities:
        at = entity["pm25"]["observedAt"]
        check(at >= latest.get(entity["id"], ""), f"{entity['id']} went back to {at}")
        latest[entity["id"]] = at


def check_counters(status):
    check_conserved(status)
    city = destination(status)
    total = READINGS_EACH * (len(MQTT_STATIONS) + len(COAP_STATIONS))
    for word, count in {"stored": total, "delivered": total, "queued": 0, "merged": 0, "dead": 0,
                        "dropped": 0}.items():
        check_equal(city[word], count, word)
    for name, stations in {"site": MQTT_STATIONS, "field": COAP_STATIONS}.items():
        count = READINGS_EACH * len(stations)
        check_equal(source(status, name)["received"], count, f"received of {name}")
        check_equal(source(status, name)["stored"], count, f"stored of {name}")
    check_equal(status["dead_letters"], 0, "dead letters")


def main():
    with Gateway(arguments()) as gateway:
        gateway.start_lamppost()
        with MqttPublisher(gateway.mqtt_port) as publisher:
            send(gateway, publisher, THIRDS[0])
            gateway.stop_receiver()
            send(gateway, publisher, THIRDS[1])
            gateway.start_receiver()
            send(gateway, publisher, THIRDS[2])
        gateway.await_readings(rounds(MQTT_STATIONS + COAP_STATIONS, range(READINGS_EACH)))
        status = gateway.await_idle()
        entities = gateway.entities()
        check_as_mapped(gateway, check_entities(entities))
        check_never_backwards(entities)
        check_order(entities)
        check_counters(status)
        print(f"{destination(status)['delivered']} readings delivered in "
              f"{destination(status)['requests']} requests, {len(entities)} entities seen")


if __name__ == "__main__":
    main()
