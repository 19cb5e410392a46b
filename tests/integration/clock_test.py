# SPDX-License-Identifier: Apache-2.0
"""The daemon on a clock that starts in 1970, is set while it runs, and is set forward and back again:
every entity carries the right time, none is reordered, nothing expires and no timer stops.

The clock of the daemon alone is led by libfaketime: a file says how far it is from the real one.
"""
import datetime
import glob
import json
import os
import pathlib
import subprocess
import sys
import time

from harness import (Gateway, SKIPPED, arguments, check, check_conserved, check_equal, check_order,
                     destination, source, wait_until)
from mqtt_publisher import MqttPublisher
from readings import Reading, key_of

STATIONS = [f"clock-{number}" for number in range(5)]
TOLERANCE_S = 2  # between the clock of this process and what libfaketime makes of it
DAY_S = 24 * 3600


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def preload(program):
    """What LD_PRELOAD has to be: a sanitizer's runtime wants to come before everything else."""
    if "LAMPPOST_EMULATED" in os.environ:
        skip("libfaketime would lead the clock of the emulator, not of the program")
    found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not found:
        skip("libfaketime is not installed (./dev deps)")
    libraries = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    runtimes = [line.split()[2] for line in libraries.splitlines() if "san.so" in line]
    return " ".join([*runtimes, found[0]])


class Dial:
    """The daemon's clock, as seconds from the real one."""

    def __init__(self, directory, program):
        self.file = directory / "clock"
        self.file_next = directory / "clock.next"
        self.offset_s = 0
        self.environment = {
            "LD_PRELOAD": preload(program),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # a clock that is set leaves it alone
            "NO_FAKE_STAT": "1",
        }

    def turn(self, offset_s):
        self.offset_s = offset_s
        self.file_next.write_text(f"{offset_s:+d}\n")
        os.rename(self.file_next, self.file)


def check_that_it_works(gateway, dial):
    dial.turn(-int(time.time()))
    try:
        subprocess.run([gateway.lamppost, "--version"], env={**os.environ, **dial.environment},
                       capture_output=True, check=True, timeout=60)
    except (subprocess.SubprocessError, OSError) as fault:
        skip(f"this build does not run under libfaketime: {fault}")


class Undated(Reading):
    """A reading without a time of its own; it knows between which moments it came in."""

    @property
    def payload(self):
        return json.dumps({"pm2_5": self.pm25, "t": self.fahrenheit}).encode()


class Run:
    def __init__(self, gateway, dial, publisher):
        self.gateway, self.dial, self.publisher = gateway, dial, publisher
        self.sent, self.number = [], 0

    def received(self):
        status = self.gateway.get("/status")
        return source(status, "site")["received"] if status else -1

    def publish_round(self):
        """One reading of each station; returns when the gateway has all of them."""
        self.number += 1
        before = time.time()
        readings = [Undated(station, self.number) for station in STATIONS]
        for reading in readings:
            self.publisher.publish(reading.topic, reading.payload)
        self.publisher.flush()
        self.sent += readings
        wait_until(lambda: self.received() == len(self.sent), "the gateway has the readings")
        for reading in readings:
            reading.between = before, time.time(), self.dial.offset_s
        return readings


def seconds_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def check_times(entities, sent, offset_of):
    arrived = {key_of(entity): entity for entity in entities}
    for reading in sent:
        at = seconds_of(arrived[reading.key]["pm25"]["observedAt"])
        first, last, offset_s = reading.between
        offset_s = offset_of(offset_s)
        check(first + offset_s - TOLERANCE_S <= at <= last + offset_s + TOLERANCE_S,
              f"{reading.key} at {at}, expected between {first + offset_s} and {last + offset_s}")


def boot_in_1970(run):
    """Nothing leaves with a wrong time; once the clock is set, everything leaves with the right one."""
    gateway = run.gateway
    for _ in range(3):
        run.publish_round()
    waiting = next(each for each in gateway.status()["destinations"] if each["name"] == "(clock)")
    check_equal(waiting["queued"], len(run.sent), "readings that wait for the clock")
    check_equal(gateway.entities(), [], "entities before the clock is set")
    run.dial.turn(0)
    # The kernel of a container may never say that its clock is synchronized; then an operator does.
    gateway.trust = "always"
    gateway.configure()
    gateway.hang_up()
    run.publish_round()
    gateway.await_readings(run.sent)
    check_times(gateway.entities(), run.sent, lambda _: 0)


def steps_while_the_broker_is_away(run):
    """Further than max_age forward, and back to before the first reading."""
    gateway = run.gateway
    gateway.stop_receiver()
    for offset_s in (30 * DAY_S, 0, -400 * DAY_S, 0):
        run.dial.turn(offset_s)
        run.publish_round()
    queued = 4 * len(STATIONS)
    check_equal(destination(gateway.status())["queued"], queued, "queued while the clock stepped")
    gateway.start_receiver()
    gateway.await_readings(run.sent)
    check_times(gateway.entities(), run.sent[-queued:], lambda offset_s: offset_s)


def steps_while_all_is_well(run):
    for offset_s in (3600, -3600, 0):
        run.dial.turn(offset_s)
        run.gateway.await_readings(run.publish_round())


def main():
    options = arguments()
    with Gateway(options, trust="synchronized") as gateway:
        dial = Dial(pathlib.Path(gateway.directory), options.lamppost)
        check_that_it_works(gateway, dial)
        gateway.environment = dial.environment
        gateway.start_lamppost()
        with MqttPublisher(gateway.mqtt_port) as publisher:
            run = Run(gateway, dial, publisher)
            boot_in_1970(run)
            steps_while_the_broker_is_away(run)
            steps_while_all_is_well(run)
        status = gateway.await_idle()
        check_order(gateway.entities())
        check_conserved(status)
        check_equal(destination(status)["dropped"], 0, "dropped")
        check_equal(source(status, "site")["late"], 0, "late")
        check_equal(status["dead_letters"], 0, "dead letters")
        print(f"{len(run.sent)} readings on a clock that was set nine times")


if __name__ == "__main__":
    main()
