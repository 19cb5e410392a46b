#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast a backlog reaches a broker that takes its time, beside curl that sends one batch after the other.

    drain.py --build build/bench [--rows 100000] [--delays 5 200]

The broker answers each request after the delay, in milliseconds. curl is one process a batch of 100
entities, the way a script would do it; it reads the batch from a file and has nothing to note.
"""
import argparse
import contextlib
import json
import pathlib
import resource
import subprocess
import time

from processes import Backlogged

BATCH = 100


class Drain(Backlogged):
    def lamppost(self):
        with self.daemon() as daemon:
            begin = time.monotonic() - daemon.start_ms / 1000
            while daemon.metric("lamppost_outbox_rows") > 0:
                time.sleep(0.1)
            return self.figures(begin, self.sink.requests(), daemon.cpu_us())

    def curl(self):
        entity = json.dumps({"id": "urn:ngsi-ld:AirQualityObserved:backlog-%d",
                             "type": "AirQualityObserved", "padding": "x" * 1000})
        body = self.directory / "batch.json"
        body.write_text("[" + ",".join(entity % n for n in range(BATCH)) + "]")
        command = ["curl", "-s", "-o", "/dev/null", "-H", "Content-Type: application/json",
                   "--data-binary", f"@{body}",
                   f"http://127.0.0.1:{self.sink.port}/ngsi-ld/v1/entityOperations/upsert"]
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        for _ in range(self.rows // BATCH):
            subprocess.run(command, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return self.figures(begin, self.rows // BATCH, cpu * 1e6)

    def figures(self, begin, requests, cpu_us):
        return (f"{self.rows / (time.monotonic() - begin):,.0f} entities a second, {requests:,} requests, "
                f"{cpu_us / self.rows:.1f} us of processor time each")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/bench"))
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--delays", type=int, nargs="+", default=[5, 200])
    options = parser.parse_args()
    for delay in options.delays:
        for name in ("lamppost", "curl"):
            with contextlib.closing(Drain(options.build, options.rows, options.rows, delay_ms=delay)) as drain:
                print(f"{delay} ms, {name}: {getattr(drain, name)()}", flush=True)


if __name__ == "__main__":
    main()
