#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Published payloads through `lamppost decode`, against the values that their sources give for them.

A family is a list of cases; a function for each says how the payload is written and which values are
expected, by the names that Lamppost has for them. A table tells how many of each family are

    tried       with values or an error that the source expects
    equal       every expected value is there and the same
    refused     broken in the eyes of their source, and refused with a reason
    different   everything else, with the reason in decode_known.md

and the test fails when a different one is not explained there, or one explained there is different no
longer. Skipped without the payloads.
"""
import datetime
import json
import re
import sys

from decode_expectation import FAMILIES
from program import SOURCE
from verdicts import Verdict, run

KNOWN = SOURCE / "tests" / "golden" / "decode_known.md"
OUTCOMES = ["tried", "equal", "refused", "different"]


def instant(text):
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00")).timestamp()


def same(expected, seen):
    if isinstance(expected, bool) or isinstance(seen, bool):
        return expected is seen
    if isinstance(expected, str) and isinstance(seen, (int, float)):
        try:
            expected = float(expected)  # codecs in JavaScript round to text
        except ValueError:
            return False
    if isinstance(expected, (int, float)) and isinstance(seen, (int, float)):
        return abs(expected - seen) <= 1e-6 * max(1, abs(expected))
    if isinstance(expected, list) and isinstance(seen, list):
        return len(expected) == len(seen) and all(same(*pair) for pair in zip(expected, seen))
    return expected == seen


def found_in(groups):
    """Every observation by its name, and device and time as observations of their own."""
    found = {}
    for group in reversed(groups):
        found |= {one["name"]: one["value"] for one in group["observations"]}
        found |= {"(device)": group.get("device"), "(time)": group.get("time")}
    return found


def difference(expected, groups):
    found = found_in(groups)
    for name, value in expected.items():
        if name == "(time)":
            if not found.get(name) or abs(instant(found[name]) - instant(value)) > 0.001:
                return f"time {value} expected, {found.get(name)} found"
        elif name not in found:
            return f"{name} = {value} expected, not found"
        elif not same(value, found[name]):
            return f"{name} = {value!r} expected, {found[name]!r} found"
    return ""


def judge(program, family, case):
    plan = FAMILIES[family](case)
    if plan is None:
        return Verdict(case["id"], "uncovered")
    words, expected = plan
    hexadecimal = ["--hex"] if case["payload_encoding"] == "hex" or "--hex" in words else []
    topic = ["--topic", case["topic"]] if case["topic"] else []
    words = [word for word in words if word != "--hex"]
    answer = program.run("decode", "--json", *hexadecimal, *topic, *words, payload=case["payload"].encode())
    if answer.code not in (0, 65):
        return Verdict(case["id"], "different", f"exit {answer.code}: {answer.stderr.strip()}")
    if expected == "refused":
        refused = answer.code == 65 and answer.stderr.strip()
        return Verdict(case["id"], "refused") if refused else Verdict(case["id"], "different", "is not refused")
    if answer.code != 0:
        return Verdict(case["id"], "different", answer.stderr.strip())
    why = difference(expected, json.loads(answer.stdout))
    return Verdict(case["id"], "different", why) if why else Verdict(case["id"], "equal")


if __name__ == "__main__":
    sys.exit(run(__doc__.splitlines()[0], FAMILIES, OUTCOMES, judge, KNOWN))
