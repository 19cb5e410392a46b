#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long a reading is under way, from the publisher's send to the context broker's receipt.

    latency.py --build build/bench [--count 1000] [--rate 100] [--beside 0]

Publisher and context broker are this process, so there is one clock. Readings of QoS 1 leave at an
even pace; the context broker answers at once. `beside`: so many readings of others a second.
"""
import argparse
import contextlib
import http.server
import pathlib
import re
import socketserver
import statistics
import sys
import threading
import time

from processes import Daemon, Stage, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
from mqtt_publisher import MqttPublisher  # noqa: E402

PAYLOAD = b'{"ts":"%s","pm2_5":4.5,"pm10":9.5,"no2":12.5,"o3":40.5,"t":17.5,"rh":45}'


class Receiver(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Notes when the entity of a reading came, by the number in its id."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.port, self.came = self.server_port, {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def down(self):
        self.shutdown()
        self.server_close()


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        now = time.monotonic()
        for number in re.findall(rb'"id":"urn:ngsi-ld:AirQualityObserved:timed-(\d+)"', body):
            self.server.came[int(number)] = now
        self.send_response_only(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Timed(Stage):
    def __init__(self, build):
        super().__init__(build)
        self.sink.down()
        self.sink = Receiver()

    def delays_ms(self, count, rate, beside=0):
        """One for each reading, ascending."""
        left = {}
        with contextlib.closing(Daemon(self)), MqttPublisher(self.mosquitto.port) as publisher, \
                self.others(beside, count / rate):
            begin = time.monotonic()
            for number in range(count):
                time.sleep(max(0, begin + number / rate - time.monotonic()))
                now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()).encode()
                left[number] = time.monotonic()
                publisher.publish(f"air/timed-{number}/state", PAYLOAD % now)
            wait_until(lambda: len(self.sink.came) == count, "all readings to arrive")
        return sorted((self.sink.came[number] - left[number]) * 1000 for number in left)


    @contextlib.contextmanager
    def others(self, rate, seconds):
        """Readings of fifty other stations all the while."""
        if rate == 0:
            yield
            return
        load = threading.Thread(target=self.load, args=(int(rate * seconds), rate))
        load.start()
        yield
        load.join()


def percentiles(build, count, rate, beside=0):
    """The median and the 99th of a hundred, ms."""
    with contextlib.closing(Timed(build)) as timed:
        delays = timed.delays_ms(count, rate, beside)
    return statistics.median(delays), delays[int(len(delays) * 0.99)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/bench"))
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--beside", type=int, default=0)
    options = parser.parse_args()
    p50, p99 = percentiles(options.build, options.count, options.rate, options.beside)
    print(f"under way at {options.rate} readings a second: {p50:.1f} ms (median), {p99:.1f} ms (99 %)")


if __name__ == "__main__":
    main()
