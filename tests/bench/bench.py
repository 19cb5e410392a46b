#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a reading costs: drives the release binary with mosquitto and an HTTP sink, prints a table.

    bench.py --build build/release [--quick]

A reading is 188 bytes of JSON over MQTT at QoS 1; it leaves as an AirQualityObserved entity of about
1.1 KB. It counts as done when the sink has it. CPU is user and system time of all threads of the
daemon (/proc/PID/task/*/schedstat, nanoseconds), disk is write_bytes of /proc/PID/io; the fresh shelf
lies on tmpfs and therefore never counts. Wall time says more about the machine's other work.
"""
import argparse
import contextlib
import pathlib
import statistics
import subprocess
import time

from processes import Daemon, Stage, wait_until


class Bench(Stage):
    def __init__(self, build, quick):
        super().__init__(build)
        self.most, self.rows = 1 if quick else 5, []

    def row(self, what, value, unit, spread=()):
        low_high = f"{min(spread):.1f} - {max(spread):.1f}" if len(spread) > 1 else ""
        self.rows.append((what, f"{value:,.1f} {unit}", low_high))
        print(f"{what}: {value:,.1f} {unit}  {low_high}", flush=True)

    def load(self, count, rate=0):
        program = self.build / "tests/bench/bench_mqtt_load"
        subprocess.run([program, str(self.mosquitto.port), str(count), str(rate)], check=True,
                       stdout=subprocess.DEVNULL)

    def deliver(self, count, rate=0):
        target = self.sink.entities() + count
        self.load(count, rate)
        wait_until(lambda: self.sink.entities() >= target, f"{count} readings to be delivered")
        time.sleep(0.1)  # the last settle

    def window(self, daemon, count, rate):
        """One repetition: microseconds and bytes on disk a reading, readings a second."""
        cpu, disk, begin = daemon.cpu_us(), daemon.disk_bytes(), time.monotonic()
        self.deliver(count, rate)
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

    def start_up(self):
        starts = []
        for _ in range(min(5, self.most)):
            daemon = Daemon(self)
            starts.append(daemon.start_ms)
            daemon.close()
        self.row("start-up until ready", statistics.median(starts), "ms", starts)

    def healthy(self):
        with contextlib.closing(Daemon(self)) as daemon:
            time.sleep(1)
            rss, pss = daemon.memory_mb()
            self.row("memory idle, RSS", rss, "MB")
            self.row("memory idle, PSS", pss, "MB")
            self.deliver(5_000)  # caches warm, statements prepared
            self.cost("full rate", daemon, 5, 60_000)
            rss, pss = daemon.memory_mb()
            self.row("memory after full rate, RSS", rss, "MB")
            self.row("memory after full rate, PSS", pss, "MB")
            self.cost("5,000/s", daemon, 3, 25_000, 5_000)
            self.cost("500/s", daemon, 3, 2_500, 500)

    def paho_alone(self):
        """What no daemon that stands on Paho can go below."""
        count, spent = 60_000, []
        for _ in range(min(3, self.most)):
            command = [self.build / "tests/bench/bench_mqtt_floor", str(self.mosquitto.port), str(count)]
            with subprocess.Popen(command, text=True, stdout=subprocess.PIPE) as floor:
                floor.stdout.readline()
                self.load(count)
                spent.append(float(floor.stdout.readline().split()[1]))
        self.row("CPU a message, a Paho client that does nothing", statistics.median(spent), "us", spent)

    def every_reading_on_flash(self):
        with contextlib.closing(Daemon(self, "0s")) as daemon:
            self.deliver(500)
            self.cost("window 0s, full rate", daemon, 3, 3_000)

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

    def run(self):
        self.size()
        self.start_up()
        self.healthy()
        self.paho_alone()
        self.every_reading_on_flash()
        self.outage()
        print("\n| what | median | lowest - highest |\n|---|---:|---|")
        for row in self.rows:
            print(f"| {' | '.join(row)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--quick", action="store_true", help="one repetition of each")
    options = parser.parse_args()
    with contextlib.closing(Bench(options.build, options.quick)) as bench:
        bench.run()


if __name__ == "__main__":
    main()
