#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A week without a broker, and its end: how long the daemon takes to open the backlog, how fast it drains,
how much memory that takes, and how long a reading that comes in meanwhile is under way.

    backlog.py --build build/bench [--rows 6000000] [--entities 1000]

The backlog is made by backlog_fill, rows of 1.1 KB of as many entities. The readings that come in
meanwhile are of devices without a backlog, one of them every 200 ms.
"""
import argparse
import contextlib
import pathlib
import statistics
import sys
import time

from processes import Backlogged

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
from mqtt_publisher import MqttPublisher  # noqa: E402

LIVE = "AirQualityObserved:live-"
PAYLOAD = b'{"ts":"%s","pm2_5":4.5,"pm10":9.5,"no2":12.5,"o3":40.5,"t":17.5,"rh":45}'
PATIENCE_S = 120


class Backlog(Backlogged):
    def live_reading(self, publisher, number):
        """Seconds until a reading of a device without a backlog is at the broker."""
        before, begin = self.sink.watched(), time.monotonic()
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()).encode()
        publisher.publish(f"air/live-{number % 20}/state", PAYLOAD % now)
        while self.sink.watched() == before and time.monotonic() - begin < PATIENCE_S:
            time.sleep(0.005)
        return time.monotonic() - begin

    def drain(self, daemon):
        begin, cpu, delays, memory = time.monotonic(), daemon.cpu_us(), [], []
        with MqttPublisher(self.mosquitto.port) as publisher:
            while daemon.metric("lamppost_outbox_rows") > 0:
                delays.append(self.live_reading(publisher, len(delays)))
                memory.append(daemon.memory_mb()[0])
                time.sleep(0.2)
        seconds = time.monotonic() - begin
        print(f"drained in {seconds:.0f} s: {self.rows / seconds:,.0f} entities a second, "
              f"{(daemon.cpu_us() - cpu) / self.rows:.1f} us of processor time each", flush=True)
        print(f"readings that came in meanwhile: {len(delays)}, under way "
              f"{statistics.median(delays) * 1000:.0f} ms (median), {max(delays) * 1000:.0f} ms (longest)")
        print(f"RSS while draining: {min(memory):.1f} to {max(memory):.1f} MB")

    def run(self):
        with self.daemon() as daemon:
            print(f"ready {daemon.start_ms:.0f} ms after the start", flush=True)
            self.drain(daemon)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/bench"))
    parser.add_argument("--rows", type=int, default=6_000_000)
    parser.add_argument("--entities", type=int, default=1_000)
    options = parser.parse_args()
    with contextlib.closing(Backlog(options.build, options.rows, options.entities, watched=LIVE)) as backlog:
        backlog.run()


if __name__ == "__main__":
    main()
