# SPDX-License-Identifier: Apache-2.0
"""Whatever comes in is counted in exactly one state, and the next good reading is served."""
from coap_sender import CoapSender
from harness import Gateway, arguments, check, check_conserved, check_equal, source
from mqtt_publisher import MqttPublisher
from readings import Reading

FATES = ("stored", "empty", "dead", "held", "rejected", "late", "duplicate")
TOPIC = "air/quay-1/state"
TIME = b'"ts":"2026-03-01T12:00:00Z"'
NOT_FOUND = 0x84  # 4.04

# Topic, payload, the one counter that moves, the reason of the dead letter.
GARBAGE = {
    "not UTF-8": (TOPIC, b'{"pm2_5":\xff\xfe}', "dead", "malformed"),
    "not UTF-8 in a text": (TOPIC, b"{" + TIME + b',"pm2_5":1,"x":"\xc3\x28"}', "dead", "malformed"),
    "nested 10,000 deep": (TOPIC, b"[" * 10_000 + b"]" * 10_000, "dead", "malformed"),
    "10 MB": (TOPIC, b'{"pm2_5":"' + b"x" * 10_000_000 + b'"}', "dead", "too_large"),
    "NaN": (TOPIC, b"{" + TIME + b',"pm2_5":NaN}', "dead", "malformed"),
    "beyond any number": (TOPIC, b"{" + TIME + b',"pm2_5":1e999}', "dead", "malformed"),
    "no payload": (TOPIC, b"", "dead", "malformed"),
    "half a document": (TOPIC, b'{"pm2_5":', "dead", "malformed"),
    "breaks its model": (TOPIC, b"{" + TIME + b',"pm2_5":-1}', "dead", "model"),
    "a device that is not in the file": ("air/nobody/state", b"{" + TIME + b',"pm2_5":1}', "held", ""),
    "nothing in it": (TOPIC, b"{" + TIME + b"}", "empty", ""),
}


def counters(gateway, name="site"):
    ledger = source(gateway.status(), name)
    return {fate: ledger[fate] for fate in FATES}


def serve_one_good(gateway, publisher, number):
    reading = Reading("quay-1", number)
    publisher.publish(reading.topic, reading.payload)
    publisher.flush()
    gateway.await_readings([reading])
    check(reading.entity in gateway.entities(), f"entity of {reading.payload}")


def moved(before, fate, by):
    return {**before, fate: before[fate] + by}


def check_garbage(gateway, publisher, number):
    name, (topic, payload, fate, reason) = list(GARBAGE.items())[number]
    before = counters(gateway)
    publisher.publish(topic, payload)
    serve_one_good(gateway, publisher, number)
    expected = moved(moved(before, fate, 1), "stored", 1)
    check_equal(counters(gateway), expected, name)
    if reason:
        reasons = source(gateway.status(), "site")["dead_by_reason"]
        check(reason in reasons, f"{name}: no dead letter is {reason}: {reasons}")
    print(f"{name}: {fate} {reason}", flush=True)


def check_unmapped(gateway, publisher):
    """Nobody subscribes to a topic without a mapping; a CoAP client is told that there is no such
    path."""
    before = counters(gateway), counters(gateway, "field")
    publisher.publish("unmapped/quay-1", b"{}")
    publisher.flush()
    with CoapSender(gateway.coap_port) as sender:
        check_equal(sender.post("unmapped/quay-1", b"{}"), NOT_FOUND, "answer of CoAP")
    serve_one_good(gateway, publisher, len(GARBAGE))
    check_equal(counters(gateway), moved(before[0], "stored", 1), "MQTT, unmapped")
    check_equal(counters(gateway, "field"), before[1], "CoAP, unmapped")


def main():
    options = arguments()
    with Gateway(options, devices='[devices]\nfile = "devices.csv"\nunknown = "hold"') as gateway:
        (gateway.directory / "devices.csv").write_text("key,lon,lat\nquay-1,4.4025,51.2194\n")
        gateway.start_lamppost()
        with MqttPublisher(gateway.mqtt_port) as publisher:
            for number in range(len(GARBAGE)):
                check_garbage(gateway, publisher, number)
            check_unmapped(gateway, publisher)
        status = gateway.await_idle()
        check_conserved(status)
        held = [word for word, each in GARBAGE.items() if each[2] == "held"]
        check_equal(status["unknowns"], len(held), "readings in the inbox of unknowns")


if __name__ == "__main__":
    main()
