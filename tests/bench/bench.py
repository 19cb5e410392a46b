#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a reading costs: drives the release binary with mosquitto and an HTTP sink, prints a table.

    bench.py --build build/release [--quick] [--rows 200000]

A reading is 188 bytes of JSON over MQTT at QoS 1; it leaves as an AirQualityObserved entity of about
1.1 KB. It counts as done when the sink has it. CPU is user and system time of all threads of the
daemon (/proc/PID/task/*/schedstat, nanoseconds), disk is write_bytes of /proc/PID/io; the fresh shelf
lies on tmpfs and therefore never counts. Wall time says more about the machine's other work.
"""
import argparse
import contextlib
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import latency
from processes import Backlogged, Daemon, Stage, cpu_us, cpu_us_of_threads, stop, wait_until


def take_in(stage, daemon):
    count, cpu = 10_000, daemon.cpu_us()
    target = daemon.metric("lamppost_readings_stored_total") + count
    stage.load(count, 4_000)
    wait_until(lambda: daemon.metric("lamppost_readings_stored_total") >= target,
               "readings to be stored")
    time.sleep(2)  # past the power loss window
    return (daemon.cpu_us() - cpu) / count


def flash_waits_ms(directory, count):
    """What a disk takes to bring one page to flash, each time."""
    waits = []
    with tempfile.TemporaryFile(dir=directory) as file:
        for page in range(count):
            os.pwrite(file.fileno(), bytes(4096), page % 64 * 4096)
            begin = time.monotonic()
            os.fdatasync(file.fileno())
            waits.append((time.monotonic() - begin) * 1000)
    return waits


class Bench(Stage):
    def __init__(self, build, quick):
        self.stations_ahead_until = 0
        super().__init__(build)
        self.most, self.rows = 1 if quick else 5, []

    def row(self, what, value, unit, spread=()):
        low_high = f"{min(spread):.1f} - {max(spread):.1f}" if len(spread) > 1 else ""
        self.rows.append((what, f"{value:,.1f} {unit}", low_high))
        print(f"{what}: {value:,.1f} {unit}  {low_high}", flush=True)

    def deliver(self, count, rate=0, stations=50):
        self.await_stations()
        target = self.sink.entities() + count
        self.stations_ahead_until = time.monotonic() + count / stations / 1000
        self.load(count, rate, stations)
        wait_until(lambda: self.sink.entities() >= target, f"{count} readings to be delivered")
        time.sleep(0.1)  # the last settle

    def await_stations(self):
        """A station reads each millisecond; a run that began before the last one's end would be late."""
        time.sleep(max(0, self.stations_ahead_until - time.monotonic()))

    def window(self, daemon, count, rate, stations=50):
        """One repetition: microseconds and bytes on disk a reading, readings a second."""
        self.await_stations()
        cpu, disk, begin = daemon.cpu_us(), daemon.disk_bytes(), time.monotonic()
        self.deliver(count, rate, stations)
        seconds = time.monotonic() - begin - 0.1
        return ((daemon.cpu_us() - cpu) / count, (daemon.disk_bytes() - disk) / count,
                count / seconds)

    def cost(self, name, daemon, repetitions, count, rate=0):
        runs = [self.window(daemon, count, rate) for _ in range(min(repetitions, self.most))]
        cpu, disk, speed = ([run[i] for run in runs] for i in range(3))
        self.row(f"CPU a reading, {name}", statistics.median(cpu), "us", cpu)
        self.row(f"written to disk a reading, {name}", statistics.median(disk), "bytes", disk)
        if rate == 0:
            self.row(f"readings a second, {name}", statistics.median(speed), "", speed)

    def size(self):
        stripped = self.directory / "stripped"
        subprocess.run(["strip", "-o", stripped, self.build / "lamppost"], check=True)
        self.row("binary, stripped", stripped.stat().st_size / 1e6, "MB")

    def start_up(self, devices):
        starts, resident = [], []
        for _ in range(min(5, self.most)):
            with contextlib.closing(Daemon(self, devices=devices)) as daemon:
                starts.append(daemon.start_ms)
                resident.append(daemon.memory_mb()[0])
        name = f"with {devices:,} devices in devices.csv" if devices else "until ready"
        self.row(f"start-up {name}", statistics.median(starts), "ms", starts)
        self.row(f"memory after start-up {name}, RSS", statistics.median(resident), "MB", resident)

    def healthy(self):
        with contextlib.closing(Daemon(self)) as daemon:
            time.sleep(1)
            rss, pss = daemon.memory_mb()
            self.row("memory idle, RSS", rss, "MB")
            self.row("memory idle, PSS", pss, "MB")
            self.deliver(5_000)  # caches warm, statements prepared
            self.threads(daemon, 60_000)
            self.cost("full rate", daemon, 5, 60_000)
            rss, pss = daemon.memory_mb()
            self.row("memory after full rate, RSS", rss, "MB")
            self.row("memory after full rate, PSS", pss, "MB")
            self.cost("5,000/s", daemon, 3, 25_000, 5_000)
            self.cost("500/s", daemon, 3, 2_500, 500)
            self.cost("100/s", daemon, 3, 500, 100)

    def threads(self, daemon, count):
        """Paho's receives, decodes, maps and stores; the main one sends and settles."""
        before = cpu_us_of_threads(daemon.process.pid)
        self.deliver(count)
        for name, spent in cpu_us_of_threads(daemon.process.pid).items():
            self.row(f"CPU a reading, full rate, thread {name}", (spent - before.get(name, 0)) / count, "us")

    def growth(self, what, before, after):
        self.row(f"CPU a reading, {what}: {before:.1f} and {after:.1f} us, growth",
                 (after / before - 1) * 100, "%")

    def devices(self):
        """In turns, so that both see the same machine."""
        count, cost = 40_000, {10: [], 10_000: []}
        with contextlib.closing(Daemon(self)) as daemon:
            for turn in range(min(5, self.most + 2)):
                for stations, seen in cost.items():
                    spent = self.window(daemon, count, 0, stations)[0]
                    if turn > 0:  # in the first one the devices are new
                        seen.append(spent)
                    time.sleep(count / stations / 1000)  # the time of its last reading
        self.growth("10 and 10,000 devices", *map(statistics.median, cost.values()))

    def queue_length(self, rows):
        """The broker is away: what taking a reading in and bringing it to flash costs."""
        cost = {}
        for queued in (0, rows):
            with contextlib.closing(Backlogged(self.build, queued, 1_000)) as stage:
                stage.sink.down()
                with stage.daemon() as daemon:
                    cost[queued] = statistics.median(
                        take_in(stage, daemon) for _ in range(min(3, self.most + 1)))
        self.growth(f"broker down, nothing and {rows:,} rows queued", *cost.values())

    def delays(self):
        for name, beside in (("100/s", 0), ("100/s beside 30,000 others", 30_000)):
            p50, p99 = latency.percentiles(self.build, 500 if self.most == 1 else 3_000, 100, beside)
            self.row(f"under way at {name}, median", p50, "ms")
            self.row(f"under way at {name}, 99 %", p99, "ms")

    def peer(self):
        """A script of forty lines instead of the daemon, in the same run."""
        count = 20_000
        command = ["/usr/bin/python3", pathlib.Path(__file__).with_name("peer.py"),  # Debian's
                   str(self.mosquitto.port), str(self.sink.port)]
        with subprocess.Popen(command, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as script:
            if script.stdout.readline() != "subscribed\n":
                print("peer.py: python3-paho-mqtt is not installed")
                return
            before, begin = cpu_us(script.pid), time.monotonic()
            self.deliver(count)
            seconds = time.monotonic() - begin - 0.1
            self.row("CPU a reading, a Python script", (cpu_us(script.pid) - before) / count, "us")
            self.row("readings a second, a Python script", count / seconds, "")
            stop(script)

    def paho_alone(self, name, count, rate=0):
        spent = []
        for _ in range(min(3, self.most)):
            command = [self.build / "tests/bench/bench_mqtt_floor", str(self.mosquitto.port), str(count)]
            with subprocess.Popen(command, text=True, stdout=subprocess.PIPE) as floor:
                floor.stdout.readline()
                self.load(count, rate)
                spent.append(float(floor.stdout.readline().split()[1]))
        self.row(f"CPU a message, {name}, a Paho client that does nothing", statistics.median(spent),
                 "us", spent)

    def every_reading_on_flash(self):
        with contextlib.closing(Daemon(self, "0s")) as daemon:
            self.deliver(500)
            self.cost("window 0s, full rate", daemon, 3, 20_000)
        waits = flash_waits_ms(self.directory, 200)
        self.row("fdatasync of 4 KiB on the same disk", statistics.median(waits), "ms", waits)

    def outage(self):
        """The broker is away: what readings cost on disk, then what catching up costs."""
        count, spent, written = 20_000, [], []
        for _ in range(min(3, self.most)):
            with contextlib.closing(Daemon(self)) as daemon:
                self.sink.down()
                cpu, disk = daemon.cpu_us(), daemon.disk_bytes()
                self.load(count, 4_000)
                wait_until(lambda: daemon.metric("lamppost_readings_stored_total") >= count,
                           "readings to be stored")
                time.sleep(3)  # past the power loss window: everything is on the durable shelf
                written.append((daemon.disk_bytes() - disk) / count)
                self.sink.up()
                wait_until(lambda: self.sink.entities() >= count, "the backlog to be delivered")
                spent.append((daemon.cpu_us() - cpu) / count)
        self.row("written to disk a reading, broker down", statistics.median(written), "bytes", written)
        self.row("CPU a reading, through an outage", statistics.median(spent), "us", spent)

    def run(self, rows):
        self.size()
        self.start_up(0)
        self.start_up(10_000)
        self.healthy()
        self.delays()
        self.devices()
        self.queue_length(rows)
        self.paho_alone("full rate", 60_000)
        self.paho_alone("500/s", 2_500, 500)
        self.paho_alone("100/s", 500, 100)
        self.peer()
        self.every_reading_on_flash()
        self.outage()
        print("\n| what | median | lowest - highest |\n|---|---:|---|")
        for row in self.rows:
            print(f"| {' | '.join(row)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--quick", action="store_true", help="one repetition of each")
    parser.add_argument("--rows", type=int, default=200_000, help="of the long queue")
    options = parser.parse_args()
    with contextlib.closing(Bench(options.build, options.quick)) as bench:
        bench.run(options.rows)


if __name__ == "__main__":
    main()
