#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What profiles promise to a technician.

Every profile has an example whose configuration is at most six lines under its [[mapping]], and which
becomes entities that pass the published Smart Data Models schemas; every layout is used or says what it is
for; and every configuration in docs/profiles.md passes `lamppost check`, every payload beside one becomes
entities.
"""
import pathlib
import re
import shlex
import sys
import tempfile
import tomllib

from program import SOURCE, Program, arguments, faults_by_schema, side_by_side

PROFILES = sorted((SOURCE / "config" / "profiles").glob("*.toml"))
LAYOUTS = sorted((SOURCE / "config" / "layouts").glob("*.toml"))
GUIDE = SOURCE / "docs" / "profiles.md"
AROUND = '[source.site]\ntype = "mqtt"\nurl = "mqtt://127.0.0.1"\n[broker.city]\nurl = "http://127.0.0.1"\n'
MOST_LINES = 6


def mapped(program, config, topic, payload, check=None):
    """What `lamppost map` makes of a payload with this configuration; with `check`, the words of `lamppost check`."""
    with tempfile.TemporaryDirectory() as directory:
        (pathlib.Path(directory) / "lamppost.toml").write_text(config, encoding="utf-8")
        place = pathlib.Path(directory)
        if "devices.csv" in config:
            (place / "devices.csv").write_text(table_of_guide(), encoding="utf-8")
        if check is not None:
            return program.run("check", "--config", "lamppost.toml", *check, directory=place)
        return program.run("map", "--config", "lamppost.toml", "--source", "site", "--topic", topic,
                           "--at", "2026-03-01T12:00:00Z", directory=place, payload=payload)


def table_of_guide():
    """The devices.csv that docs/profiles.md shows."""
    return re.search(r"^```\n(key,.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[1]


def lines_of(config):
    return [line for line in config.splitlines() if line.strip() and not line.startswith(("[[", "#"))]


def judge_profile(program, file):
    profile = tomllib.loads(file.read_text(encoding="utf-8"))
    complaints = [f"{file.name}: has no {key}" for key in ("title", "source") if not profile.get(key)]
    entities, shortest = [], None
    for example in profile.get("example", []):
        if "config" not in example:
            continue
        payload = bytes.fromhex(example["hex"]) if "hex" in example else example["payload"].encode()
        run = mapped(program, example["config"] + AROUND, example["topic"], payload)
        if run.code != 0 or not run.entities:
            complaints.append(f"{file.name}: {example.get('title')}: {run.stdout.strip()} {run.stderr.strip()}")
        entities += run.entities
        lines = len(lines_of(example["config"]))
        shortest = lines if shortest is None else min(shortest, lines)
    if file.stem != "sigfox" and (shortest is None or shortest > MOST_LINES):
        complaints.append(f"{file.name}: no example with at most {MOST_LINES} lines, but {shortest}")
    return complaints, entities


def layouts_used():
    text = "\n".join(file.read_text(encoding="utf-8") for file in (*PROFILES, *LAYOUTS))
    return set(re.findall(r'^(?:decode|extends)\s*=\s*"([^"]+)"', text, re.MULTILINE))


def judge_layout(file, used):
    layout = tomllib.loads(file.read_text(encoding="utf-8"))
    complaints = [f"{file.name}: has no {key}" for key in ("title", "source") if not layout.get(key)]
    described = GUIDE.read_text(encoding="utf-8") if GUIDE.exists() else ""
    if file.stem not in used and f"`{file.stem}`" not in described:
        complaints.append(f"{file.name}: no profile uses it and docs/profiles.md does not name it")
    return complaints


def judge_guide(program):
    """Blocks of ```toml are whole [[mapping]]s; a block of ```sh behind one is run as it stands."""
    complaints = []
    blocks = re.findall(r"^```(toml|sh)\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    config = ""
    for kind, text in blocks:
        if kind == "toml" and text.startswith("[[mapping]]"):
            config = text
            run = mapped(program, config + AROUND, "", b"", check=[])
            if run.code != 0:
                complaints.append(f"{GUIDE.name}: {run.stdout}")
        for topic, payload in re.findall(r"^echo (.+?) \| lamppost map (.+)$", text, re.MULTILINE):
            words = shlex.split(payload)
            run = mapped(program, config + AROUND, words[words.index("--topic") + 1],
                         shlex.split(topic)[0].encode())
            if run.code != 0 or not run.entities:
                complaints.append(f"{GUIDE.name}: {topic}: {run.stdout.strip()} {run.stderr.strip()}")
    print(f"{GUIDE.name}: {len(blocks)} blocks")
    return complaints


def judge_explanation(program):
    """`check --explain` says which key is the technician's and which the profile's."""
    config = '''[[mapping]]
name     = "roofs"
source   = "site"
profile  = "zigbee2mqtt"
location = [4.4025, 51.2194]
attributes.temperature = { unit = "FAH" }
'''
    rows = [line.split() for line in mapped(program, config + AROUND, "", b"", ["--explain"]).stdout.splitlines()]
    said = {(row[1], row[2]): pathlib.Path(row[3].rpartition(":")[0]).name for row in rows if row[:1] == ["roofs"]}
    expected = {("match", "zigbee2mqtt/{device}"): "zigbee2mqtt.toml", ("location", "given"): "lamppost.toml",
                ("relativeHumidity", "/humidity"): "zigbee2mqtt.toml", ("temperature", "/temperature"): "lamppost.toml"}
    return [f"check --explain: {key} is of {said.get(key)}, not {file}"
            for key, file in expected.items() if said.get(key) != file]


def main():
    program = Program(arguments(__doc__.splitlines()[0]).lamppost)
    results = side_by_side(lambda file: judge_profile(program, file), PROFILES)
    complaints = [complaint for of_file, _ in results for complaint in of_file]
    used = layouts_used()
    for file in LAYOUTS:
        complaints += judge_layout(file, used)
    complaints += judge_guide(program) + judge_explanation(program)
    entities = [entity for _, of_file in results for entity in of_file]
    print(f"{len(PROFILES)} profiles, {len(LAYOUTS)} layouts, {len(entities)} entities")
    complaints += faults_by_schema(entities)
    print("".join(f"FAILED: {complaint}\n" for complaint in complaints), end="")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
