#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions a reading, stage by stage, as callgrind counts them: unlike time, the same on a busy machine.

  instructions.py HOT_PATH BOUNDS

BOUNDS is a file of lines "stage instructions"; a stage above its bound fails, one far below it asks for a lower
bound. Exit code 77 without valgrind.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROUNDS = 60
STAGES = ("stage_transform", "stage_accept", "stage_batch", "stage_settle")
SLACK = 0.80  # of the bound: what is below has earned a lower one


def counted(program):
    """Instructions of each stage with all that it calls, and how many readings there were."""
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory, "callgrind.out")
        run = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, str(ROUNDS)],
                             text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        readings = re.match(r"(\d+) readings", run.stdout)
        if run.returncode != 0 or not readings:
            raise SystemExit(f"{program}: exit code {run.returncode}\n{run.stdout}{run.stderr}")
        table = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", str(out)],
                               check=True, text=True, stdout=subprocess.PIPE).stdout
    sums = {}
    for line in table.splitlines():
        found = re.match(r"\s*([\d,]+) .*[:/](stage_\w+)(?: |$)", line)
        if found and found[2] not in sums:
            sums[found[2]] = int(found[1].replace(",", ""))
    missing = set(STAGES) - set(sums)
    if missing:
        raise SystemExit(f"callgrind saw no {', '.join(sorted(missing))}\n{table[:2000]}")
    return sums, int(readings[1])


def main():
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        return 77
    sums, readings = counted(sys.argv[1])
    each = {name: count / readings for name, count in sums.items()}
    stages = {"decode, map, check": each["stage_transform"],
              "late, duplicate, store": each["stage_accept"] - each["stage_transform"],
              "form the batch": each["stage_batch"], "settle": each["stage_settle"]}
    stages["all"] = sum(stages.values())
    bounds = dict(re.findall(r"^([a-z, ]+?) +(\d+)$", pathlib.Path(sys.argv[2]).read_text(), re.M))
    print(f"instructions a reading ({readings} readings)")
    failed = set(stages) ^ set(bounds)
    for name, count in stages.items():
        bound = int(bounds.get(name, 0))
        print(f"  {name:24} {count:9.0f}   bound {bound:7}" + ("   could be lower" if count < SLACK * bound else ""))
        if count > bound:
            failed.add(name)
    if failed:
        print(f"FAILED: {', '.join(sorted(failed))}: find what costs more, or defend it and raise the bound")
    return 1 if failed else 0


sys.exit(main())
