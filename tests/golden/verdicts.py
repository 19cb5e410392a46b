# SPDX-License-Identifier: Apache-2.0
"""Published payloads judged family by family: the table, and what makes the test fail.

A verdict is an outcome of the test's own, "different" or "uncovered". Every different case has to be
explained in a file beside the test, as a line "- `case`: why", and every case explained there has to be
different.
"""
import collections
import dataclasses
import json
import re

from program import SKIPPED, Program, arguments, corpus, side_by_side


@dataclasses.dataclass
class Verdict:
    case: str
    outcome: str
    why: str = ""
    entities: list = dataclasses.field(default_factory=list)


def print_table(verdicts, outcomes):
    """`outcomes`: the columns; the first is what is not uncovered."""
    print(f"{'family':22}{'cases':>7}" + "".join(f"{outcome:>11}" for outcome in outcomes))
    total = collections.Counter()
    for family, of_family in verdicts.items():
        count = collections.Counter(verdict.outcome for verdict in of_family)
        count[outcomes[0]] = len(of_family) - count["uncovered"]
        total += count
        print(f"{family:22}{len(of_family):7}" + "".join(f"{count[outcome]:11}" for outcome in outcomes))
    print(f"{'all':29}" + "".join(f"{total[outcome]:11}" for outcome in outcomes))


def complaints_about(verdicts, known_file, chosen):
    everything = [verdict for of_family in verdicts.values() for verdict in of_family]
    different = {verdict.case: verdict.why for verdict in everything if verdict.outcome == "different"}
    known = set(re.findall(r"^- `(\S+)`:", known_file.read_text(encoding="utf-8"), re.MULTILINE))
    for case, why in different.items():
        print(f"different{' (known)' if case in known else ''}: {case}: {why}")
    complaints = [f"not explained in {known_file.name}: {case}" for case in sorted(different.keys() - known)]
    if chosen:
        return complaints
    return complaints + [f"different no longer, but in {known_file.name}: {case}"
                         for case in sorted(known - different.keys())]


def run(title, families, outcomes, judge, known_file, more_complaints=lambda verdicts, chosen: []):
    """The test: its exit code. `judge(program, family, case)` gives a Verdict."""
    chosen = arguments(title)
    payloads = corpus() / "payloads"
    if not payloads.is_dir():
        print(f"skipped: no payloads in {payloads}")
        return SKIPPED
    program = Program(chosen.lamppost)
    verdicts = {}
    for family in families:
        cases = json.loads((payloads / family / "cases.json").read_text(encoding="utf-8"))["cases"]
        cases = [case for case in cases if not chosen.cases or any(word in case["id"] for word in chosen.cases)]
        verdicts[family] = side_by_side(lambda case: judge(program, family, case), cases)
    print_table(verdicts, outcomes)
    complaints = complaints_about(verdicts, known_file, chosen.cases) + more_complaints(verdicts, chosen.cases)
    print("".join(f"FAILED: {complaint}\n" for complaint in complaints), end="")
    return 1 if complaints else 0
