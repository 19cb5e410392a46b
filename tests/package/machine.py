# SPDX-License-Identifier: Apache-2.0
"""A fresh Debian root to try a package in: entered by chroot, away from the network."""
import ctypes
import fcntl
import os
import pathlib
import socket
import struct
import sys

sys.path.append(str(pathlib.Path(__file__).parents[2] / "packaging"))
from debian_root import make, run  # noqa: E402

# <linux/sched.h>, <linux/sockios.h>, <linux/if.h>
CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
EMULATORS = {"arm64": "qemu-aarch64-static", "armhf": "qemu-arm-static"}
# What installing anything at all leaves behind.
CHANGING = ("/proc", "/sys", "/dev", "/run/lock", "/run/systemd", "/tmp", "/var/cache", "/var/lib/apt", "/var/lib/dpkg", "/var/log",
            "/var/lib/systemd", "/trial")


def leave_the_network():
    """This process and its children see a loopback interface of their own, and mounts of their own."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET | CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    run("mount", "--make-rprivate", "/")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


class Machine:
    def __init__(self, root, codename):
        self.root = pathlib.Path(root).resolve()
        self.program = ["/usr/bin/lamppost"]
        make(self.root, codename)

    def satisfy(self, architecture, dependencies):
        """Installs what a package of the architecture depends on, and what its program runs under."""
        print(f"== dependencies: {dependencies}", flush=True)
        foreign = architecture != self.do("dpkg", "--print-architecture").strip()
        if foreign:
            self.do("dpkg", "--add-architecture", architecture)
            self.program.insert(0, EMULATORS[architecture])
        self.do("apt-get", "update", "-q")
        self.do("apt-get", "satisfy", "-q", "-y", "--no-install-recommends", "-a", architecture, dependencies)
        if foreign:
            self.do("apt-get", "install", "-q", "-y", "--no-install-recommends", "qemu-user-static")

    def path(self, name):
        return self.root / name.lstrip("/")

    def do(self, *command):
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        return run("chroot", str(self.root), *command, env=environment)

    def dpkg(self, *words):
        return self.do("dpkg", "--force-confdef", "--force-confold", *words)

    def files(self):
        """Every path, and the bytes of those in /etc."""
        seen = {}
        for place, directories, names in os.walk(self.root):
            inside = "/" + str(pathlib.Path(place).relative_to(self.root)).lstrip(".")
            directories[:] = [d for d in directories if os.path.join(inside, d) not in CHANGING]
            for name in directories + names:
                path = pathlib.Path(place, name)
                text = path.read_bytes() if inside.startswith("/etc") and path.is_file() else b""
                seen[os.path.join(inside, name)] = text
        return seen
