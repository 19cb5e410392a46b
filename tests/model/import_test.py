#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`lamppost models import` takes every published schema, and agrees with the models made by hand.

    import_test.py --lamppost PROGRAM

Prints a table of the differences between imported and hand-checked models. Each must be explained by a line of
import_differences.txt, and each line must explain something. Bad input gets a clear answer, never a crash. The
schemas are those of $LAMPPOST_CORPUS; without them only bad input is tried.
"""
import argparse
import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parents[1] / "config" / "models"
HEAD = ("type", "subject", "version", "context")

CIRCLE = {"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"allOf": [{"$ref": "#/definitions/a"}]}},
          "allOf": [{"$ref": "#/definitions/a"}]}
DOUBLING = {"definitions": {f"d{n}": {"allOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 2} for n in range(17)},
            "allOf": [{"$ref": "#/definitions/d0"}]}
TYPE = {"type": {"enum": ["Lamp"]}}
# (name, text, what standard error says)
BAD = [
    ("empty", "", ":1:1: error: is not JSON here"),
    ("cut off", '{"title": "x",\n "allOf": [', ":2:"),
    ("not an object", "[1]", "is no JSON Schema: an object is expected"),
    ("no entity", '{"properties": {"a": {"type": "number"}}}', "describes no entity"),
    ("two types", '{"properties": {"type": {"enum": ["A", "B"]}}}', "describes no entity"),
    ("bad type name", '{"properties": {"type": {"enum": ["A\\nb = 1"]}}}', "describes no entity"),
    ("deep", '{"a":' * 5000 + "1" + "}" * 5000, "is nested deeper than 64 levels"),
    ("wide", json.dumps({str(n): 0 for n in range(30000)}), "has more than 20000 members"),
    ("huge", '{"title": "' + "x" * (2 << 20) + '"}', "has more than 2 MiB"),
    ("circle", json.dumps(CIRCLE), "$ref goes in a circle at \"#/definitions/"),
    ("itself", '{"$ref": "#"}', "$ref goes in a circle at \"#\""),
    ("doubling", json.dumps(DOUBLING), "grows beyond 100000 values"),
]
# (name, schema, what standard error warns of, what the model holds)
ODD = [
    ("elsewhere", {"properties": TYPE, "allOf": [{"$ref": "https://example.org/x.json#/a"}]},
     "what \"https://example.org/x.json#/a\" describes is not at hand", {}),
    ("outside", {"properties": TYPE, "allOf": [{"$ref": "https://smart-data-models.github.io/../../etc/passwd"}]},
     "is not at hand", {}),
    ("hyphen", {"properties": {**TYPE, "Cl-": {"type": "number"}}, "required": ["Cl-"]},
     "\"Cl-\" is left out: it is no NGSI-LD name, although it is required", {}),
    ("unit", {"properties": {**TYPE, "a": {"type": "number", "description": "Property. Units:'km/h'"}}},
     "unit 'km/h' in the description", {"a": {"type": "number", "unit": "KMH"}}),
    ("odd unit", {"properties": {**TYPE, "a": {"type": "number", "description": "Property. Units:'a\nb = 1'"}}},
     "no Rec 20 code is certain", {"a": {"type": "number"}}),
    ("wrong types", {"properties": {**TYPE, "a": 1, "b": {"enum": 3, "minimum": "x", "items": []}}, "allOf": 7,
                     "required": {"a": 1}}, "no $schemaVersion", {"a": {"type": "any"}, "b": {"type": "any"}}),
    ("quotes", {"properties": {**TYPE, "a": {"type": "string", "enum": ["x\"]\n", "\\"]}}},
     "no $schemaVersion", {"a": {"type": "string", "values": ["x\"]\n", "\\"]}}),
    ("common", {"properties": TYPE, "allOf": [{"$ref":
      "https://smart-data-models.github.io/data-models/common-schema.json#/definitions/PhysicalObject-Commons"}]},
     "no $schemaVersion", {"color": {"type": "string"}, "image": {"type": "uri"},
                           "annotations": {"type": "array", "item": "string"}}),
]


def run(lamppost, schema):
    return subprocess.run([lamppost, "models", "import", str(schema)], capture_output=True, text=True, timeout=120,
                          check=False)


def bad_input(lamppost, directory):
    file = pathlib.Path(directory) / "schema.json"
    for name, text, said in BAD:
        file.write_text(text, encoding="utf-8")
        seen = run(lamppost, file)
        if seen.returncode != 65 or seen.stdout or said not in seen.stderr or not seen.stderr.startswith(str(file)):
            yield f"{name}: exit {seen.returncode}, {seen.stderr[:300]!r}"
    for name, schema, said, attributes in ODD:
        file.write_text(json.dumps(schema), encoding="utf-8")
        seen = run(lamppost, file)
        if seen.returncode != 0 or said not in seen.stderr:
            yield f"{name}: exit {seen.returncode}, {seen.stderr[:300]!r}"
        elif tomllib.loads(seen.stdout)["attributes"] != attributes:
            yield f"{name}: {seen.stdout}"


def in_any_order(value):
    return sorted(value) if isinstance(value, list) else value


def differences(imported, model):
    """(place, imported, by hand) of everything that is not the same."""
    of = model["type"]
    for key in HEAD:
        if imported.get(key) != model.get(key):
            yield f"{of} {key}", imported.get(key), model.get(key)
    theirs, ours = imported["attributes"], model["attributes"]
    for name in sorted(theirs.keys() ^ ours.keys()):
        yield f"{of}.{name}", "there" if name in theirs else "-", "there" if name in ours else "-"
    for name in sorted(theirs.keys() & ours.keys()):
        for key in sorted(theirs[name].keys() | ours[name].keys()):
            if in_any_order(theirs[name].get(key)) != in_any_order(ours[name].get(key)):
                yield f"{of}.{name} {key}", theirs[name].get(key), ours[name].get(key)


def explanations():
    """(pattern, reason) of each line "PATTERN: reason"."""
    text = (HERE / "import_differences.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(": ", 1)) for line in lines]


def compare(lamppost, schemas):
    files = sorted(schemas.glob("dataModel.*/*/schema.json"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = list(pool.map(lambda file: run(lamppost, file), files))
    reasons, used, both = explanations(), set(), 0
    for file, seen in zip(files, runs):
        if seen.returncode != 0:
            yield f"{file.parent.name}: exit {seen.returncode}, {seen.stderr[:300]}"
            continue
        imported = tomllib.loads(seen.stdout)
        by_hand = MODELS / f"{imported['type']}.toml"
        if not by_hand.is_file():
            continue
        both += 1
        for place, theirs, ours in differences(imported, tomllib.loads(by_hand.read_text(encoding="utf-8"))):
            known = [line for line in reasons if fnmatch.fnmatchcase(place, line[0])]
            used.update(known[:1])
            print(f"{place:60} {str(theirs)[:20]:20} -> {str(ours)[:20]:20} {known[0][1] if known else '?'}")
            if not known:
                yield f"{place} is not explained"
    print(f"{len(files)} schemas imported, {both} of them compared with the catalogue")
    for line in reasons:
        if line not in used:
            yield f"nothing differs any more as {line[0]!r} says"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lamppost", required=True)
    lamppost = str(pathlib.Path(parser.parse_args().lamppost).resolve())
    with tempfile.TemporaryDirectory() as directory:
        complaints = list(bad_input(lamppost, directory))
    beside = HERE.parents[2] / "shared" / "corpus"
    schemas = pathlib.Path(os.environ.get("LAMPPOST_CORPUS", beside)) / "smart-data-models"
    if schemas.is_dir():
        complaints += compare(lamppost, schemas)
    else:
        print(f"no schemas in {schemas}: nothing imported but bad input")
    print("".join(f"FAILED: {complaint}\n" for complaint in complaints), end="")
    if not schemas.is_dir() and not complaints:
        return 77
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
