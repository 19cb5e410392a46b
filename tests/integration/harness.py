# SPDX-License-Identifier: Apache-2.0
"""A gateway with everything around it: lamppost, mosquitto and lamppost-receiver as real processes
on loopback ports of their own, with their files in a directory that goes away.

Every wait is for a condition and has a deadline. What is started here dies with the test, whatever
happens to it.
"""
import argparse
import contextlib
import ctypes
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import readings

PATIENCE_S = 240  # for a loaded machine with sanitizers; a normal one needs a few seconds
SKIPPED = 77
PR_SET_PDEATHSIG = 1
MEMORY = pathlib.Path("/dev/shm")  # tmpfs, as /run is on a gateway
LIBC = ctypes.CDLL(None)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lamppost", required=True, type=pathlib.Path)
    parser.add_argument("--receiver", required=True, type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    return parser.parse_args()


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def check_equal(seen, expected, what):
    check(seen == expected, f"{what}: {seen!r}, expected {expected!r}")


def wait_until(condition, what, within_s=PATIENCE_S):
    """The first true answer of `condition`; `what` is text or a function that gives it."""
    deadline = time.monotonic() + within_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s} s: {what() if callable(what) else what}")
        time.sleep(0.02)


def free_port(kind=socket.SOCK_STREAM):
    """Below those that the kernel gives out by itself: another's connection could have it a moment later."""
    while True:
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", random.randrange(10_000, 32_768)))
            return probe.getsockname()[1]


def tcp_answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class Gateway:
    """Use it in a `with`; directory, ports and files stay the same over restarts of its parts."""

    def __init__(self, options, outbox="", devices="", trust="always", environment=None):
        base = MEMORY if os.access(MEMORY, os.W_OK) else None
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="lamppost-", dir=base))
        self.lamppost, self.receiver_program = options.lamppost, options.receiver
        self.mqtt_port, self.http_port, self.status_port = free_port(), free_port(), free_port()
        self.coap_port = free_port(socket.SOCK_DGRAM)
        self.outbox_file = self.directory / "outbox.db"
        self.config_file = self.directory / "lamppost.toml"
        self.outbox, self.devices, self.trust = outbox, devices, trust
        self.environment = environment or {}  # of lamppost run, beside that of the test
        self.dump = self.directory / "entities.jsonl"
        self.log_file = self.directory / "lamppost.log"
        self._dump_read, self._entities = 0, []
        self._running = {}

    def __enter__(self):
        (self.directory / "run").mkdir()
        self.configure()
        self.start_mosquitto()
        self.start_receiver()
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            print("---- the log of lamppost, its end", file=sys.stderr)
            print(self.log()[-4000:], file=sys.stderr)
        self.end_all()
        shutil.rmtree(self.directory, ignore_errors=True)

    def end_all(self):
        for name in list(self._running):
            self.end(name, signal.SIGKILL)

    def configure(self, extra=""):
        mappings = self.mapping("site") + self.mapping("field")
        self.config_file.write_text(f"""
[gateway]
id = "under-test"
runtime_dir = "{self.directory}/run"
[clock]
trust = "{self.trust}"
[source.site]
type = "mqtt"
url = "mqtt://127.0.0.1:{self.mqtt_port}"
[source.field]
type = "coap"
listen = ["coap://127.0.0.1:{self.coap_port}"]
[broker.city]
url = "http://127.0.0.1:{self.http_port}"
[status]
listen = "127.0.0.1:{self.status_port}"
[outbox]
path = "{self.outbox_file}"
{self.outbox}
{self.devices}
{mappings}
{extra}
""")

    @staticmethod
    def mapping(source_name):
        return readings.MAPPING.format(source=source_name)

    def start_mosquitto(self):
        config = self.directory / "mosquitto.conf"
        # Queues without bound: what is published for a gateway that is away must not be dropped.
        config.write_text(
            f"listener {self.mqtt_port} 127.0.0.1\nallow_anonymous true\n"
            "max_queued_messages 0\npersistence false\nlog_dest stderr\n"
        )
        self._start("mosquitto", ["mosquitto", "-c", config])
        wait_until(lambda: tcp_answers(self.mqtt_port), "mosquitto listens")

    def start_receiver(self):
        command = [self.receiver_program, "--port", str(self.http_port), "--dump", self.dump]
        self._start("receiver", command)
        wait_until(lambda: tcp_answers(self.http_port), "the receiver listens")

    def stop_receiver(self):
        check_equal(self.end("receiver", signal.SIGTERM), 0, "exit code of the receiver (breaches?)")

    def start_lamppost(self, ready=True):
        self._start("lamppost", [self.lamppost, "run", "--config", self.config_file], self.environment)
        if ready:
            self.await_ready()

    def await_ready(self):
        """From then on what is published is the gateway's: it has subscribed."""
        wait_until(lambda: self.alive("lamppost") and self.get("/ready"), "lamppost is ready")

    def hang_up(self):
        self._running["lamppost"].send_signal(signal.SIGHUP)

    def alive(self, name):
        code = self._running[name].poll()
        check(code is None, f"{name} has ended with {code}")
        return True

    def has_ended(self, name):
        return self._running[name].poll() is not None

    def end(self, name, how):
        """Sends a signal, awaits the end, returns the exit code."""
        process = self._running.pop(name)
        process.send_signal(how)
        return process.wait(PATIENCE_S)

    def get(self, path):
        """The JSON at a path of the status port; None when there is none or it is not 200."""
        with contextlib.suppress(OSError, urllib.error.HTTPError, ValueError):
            url = f"http://127.0.0.1:{self.status_port}{path}"
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)
        return None

    def status(self):
        """As `lamppost status --json` prints it."""
        return json.loads(self.run("status", "--json"))

    def run(self, *words, stdin=b""):
        command = [self.lamppost, words[0], "--config", self.config_file, *words[1:]]
        return subprocess.run(
            command, input=stdin, stdout=subprocess.PIPE, check=True, timeout=PATIENCE_S
        ).stdout

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def entities(self):
        """All that the receiver has accepted so far, in order of arrival."""
        if self.dump.exists():
            with open(self.dump, "rb") as dump:
                dump.seek(self._dump_read)
                whole = dump.read().rpartition(b"\n")[0]  # the last line may still grow
            if whole:
                self._dump_read += len(whole) + 1
                self._entities += [json.loads(line) for line in whole.split(b"\n")]
        return self._entities

    def await_readings(self, expected, within_s=PATIENCE_S):
        """As long as some arrive there is hope. Looks rarely when a look takes long."""
        keys = {reading.key for reading in expected}
        fewest, deadline = len(keys) + 1, 0
        while True:
            check(self.alive("lamppost"), "lamppost has ended")
            begin = time.monotonic()
            missing = keys - {readings.key_of(entity) for entity in self.entities()}
            if not missing:
                return
            now = time.monotonic()
            if len(missing) < fewest:
                fewest, deadline = len(missing), now + within_s
            check(now < deadline, f"for {within_s} s: {len(missing)} of {len(keys)} readings "
                                  f"missing: {sorted(missing)[:5]}")
            time.sleep(0.02 + 5 * (now - begin))

    def await_idle(self):
        """The status, once nothing is queued."""

        def idle():
            status = self.get("/status")
            return status if status and status["outbox"]["rows"] == 0 else None

        wait_until(idle, "the outbox is empty")
        return self.status()

    def _start(self, name, command, environment=None):
        with open(self.directory / f"{name}.log", "ab") as log:
            self._running[name] = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(environment or {})},
                preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
            )


def destination(status):
    return next(each for each in status["destinations"] if each["name"] == "city")


def source(status, name):
    return next(each for each in status["sources"] if each["name"] == name)


def check_conserved(status):
    """Every counter fits: what came in is what went out, waits or was given up for a reason."""
    for ledger in status["destinations"]:
        settled = ("delivered", "queued", "merged", "dead", "dropped")
        check_equal(sum(ledger[word] for word in settled), ledger["stored"], f"stored of {ledger}")
        check(ledger["balanced"], f"balanced: {ledger}")
    for ledger in status["sources"]:
        fates = ("stored", "empty", "dead", "held", "rejected", "late", "duplicate")
        check_equal(sum(ledger[word] for word in fates), ledger["received"], f"received: {ledger}")
        check(ledger["balanced"], f"balanced: {ledger}")


def check_order(entities):
    """Leaving repetitions aside, each entity's readings came in order, and the last is the newest."""
    newest, last, seen = {}, {}, set()
    for entity in entities:
        name, value = key = readings.key_of(entity)
        last[name] = value
        if key in seen:
            continue
        seen.add(key)
        check(value > newest.get(name, 0), f"{name}: {value} came after {newest.get(name)}")
        newest[name] = value
    check_equal(last, newest, "the last state of each entity")
