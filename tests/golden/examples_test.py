#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The configurations that people start from hold what they say.

Each file of config/examples, and config/lamppost.toml, passes `lamppost check` without a finding; the
payloads that its comments show become entities; and those pass the published Smart Data Models schemas.
"""
import re
import shlex
import sys

from program import SOURCE, Program, arguments, faults_by_schema, side_by_side

FILES = [SOURCE / "config" / "lamppost.toml", *sorted((SOURCE / "config" / "examples").glob("*.toml"))]
# "echo PAYLOAD | lamppost map OPTIONS", over one line or two.
COMMAND = re.compile(r"^#\s+echo (.+?) \|\n?#?\s+lamppost map (.+)$", re.MULTILINE)
# The same with bytes: "echo DIGITS | xxd -r -p | lamppost map OPTIONS".
BYTES = re.compile(r"^#\s+echo ([0-9a-f]+) \| xxd -r -p \|\n?#?\s+lamppost map (.+)$", re.MULTILINE)
# "TOPIC  {payload}", and "POST coap://gateway/PATH" with the payload below it.
SHOWN = re.compile(r"^#   ([\w/-]+)  (\{.*\})$", re.MULTILINE)
POSTED = re.compile(r"^#   POST coap://gateway/(\S+)\n#   (.+)$", re.MULTILINE)


def samples_of(file):
    """The (options, payload) pairs that the comments of a file show."""
    text = file.read_text(encoding="utf-8")
    samples = [(shlex.split(options), shlex.split(payload)[0]) for payload, options in COMMAND.findall(text)
               if "| xxd" not in payload]
    samples += [(shlex.split(options), bytes.fromhex(digits)) for digits, options in BYTES.findall(text)]
    samples += [(["--source", "site", "--topic", topic], payload) for topic, payload in SHOWN.findall(text)]
    samples += [(["--source", "field", "--topic", path], payload) for path, payload in POSTED.findall(text)]
    return samples


def judge(program, file):
    """(complaints, entities) of one file."""
    run = program.run("check", "--config", file.name, directory=file.parent)
    clean = run.code == 0 and run.stdout.endswith(" 0 warnings\n") and run.stdout.count("\n") == 1
    complaints = [] if clean else [f"{file.name}: {run.stdout}"]
    entities, samples = [], samples_of(file)
    if not samples:
        complaints.append(f"{file.name}: shows no payload")
    for options, payload in samples:
        config = [] if "--config" in options else ["--config", file.name]
        run = program.run("map", *config, *options, directory=file.parent, payload=payload if isinstance(payload, bytes) else payload.encode())
        if run.code != 0 or not run.entities:
            complaints.append(f"{file.name}: {payload} became {run.stdout.strip()} {run.stderr.strip()}")
        entities += run.entities
    print(f"{file.name}: {len(samples)} payloads, {len(entities)} entities")
    return complaints, entities


def main():
    program = Program(arguments(__doc__.splitlines()[0]).lamppost)
    results = side_by_side(lambda file: judge(program, file), FILES)
    complaints = [complaint for of_file, _ in results for complaint in of_file]
    complaints += faults_by_schema([entity for _, of_file in results for entity in of_file])
    print("".join(f"FAILED: {complaint}\n" for complaint in complaints), end="")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
