# SPDX-License-Identifier: Apache-2.0
"""SIGKILL, twenty times (LAMPPOST_KILLS) at random moments under load over MQTT and CoAP: no
acknowledged reading is missing at the context broker.

Over MQTT the broker acknowledges and keeps a reading in lamppost's session, so everything published
counts; over CoAP everything that was answered with 2.04.
"""
import os
import random
import signal
import threading
import time

from coap_sender import CoapSender
from harness import (Gateway, arguments, check, check_conserved, check_equal, check_order,
                     destination, wait_until)
from mqtt_publisher import MqttPublisher
from readings import Reading, key_of

KILLS = int(os.environ.get("LAMPPOST_KILLS", 20))
KILLS_AT_START = KILLS * 3 // 10  # of these, without waiting until it is ready
STATIONS = 40       # on each transport
MQTT_PAUSE_S = 0.005  # some 200 readings a second, so that load lasts as long as the kills


class Load(threading.Thread):
    """Sends rounds of readings until told to stop; keeps what was acknowledged."""

    def __init__(self, port):
        super().__init__()
        self.port, self.enough, self.fault = port, threading.Event(), None
        self.acknowledged = []

    def run(self):
        try:
            self.send()
        except Exception as fault:  # told in the main thread
            self.fault = fault

    def finish(self):
        self.enough.set()
        self.join()
        if self.fault:
            raise self.fault


class MqttLoad(Load):
    def send(self):
        with MqttPublisher(self.port) as publisher:
            number = 0
            while not self.enough.wait(MQTT_PAUSE_S):
                reading = Reading(f"mqtt-{number % STATIONS}", number // STATIONS)
                publisher.publish(reading.topic, reading.payload)
                self.acknowledged.append(reading)
                number += 1
            publisher.flush()


class CoapLoad(Load):
    retransmissions = 0

    def send(self):
        with CoapSender(self.port) as sender:
            number = 0
            while not self.enough.is_set():
                readings = [Reading(f"coap-{station}", number) for station in range(STATIONS)]
                by_topic = {reading.topic: reading for reading in readings}
                sender.post_all([(each.topic, each.payload) for each in readings],
                                lambda path, _: self.acknowledged.append(by_topic[path]),
                                stop=self.enough.is_set)
                number += 1
            self.retransmissions = sender.retransmissions


def kill_again_and_again(gateway, chance, loads):
    at_start = set(chance.sample(range(KILLS), KILLS_AT_START))
    for kill in range(KILLS):
        if kill not in at_start:
            gateway.await_ready()
        time.sleep(chance.uniform(0, 0.4))  # the moment is what is tested, not a wait for something
        check_equal(gateway.end("lamppost", signal.SIGKILL), -signal.SIGKILL, "end of lamppost")
        gateway.start_lamppost(ready=False)
        check(not any(load.fault for load in loads), [load.fault for load in loads])


def main():
    options = arguments()
    print(f"seed {options.seed}", flush=True)
    with Gateway(options) as gateway:
        gateway.start_lamppost()
        loads = [MqttLoad(gateway.mqtt_port), CoapLoad(gateway.coap_port)]
        for load in loads:
            load.start()
        try:
            wait_until(gateway.entities, "first readings at the broker")
            kill_again_and_again(gateway, random.Random(options.seed), loads)
            gateway.await_ready()
        finally:
            for load in loads:
                load.finish()
        mqtt, coap = (load.acknowledged for load in loads)
        try:
            gateway.await_readings(mqtt + coap)
        finally:
            entities = gateway.entities()
            arrived = {key_of(entity) for entity in entities}
            missing = [each.key for each in mqtt + coap if each.key not in arrived]
            print(f"readings {len(mqtt)} MQTT, {len(coap)} CoAP; kills {KILLS}; missing "
                  f"{len(missing)}; duplicates {len(entities) - len(arrived)}; CoAP repetitions "
                  f"{loads[1].retransmissions}", flush=True)
        status = gateway.await_idle()
        check_conserved(status)
        check_equal(destination(status)["dead"], 0, "dead")
        check_order(gateway.entities())
        expected = {each.key: each.entity for each in mqtt + coap}
        for entity in gateway.entities():
            check_equal(entity, expected.get(key_of(entity), entity), "entity")


if __name__ == "__main__":
    main()
