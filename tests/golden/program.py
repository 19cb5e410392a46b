# SPDX-License-Identifier: Apache-2.0
"""Running the finished program, and holding what it emits against the published schemas."""
import argparse
import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
VALIDATOR = SOURCE / "tests" / "support" / "validate_entities.py"
SKIPPED = 77
# Far above what a run takes, for machines that do much else at the time.
DEADLINE_S = 300


@dataclasses.dataclass
class Run:
    stdout: str
    stderr: str
    code: int

    @property
    def entities(self):
        return json.loads(self.stdout) if self.stdout.startswith("[") else []


class Program:
    def __init__(self, binary):
        self.binary = pathlib.Path(binary).resolve()

    def run(self, *words, directory=SOURCE, payload=b""):
        """Runs one command in a directory; the models are always those of the source tree."""
        environment = {**os.environ, "LAMPPOST_DATA_DIR": str(SOURCE / "config"), "NO_COLOR": "1"}
        done = subprocess.run([self.binary, *words], cwd=directory, input=payload, env=environment,
                              capture_output=True, timeout=DEADLINE_S, check=False)
        return Run(done.stdout.decode(), done.stderr.decode(), done.returncode)


def side_by_side(function, items):
    """The results of function for each item, in order, worked out on all processors."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, items))


def corpus():
    """The directory of published payloads and schemas."""
    return pathlib.Path(os.environ.get("LAMPPOST_CORPUS", SOURCE.parent / "shared" / "corpus"))


def faults_by_schema(entities):
    """Prints how many entities of which models hold; the faults that the schemas find, as lines."""
    done = subprocess.run([sys.executable, "-B", VALIDATOR], input=json.dumps(entities), text=True,
                          env={**os.environ, "LAMPPOST_CORPUS": str(corpus())},
                          capture_output=True, check=False)
    if done.returncode == SKIPPED:
        print(f"schemas not asked: {done.stderr.strip()}")
        return []
    counts = collections.Counter(entity["type"] for entity in entities)
    print(f"against the published schemas: {done.stderr.strip()}: "
          + ", ".join(f"{count} {model}" for model, count in sorted(counts.items())))
    faults = done.stdout.splitlines()
    if done.returncode not in (0, 1) or (done.returncode == 1) != bool(faults):
        faults.append(f"validate_entities.py ended with {done.returncode}: {done.stderr.strip()}")
    return faults


def arguments(about):
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--lamppost", required=True, help="the program under test")
    parser.add_argument("cases", nargs="*", help="only cases whose name contains one of these")
    return parser.parse_args()
