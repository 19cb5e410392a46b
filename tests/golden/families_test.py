#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Published payloads through the profiles, with the few lines of configuration that a profile shows.

Each case of a family runs through `lamppost map` with the first example configuration of its profile, at
most six lines under [[mapping]]. What is emitted is compared with the values that the source gives, and
held against the published schemas. One table tells how many of each family are

    tried       of a device that a profile is for
    equal       entities of the right model, with every value that the source gives for them
    nothing     without a value that the profile sends: settings, a command, a state of the device alone
    refused     broken in the eyes of their source, and refused here
    different   everything else, with the reason in families_known.md

and a second one, which models each profile gave; what a profile makes of its own examples profiles_test.py
says. The test fails for a difference that is not explained. Skipped without the payloads.
"""
import collections
import sys
import tomllib

from families_expectation import FAMILIES
from profiles_test import AROUND, lines_of, mapped
from program import SOURCE, faults_by_schema
from verdicts import Verdict, run

KNOWN = SOURCE / "tests" / "golden" / "families_known.md"
OUTCOMES = ["tried", "equal", "nothing", "refused", "different"]
SHOWN = collections.defaultdict(collections.Counter)  # profile: model: entities


def profile_of(name):
    return tomllib.loads((SOURCE / "config" / "profiles" / f"{name}.toml").read_text(encoding="utf-8"))


def config_of(name):
    return next(example["config"] for example in profile_of(name)["example"] if "config" in example)


def same(expected, seen):
    if isinstance(expected, (int, float)) and isinstance(seen, (int, float)):
        return abs(expected - seen) <= 1e-6 * max(1, abs(expected))
    return expected == seen


def difference(expected, entities):
    """`expected`: {model: {attribute: value}}."""
    for model, attributes in expected.items():
        of_model = [entity for entity in entities if entity["type"] == model]
        for name, value in attributes.items():
            seen = [entity[name]["value"] for entity in of_model if name in entity]
            wanted = value if isinstance(value, tuple) else (value,)
            if not all(any(same(each, one) for one in seen) for each in wanted):
                return f"{model} {name}: {value} expected, {seen} sent"
    return ""


def judge(program, family, case):
    plan = FAMILIES[family](case)
    if plan is None:
        return Verdict(case["id"], "uncovered")
    done = mapped(program, config_of(plan.profile) + plan.more + AROUND, plan.topic, plan.payload)
    if plan.expected == "refused":
        refused = done.code == 65 and "dead letter" in done.stderr
        return Verdict(case["id"], "refused" if refused else "different", "is not refused")
    if done.code != 0:
        return Verdict(case["id"], "different", done.stderr.strip().splitlines()[-1])
    why = difference(plan.expected, done.entities)
    if why:
        return Verdict(case["id"], "different", why)
    SHOWN[plan.profile].update(entity["type"] for entity in done.entities)
    told = [entity for entity in done.entities if entity["type"] != "Device"]
    return Verdict(case["id"], "equal" if told else "nothing", "", done.entities)


def shortfalls(judged, _):
    print(f"\n{'profile':26}{'lines':>6}  models")
    for name in sorted(SHOWN):
        models = ", ".join(f"{count} {model}" for model, count in sorted(SHOWN[name].items()))
        print(f"{name:26}{len(lines_of(config_of(name))):6}  {models}")
    entities = [entity for of_family in judged.values() for verdict in of_family for entity in verdict.entities]
    return faults_by_schema(entities)


if __name__ == "__main__":
    sys.exit(run(__doc__.splitlines()[0], FAMILIES, OUTCOMES, judge, KNOWN, shortfalls))
