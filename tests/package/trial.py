#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of a package on a fresh machine: install, run, upgrade, remove, purge.

  trial.py PACKAGE.deb ROOT      as root, with debootstrap; ROOT-<release> is made when it is not there

`./dev package-test` runs it; it is no part of `./dev test`, which needs neither root nor a mirror. The service
runs in a chroot with the unit's user, no capabilities, a file system that is read-only but for its directories,
its limits and its notification socket. A package of another architecture is installed beside the root's own, as
Debian's multiarch has it, and its program runs under qemu-user. There is no systemd that runs: what a chroot cannot try is its system call
filter, its device and process rules, MemoryMax, the watchdog, and the restart by an upgrade.
"""
import atexit
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from machine import Machine, leave_the_network, run

CONFIGURATION = "/etc/lamppost/lamppost.toml"
EDIT = ('#trust = "synchronized"', 'trust = "always"  # edited by the operator')
READINGS = 25
# As lamppost.service says; the directories of the service are all that is writable.
SETTINGS = """
cd "$0" && mount --bind . . && cd "$0" && mount -o remount,bind,ro .
for place in var/lib/lamppost run/lamppost; do
  mount --bind $place $place && mount -o remount,bind,rw $place
done
umask 0077
exec chroot . setpriv --reuid=lamppost --regid=lamppost --init-groups --no-new-privs --bounding-set=-all \
  --inh-caps=-all --ambient-caps=-all prlimit --nofile=1024 --core=0 --nproc=64 \
  "$@" run --config /etc/lamppost/lamppost.toml
"""


def say(text):
    print(f"== {text}", flush=True)


def expect(fact, text):
    if not fact:
        raise SystemExit(f"FAILED: {text}")
    print(f"   {text}", flush=True)


class Service:
    """The daemon under as many of the unit's settings as a chroot has."""

    def __init__(self, machine):
        machine.path("/trial").mkdir(exist_ok=True)
        for place in ("/var/lib/lamppost", "/run/lamppost"):
            machine.do("install", "-d", "-m", "0750", "-o", "lamppost", "-g", "lamppost", place)
        notify = machine.path("/trial/notify")
        notify.unlink(missing_ok=True)
        self.notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notes.bind(str(notify))
        os.chmod(notify, 0o777)
        self.notes.settimeout(60)
        self.log = open(machine.path("/trial/log"), "w+")
        environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "NOTIFY_SOCKET": "/trial/notify",
                       "RUNTIME_DIRECTORY": "/run/lamppost", "STATE_DIRECTORY": "/var/lib/lamppost"}
        self.process = subprocess.Popen(["unshare", "--mount", "sh", "-ec", SETTINGS, str(machine.root), *machine.program],
                                        env=environment, stdout=self.log, stderr=self.log)
        atexit.register(self.process.kill)
        self.wait_for(b"READY=1")

    def wait_for(self, word):
        try:
            while word not in self.notes.recv(4096):
                pass
        except TimeoutError:
            self.log.seek(0)
            raise SystemExit(f"FAILED: the service did not say {word.decode()}\n{self.log.read()}") from None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.wait_for(b"STOPPING=1")
        expect(self.process.wait(90) == 0, "SIGTERM ends it with exit code 0")
        self.notes.close()


def coap_post(n):
    """RFC 7252: confirmable POST weather/mast-<n>, Content-Format 110; True for 2.04."""
    path = f"mast-{n}".encode()
    body = json.dumps([{"bn": "mast:", "bt": time.time(), "n": "temp", "u": "Cel", "v": n / 10}]).encode()
    message = struct.pack("!BBH", 0x40, 0x02, n + 1) + b"\xb7weather" + bytes([len(path)]) + path + b"\x11\x6e\xff" + body
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
        sender.settimeout(30)
        sender.connect(("::1", 5683))
        sender.send(message)
        return sender.recv(1500)[1] == 0x44


def queued(machine):
    return len(json.loads(machine.do(*machine.program, "outbox", "list", "--json")))


def receive(machine, count):
    """A broker on the port of the example configuration; the ids that come, until there are `count`."""
    ids, enough = set(), threading.Event()

    class Broker(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):  # noqa: N802
            entities = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            ids.update(entity["id"] for entity in entities)
            self.send_response(204)
            self.end_headers()
            if len(ids) >= count:
                enough.set()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 1026), Broker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    enough.wait(90)
    server.shutdown()
    return ids


def next_version(deb, directory):
    """The same package, one version on, with a configuration that has changed."""
    tree = pathlib.Path(directory, "next")
    run("rm", "-rf", str(tree))
    run("dpkg-deb", "-R", str(deb), str(tree))
    control = tree / "DEBIAN/control"
    version = run("dpkg-deb", "-f", str(deb), "Version").strip()
    control.write_text(control.read_text().replace(f"Version: {version}", f"Version: {version}+next"))
    with open(tree / CONFIGURATION.lstrip("/"), "a") as configuration:
        configuration.write("# a new sentence of the next version\n")
    newer = pathlib.Path(directory, "next.deb")
    run("dpkg-deb", "--root-owner-group", "-b", str(tree), str(newer))
    return newer


def installs(machine, deb):
    say("install")
    machine.dpkg("-i", f"/trial/{deb}")
    account = machine.do("getent", "passwd", "lamppost").strip()
    expect(account.endswith("/usr/sbin/nologin"), f"account: {account}")
    secrets = machine.do("stat", "-c", "%a %U %G", "/etc/lamppost/secrets").strip()
    expect(secrets == "750 root lamppost", f"/etc/lamppost/secrets: {secrets}")
    expect(not machine.path("/etc/systemd/system/multi-user.target.wants/lamppost.service").is_symlink(),
           "the service is not enabled before the operator says so")
    expect("good" in machine.do(*machine.program, "check"), "lamppost check likes the configuration as shipped")
    expect("0 failed" in machine.do(*machine.program, "test"), "lamppost test: every example of the profiles")
    say(machine.do("systemd-analyze", "verify", "--man=no", "/lib/systemd/system/lamppost.service").strip() or
        "systemd-analyze verify has nothing to say")
    security = machine.do("systemd-analyze", "security", "--offline=true", "--threshold=20", "lamppost.service")
    expect("OK" in security, security.strip().splitlines()[-1])


def keeps_a_backlog(machine, newer):
    say("run under the unit's settings; no broker is there")
    configuration = machine.path(CONFIGURATION)
    text = configuration.read_text()
    expect(text.count(EDIT[0]) == 1, "the operator edits the configuration")
    configuration.write_text(text.replace(*EDIT))
    service = Service(machine)
    expect(all(coap_post(n) for n in range(READINGS)), f"{READINGS} readings over CoAP are acknowledged")
    expect(queued(machine) == READINGS, f"{READINGS} entities wait")
    service.stop()
    say("upgrade")
    machine.dpkg("-i", f"/trial/{newer.name}")
    expect(EDIT[1] in configuration.read_text(), "the edited configuration stays")
    expect(machine.path(CONFIGURATION + ".dpkg-dist").exists(), "the new one lies beside it")
    expect(queued(machine) == READINGS, f"{READINGS} entities still wait")
    service = Service(machine)
    expect(len(receive(machine, READINGS)) == READINGS, "the broker comes back and gets all of them")
    service.stop()


def leaves(machine, before):
    say("remove")
    machine.do("systemctl", "enable", "lamppost.service")
    machine.dpkg("-r", "lamppost")
    expect(not machine.path("/usr/bin/lamppost").exists(), "the program is gone")
    expect(EDIT[1] in machine.path(CONFIGURATION).read_text(), "configuration stays")
    expect(machine.path("/var/lib/lamppost/outbox.db").exists(), "queue stays")
    say("purge")
    machine.path("/etc/lamppost/secrets/token").write_text("secret")
    machine.dpkg("-P", "lamppost")
    after = machine.files()
    accounts = {f"/etc/{name}{old}" for name in ("passwd", "group", "shadow", "gshadow") for old in ("", "-")}
    extra = sorted(path for path, text in after.items() if before.get(path) != text and path not in accounts)
    missing = sorted(set(before) - set(after))
    expect(not extra and not missing, f"nothing is left or missing but the locked account {extra} {missing}")


def main():
    deb = pathlib.Path(sys.argv[1]).resolve()
    architecture = run("dpkg-deb", "-f", str(deb), "Architecture").strip()
    codename = os.environ.get("LAMPPOST_RELEASE") or run("sh", "-c", ". /etc/os-release; echo $VERSION_CODENAME").strip()
    say(f"a root of {codename} for {architecture}")
    machine = Machine(f"{sys.argv[2]}-{codename}", codename)
    machine.path("/trial").mkdir(exist_ok=True)
    machine.path(f"/trial/{deb.name}").write_bytes(deb.read_bytes())
    machine.satisfy(architecture, run("dpkg-deb", "-f", str(deb), "Depends").strip())
    machine.dpkg("-P", "lamppost")
    leave_the_network()
    run("mount", "-t", "proc", "proc", str(machine.path("/proc")))
    before = machine.files()
    installs(machine, deb.name)
    keeps_a_backlog(machine, next_version(deb, machine.path("/trial")))
    leaves(machine, before)
    say("the package installs, runs, upgrades, and leaves nothing behind")


main()
