#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden directories: what `lamppost check`, `map` and `import` print, to the letter.

    check/CASE/  lamppost.toml, whatever else it names, expected.txt: standard output and exit code
    map/CASE/    lamppost.toml, args: the options of the command, reading.txt|json|hex: the payload,
                 expected.json: the entities, expected.txt: standard error with --explain and exit code
    import/CASE/ args: the words behind `import`, the files they name, expected.toml and expected.csv: the
                 stanzas and the devices, expected.txt: the warnings, and what `check` says of it all

With LAMPPOST_ACCEPT=1 the expected files are rewritten; their diff is the review. The entities of all
cases are held against the published Smart Data Models schemas, where those are at hand.
"""
import difflib
import os
import pathlib
import shlex
import shutil
import sys
import tempfile

from program import Program, arguments, faults_by_schema, side_by_side

HERE = pathlib.Path(__file__).resolve().parent
SITE = """[source.site]
type = "mqtt"
url  = "mqtt://127.0.0.1:1883"

[broker.city]
url = "http://127.0.0.1:1026"

"""
ACCEPT = os.environ.get("LAMPPOST_ACCEPT") == "1"


def one_line_each(text):
    """JSON text with every entity and attribute on a line of its own, otherwise to the letter."""
    lines, depth, quoted, escaped = "", 0, False, False
    for letter in text:
        lines += letter
        if quoted:
            quoted = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
            continue
        quoted = letter == '"'
        depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth <= 2:
            lines += "\n" + " " * depth
    return lines


def payload_of(case):
    [file] = case.glob("reading.*")
    if file.suffix == ".hex":
        return bytes.fromhex(file.read_text(encoding="ascii"))
    return file.read_bytes()


def outcome_of_check(program, case):
    run = program.run("check", "--config", "lamppost.toml", directory=case)
    return {"expected.txt": f"{run.stdout}{run.stderr}exit {run.code}\n"}, []


def outcome_of_map(program, case):
    options = shlex.split((case / "args").read_text(encoding="utf-8"))
    run = program.run("map", "--config", "lamppost.toml", "--explain", *options, directory=case,
                      payload=payload_of(case))
    return {"expected.json": one_line_each(run.stdout),
            "expected.txt": f"{run.stderr}exit {run.code}\n"}, run.entities


def outcome_of_import(program, case):
    """The stanzas have to be a configuration as they are, behind a source and a broker."""
    with tempfile.TemporaryDirectory() as name:
        room = pathlib.Path(name)
        shutil.copytree(case, room, dirs_exist_ok=True)
        run = program.run("import", *shlex.split((case / "args").read_text(encoding="utf-8")), directory=room)
        (room / "lamppost.toml").write_text(SITE + run.stdout, encoding="utf-8")
        check = program.run("check", "--config", "lamppost.toml", directory=room)
        devices = room / "devices.csv"
        rows = devices.read_text(encoding="utf-8") if devices.is_file() else ""
    return {"expected.toml": run.stdout, "expected.csv": rows,
            "expected.txt": f"{run.stderr}exit {run.code}\n{check.stdout}{check.stderr}exit {check.code}\n"}, []


def difference(file, actual):
    """How a file differs from what came out, as a diff; nothing when it does not."""
    expected = file.read_text(encoding="utf-8") if file.is_file() else ""
    if expected == actual:
        return ""
    if ACCEPT:
        file.write_text(actual, encoding="utf-8")
        print(f"accepted {file.relative_to(HERE)}")
        return ""
    name = str(file.relative_to(HERE))
    return "".join(difflib.unified_diff(expected.splitlines(True), actual.splitlines(True), name, "now"))


def main():
    chosen = arguments(__doc__.splitlines()[0])
    program = Program(chosen.lamppost)
    outcomes = {"check": outcome_of_check, "map": outcome_of_map, "import": outcome_of_import}
    cases = [case for kind in outcomes for case in sorted((HERE / kind).iterdir())
             if not chosen.cases or any(word in case.name for word in chosen.cases)]
    results = side_by_side(lambda case: outcomes[case.parent.name](program, case), cases)

    wrong, entities = 0, []
    for case, (files, emitted) in zip(cases, results):
        diffs = [difference(case / name, text) for name, text in files.items()]
        wrong += any(diffs)
        print("".join(diffs), end="")
        entities += emitted
    faults = faults_by_schema(entities)
    print("".join(f"{fault}\n" for fault in faults), end="")
    print(f"{len(cases)} cases, {wrong} differ, {len(faults)} faults by schema")
    return 1 if wrong or faults or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
