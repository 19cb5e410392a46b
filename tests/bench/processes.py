# SPDX-License-Identifier: Apache-2.0
"""What bench.py measures and what it measures with, as processes."""
import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

MARKER = '"type":"AirQualityObserved"'
DEADLINE_S = 180
MAPPING = pathlib.Path(__file__).with_name("air.toml")

# The mapping follows: air.toml, which ingest_bench reads as well.
CONFIG = """
[gateway]
id = "bench"
runtime_dir = "{runtime}"
[source.site]
type = "mqtt"
url = "mqtt://127.0.0.1:{mqtt}"
[broker.city]
url = "http://127.0.0.1:{sink}"
context = "http://127.0.0.1:9/context.jsonld"
[outbox]
path = "{disk}/outbox.db"
max_bytes = "8GiB"
power_loss_window = "{window}"
[status]
listen = "127.0.0.1:{status}"
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what):
    end = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"bench: gave up waiting for {what}")
        time.sleep(0.02)


def stop(process):
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def cpu_us(pid):
    """User and system time of all threads that live."""
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1000


def cpu_us_of_threads(pid):
    """The same of each thread, by its name; threads of one name together."""
    spent = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        spent[name] = spent.get(name, 0) + int((task / "schedstat").read_text().split()[0]) / 1000
    return spent


def fetch(port, path="/"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()


class Sink:
    """The context broker; `down()` and `up()` keep its port, its count starts again from 0."""

    def __init__(self, build, watched="", delay_ms=0):
        self.program, self.port = build / "tests/bench/bench_http_sink", 0
        self.markers = [MARKER, watched, str(delay_ms)]
        self.up()

    def up(self):
        self.process = subprocess.Popen([self.program, str(self.port), *self.markers], text=True,
                                        stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def down(self):
        stop(self.process)

    def entities(self):
        return int(fetch(self.port).split()[1])

    def requests(self):
        return int(fetch(self.port).split()[3])

    def watched(self):
        return int(fetch(self.port).split()[7])


class Mosquitto:
    def __init__(self, directory):
        self.port = free_port()
        file = directory / "mosquitto.conf"
        file.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n"
                        "max_queued_messages 0\nmax_queued_bytes 0\npersistence false\n")
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"  # sbin is not on each PATH
        self.process = subprocess.Popen([program, "-c", file], stderr=subprocess.DEVNULL)
        wait_until(self.answers, "mosquitto")

    def answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Daemon:
    """Lamppost with a new outbox; start-up ends with its READY=1 to the service manager, that is us."""

    def __init__(self, bench, window="1s", fill=None, devices=0):
        self.runtime = pathlib.Path(tempfile.mkdtemp(prefix="lamppost-bench-", dir="/dev/shm"))
        self.disk = pathlib.Path(tempfile.mkdtemp(prefix="outbox-", dir=bench.directory))
        self.status = free_port()
        config = self.disk / "lamppost.toml"
        config.write_text(CONFIG.format(runtime=self.runtime, disk=self.disk, window=window,
                                        mqtt=bench.mosquitto.port, sink=bench.sink.port,
                                        status=self.status) + MAPPING.read_text()
                          + (self.named(devices) if devices else ""))
        if fill:
            fill(self.disk / "outbox.db")
        self.start(bench.build / "lamppost", config)
        wait_until(self.ready, "the source to connect")

    def named(self, count):
        """So many stations, each with its place and a name, in a file of devices."""
        rows = (f"station-{n},{4.40 + n / 1e6:.6f},51.22,Quay {n}" for n in range(count))
        (self.disk / "devices.csv").write_text("key,lon,lat,name\n" + "\n".join(rows) + "\n")
        return '[devices]\nfile = "devices.csv"\n'

    def start(self, program, config):
        path = str(self.runtime / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(0.5)
            begin = time.monotonic()
            self.process = subprocess.Popen(
                [program, "run", "--config", config], stderr=open(self.disk / "log", "w"),
                env=dict(os.environ, NOTIFY_SOCKET=path))
            while not self.has_said(manager, b"READY=1"):
                if self.process.poll() is not None or time.monotonic() > begin + 20:
                    raise SystemExit("bench: no start\n" + (self.disk / "log").read_text())
            self.start_ms = (time.monotonic() - begin) * 1000

    @staticmethod
    def has_said(manager, word):
        with contextlib.suppress(TimeoutError):
            return word in manager.recv(4096)
        return False

    def ready(self):
        with contextlib.suppress(OSError):  # 503 while not ready
            return "true" in fetch(self.status, "/ready")

    def metric(self, name):
        lines = re.findall(rf"^{name}(?:{{.*}})? ([0-9.e+]+)$", fetch(self.status, "/metrics"), re.M)
        return sum(map(float, lines))

    def proc(self, name):
        return pathlib.Path(f"/proc/{self.process.pid}/{name}").read_text()

    def cpu_us(self):
        return cpu_us(self.process.pid)

    def disk_bytes(self):
        return int(re.search(r"^write_bytes: (\d+)", self.proc("io"), re.M)[1])

    def memory_mb(self):
        """Resident and proportional, MB; PSS shares the pages of libraries with their other users."""
        rss = int(re.search(r"VmRSS:\s+(\d+)", self.proc("status"))[1])
        pss = int(re.search(r"^Pss:\s+(\d+)", self.proc("smaps_rollup"), re.M)[1])
        return rss / 1024, pss / 1024

    def close(self):
        stop(self.process)
        shutil.rmtree(self.runtime)
        shutil.rmtree(self.disk)


class Stage:
    """What stands around a daemon: mosquitto, a context broker, a directory that goes with them."""

    def __init__(self, build, **sink):
        self.build = build.resolve()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=self.build))
        self.mosquitto, self.sink = Mosquitto(self.directory), Sink(self.build, **sink)

    def load(self, count, rate=0, stations=50):
        program = self.build / "tests/bench/bench_mqtt_load"
        subprocess.run([program, *map(str, (self.mosquitto.port, count, rate, stations))], check=True,
                       stdout=subprocess.DEVNULL)

    def close(self):
        stop(self.mosquitto.process)
        self.sink.down()
        shutil.rmtree(self.directory)


class Backlogged(Stage):
    """Its daemon finds so many rows of so many entities queued."""

    def __init__(self, build, rows, entities, **sink):
        super().__init__(build, **sink)
        self.rows, self.entities = rows, entities

    def daemon(self):
        return contextlib.closing(Daemon(self, fill=self._fill))

    def _fill(self, file):
        program = self.build / "tests/bench/backlog_fill"
        subprocess.run([program, file, str(self.rows), str(self.entities)], check=True)
