# SPDX-License-Identifier: Apache-2.0
"""The outbox's file system runs full: sources are pushed back, the daemon lives and says why, and
when there is room again everything that was published or acknowledged arrives.

The small file system is a tmpfs in a mount namespace of this test's own. Without the right to make
one the test skips itself.
"""
import os
import subprocess
import sys

from coap_sender import CHANGED, SERVICE_UNAVAILABLE, CoapSender
from harness import (SKIPPED, Gateway, arguments, check, check_conserved, check_equal, check_order,
                     destination, source, wait_until)
from mqtt_publisher import MqttPublisher
from readings import Reading, rounds

IN_NAMESPACE = "LAMPPOST_TEST_IN_NAMESPACE"
FILE_SYSTEM_BYTES = 8 << 20
MQTT_STATIONS = [f"mqtt-{number}" for number in range(20)]
ROUNDS = range(60)


def enter_namespace():
    """Starts this test again where it may mount; the mount ends with the test."""
    if IN_NAMESPACE in os.environ:
        return
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    enter = ["unshare", "--mount", *user]
    try:
        probe = "mount -t tmpfs -o size=1m none /mnt"
        subprocess.run([*enter, "sh", "-c", probe], check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as fault:
        print(f"skipped: no right to mount a small file system ({fault})")
        sys.exit(SKIPPED)
    os.environ[IN_NAMESPACE] = "1"
    os.execvp("unshare", [*enter, sys.executable, *sys.argv])


def mount_small(gateway):
    place = gateway.directory / "flash"
    place.mkdir()
    options = f"size={FILE_SYSTEM_BYTES}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], check=True, timeout=30)
    gateway.outbox_file = place / "outbox.db"
    gateway.configure()
    return place


def fill(place):
    """Takes all the room that is left."""
    ballast = place / "ballast"
    with open(ballast, "wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return ballast


def post_until_pushed_back(gateway):
    """The readings that were answered with 2.04 before the first 5.03."""
    taken = []

    def pushed_back():
        with CoapSender(gateway.coap_port) as sender:
            reading = Reading("coap-0", len(taken))
            code = sender.post(reading.topic, reading.payload)
        check(code in (CHANGED, SERVICE_UNAVAILABLE), f"CoAP answer {code:#x}")
        if code == CHANGED:
            taken.append(reading)
        return code == SERVICE_UNAVAILABLE

    wait_until(pushed_back, "a 5.03 from the full gateway")
    return taken


def reason(gateway):
    """Why readings are refused, as the outbox tells it."""
    told = gateway.status()["outbox"]["refusing"]
    return told if "full" in told or "free" in told else None


def run_full(gateway, place):
    """Fills up under load; returns what must arrive, and the file that takes the room."""
    published = rounds(MQTT_STATIONS, ROUNDS)
    with MqttPublisher(gateway.mqtt_port) as publisher:
        for reading in published[:100]:
            publisher.publish(reading.topic, reading.payload)
        publisher.flush()
        wait_until(lambda: source(gateway.status(), "site")["stored"] == 100, "100 stored")
        ballast = fill(place)
        taken = post_until_pushed_back(gateway)
        for reading in published[100:]:
            publisher.publish(reading.topic, reading.payload)
        publisher.flush()
    wait_until(lambda: source(gateway.status(), "site")["refused"] > 0, "MQTT is pushed back")
    return published + taken, ballast


def check_explained(gateway):
    why = wait_until(lambda: reason(gateway), "status says why readings are refused")
    print(f"status says: {why}", flush=True)
    check("refus" in gateway.log(), "the log does not speak of refusing")
    check(gateway.get("/ready") is None, "ready although readings are refused")
    check_conserved(gateway.status())


def main_with(options, outbox, full):
    with Gateway(options, outbox=outbox) as gateway:
        place = mount_small(gateway)
        try:
            gateway.start_lamppost()
            gateway.stop_receiver()
            expected, ballast = full(gateway, place)
            check_explained(gateway)
            gateway.alive("lamppost")
            ballast.unlink()
            gateway.start_receiver()
            gateway.await_readings(expected)
            status = gateway.await_idle()
            check_conserved(status)
            check_order(gateway.entities())
            check_equal(destination(status)["dead"], 0, "dead")
            check_equal(destination(status)["dropped"], 0, "dropped")
            wait_until(lambda: gateway.status()["outbox"]["refusing"] == "", "takes readings again")
            print(f"{len(expected)} readings, {len(gateway.entities())} entities seen")
        finally:
            gateway.end_all()
            subprocess.run(["umount", place], check=False, timeout=30)


def main():
    enter_namespace()
    options = arguments()
    # A window of nothing, so that every reading meets the full disk at once; no reserve to lean on.
    main_with(options, 'power_loss_window = "0s"\nmin_free_disk = "0B"', run_full)
    # The reserve of free room, with the shelf on tmpfs in front.
    main_with(options, 'min_free_disk = "2MiB"', run_full)


if __name__ == "__main__":
    main()
