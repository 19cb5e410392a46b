#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A Debian root of a release, made by debootstrap from the mirror that this machine's apt uses.

  debian_root.py ROOT RELEASE [PACKAGE...]      as root; ROOT is made when it is not there

`./dev root` builds in such a root, `./dev package-test` tries packages in another. $LAMPPOST_MIRROR names
another mirror.
"""
import os
import pathlib
import shutil
import subprocess
import sys


def run(*command, **options):
    """Standard output; a failure shows all that was said."""
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def mirror(release):
    """What apt has for the release, else its mirror of another release of Debian: that has this one too."""
    if os.environ.get("LAMPPOST_MIRROR"):
        return os.environ["LAMPPOST_MIRROR"]
    lines = run("apt-get", "indextargets", "--format", "$(LABEL)|$(CODENAME)|$(REPO_URI)", "Created-By: Packages")
    debian = [line.split("|") for line in lines.splitlines() if line.startswith("Debian|")]
    for _, codename, address in sorted(debian, key=lambda source: source[1] != release):
        return address
    raise SystemExit("apt has no source of Debian's: set LAMPPOST_MIRROR")


def make(root, release, packages=()):
    """Of this machine's architecture. What stands at `root` was made completely, by this."""
    if not root.exists():
        unfinished = root.with_name(root.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        include = [f"--include={','.join(packages)}"] if packages else []
        run("debootstrap", "--variant=minbase", *include, release, str(unfinished), mirror(release))
        unfinished.rename(root)
    # Nothing starts a service here; apt's own settings say how this machine reaches its mirror.
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    for settings in pathlib.Path("/etc/apt/apt.conf.d").glob("*"):
        if "Acquire" in settings.read_text(errors="replace"):
            (root / "etc/apt/apt.conf.d" / settings.name).write_bytes(settings.read_bytes())


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
