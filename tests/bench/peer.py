#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""peer.py MQTT_PORT HTTP_PORT: what is written by hand where there is no gateway. Subscribes with
Debian's python3-paho-mqtt, makes an AirQualityObserved of each reading of air.toml and posts them,
up to a hundred at a time. No queue on disk, no checks against a model, no order, no retries. Prints
`subscribed`, then goes on until it is ended.
"""
import datetime
import http.client
import json
import queue
import sys

import paho.mqtt.client

UNITS = {"pm25": ("pm2_5", "GQ"), "pm10": ("pm10", "GQ"), "no2": ("no2", "GQ"), "o3": ("o3", "GQ"),
         "temperature": ("t", "CEL"), "relativeHumidity": ("rh", None)}


def entity(topic, payload):
    station, seen = topic.split("/")[1], json.loads(payload)
    at = datetime.datetime.fromtimestamp(seen["ts"] / 1000, datetime.timezone.utc)
    at = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made = {"id": f"urn:ngsi-ld:AirQualityObserved:{station}", "type": "AirQualityObserved",
            "dateObserved": {"type": "Property", "value": {"@type": "DateTime", "@value": at}},
            "location": {"type": "GeoProperty",
                         "value": {"type": "Point", "coordinates": [4.4025, 51.2194]}},
            "dataProvider": {"type": "Property", "value": "City of Antwerp"},
            "refDevice": {"type": "Relationship", "object": f"urn:ngsi-ld:Device:{station}"}}
    for name, (key, unit) in UNITS.items():
        value = seen[key] / 100 if name == "relativeHumidity" else seen[key]
        made[name] = {"type": "Property", "value": value, "observedAt": at}
        if unit:
            made[name]["unitCode"] = unit
    return made


def main():
    mqtt_port, http_port = map(int, sys.argv[1:])
    waiting = queue.Queue()
    client = paho.mqtt.client.Client("peer", clean_session=True)
    client.on_message = lambda _client, _data, message: waiting.put((message.topic, message.payload))
    client.on_connect = lambda *_: client.subscribe("air/+/state", 1)
    client.on_subscribe = lambda *_: print("subscribed", flush=True)
    client.connect("127.0.0.1", mqtt_port)
    client.loop_start()
    broker = http.client.HTTPConnection("127.0.0.1", http_port)
    while True:
        batch = [waiting.get()]
        while len(batch) < 100 and not waiting.empty():
            batch.append(waiting.get())
        body = json.dumps([entity(*reading) for reading in batch], separators=(",", ":"))
        broker.request("POST", "/ngsi-ld/v1/entityOperations/upsert", body,
                       {"Content-Type": "application/json"})
        broker.getresponse().read()


if __name__ == "__main__":
    main()
