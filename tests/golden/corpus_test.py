#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Published payloads of real devices through the example mappings, against what their sources say.

Every case of a family that a mapping in config/examples covers runs through `lamppost map --explain`.
What is decoded is compared with the payload as read here and with the values its source gives for it;
what is emitted, with those values after conversions done here (expectation.py). A table tells how many
of each family are

    covered     by an example mapping
    equal       decoded and emitted as expected
    refused     broken in the eyes of their source, and refused here
    nothing     decoded as expected, but without a value that the mapping sends
    different   everything else

and the test fails when a different one is not explained in corpus_known.md, or one explained there is
different no longer. The payloads are read from $LAMPPOST_CORPUS, else from shared/corpus beside the
source tree; without them the test is skipped.
"""
import datetime
import json
import pathlib
import re
import sys

import expectation
import verdicts
from expectation import Contradiction, Refused
from program import SOURCE, faults_by_schema
from verdicts import Verdict

KNOWN = pathlib.Path(__file__).resolve().with_name("corpus_known.md")
ARRIVED = "2026-03-01T12:00:00Z"
CONTENT_TYPES = {110: "application/senml+json", 112: "application/senml+cbor"}
# Family: its example, and how many cases that example covers; fewer would be a mapping gone deaf.
FAMILIES = {"senml": ("senml", 7), "iotagent-ul": ("ultralight", 16), "esphome": ("esphome", 1),
            "shelly": ("shelly", 11), "tasmota": ("tasmota", 35), "zigbee2mqtt": ("zigbee2mqtt", 17),
            "airgradient": ("json", 1), "iotagent-json": ("json", 8)}
OUTCOMES = ["covered", "equal", "refused", "nothing", "different"]


def senml_topic(case):
    """A device of the example that sends what the case holds."""
    names = {record["n"].rpartition(":")[2] for record in (case["expected"] or {"resolved": []})["resolved"]}
    return "weather/roof" if names & {"temp", "temperature", "humidity"} else "probes/p-1"


def topic_of(family, case):
    """The documented topic; where the source gives none, the family's usual one, or None."""
    if case["topic"]:
        return case["topic"].replace("<TOPIC_PREFIX>", "roof").replace("%topic%", "roof")
    if family == "senml":
        return senml_topic(case) if case["expected"] else None
    if family == "iotagent-ul":
        return None if "@" in case["payload"] else "ul/1234/roof/attrs"  # @: the answer to a command
    if family == "tasmota":
        return "tele/roof/SENSOR"
    if family == "airgradient" and case["expected"]:
        return "airgradient/readings/" + case["expected"]["serial"]
    return None


def options_of(family, case, example):
    topic = topic_of(family, case)
    content_type = CONTENT_TYPES.get(case.get("content_format"))
    return ["--config", example, "--source", "field" if family == "senml" else "site", "--topic", topic,
            "--at", ARRIVED, "--explain", *(["--content-type", content_type] if content_type else [])]


# ---- What `--explain` says -------------------------------------------------------------------------

def decoded_of(run):
    """The decoded observations of each mapping that matched: {mapping: [(name, value, unit)]}."""
    found, name = {}, None
    for line in run.stderr.splitlines():
        if match := re.fullmatch(r"mapping: (\S+) \(match .*\)", line):
            name = match[1]
            found[name] = []
        elif match := re.fullmatch(r"decoded: (.*?) = (.*)", line):
            value, end = json.JSONDecoder().raw_decode(match[2])
            found[name].append((match[1], value, match[2][end:].strip()))
    return found


def device_times_of(run):
    """The instants that came from the device, plausible or not, in seconds since 1970."""
    found = re.findall(r"^time: (\S+) (?:from|of) the device's clock", run.stderr, re.MULTILINE)
    return {datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() for text in found}


def ordered(triples):
    return sorted(triples, key=lambda triple: json.dumps(triple, sort_keys=True))


# ---- Comparing -------------------------------------------------------------------------------------

def compare_decoded(groups, decoded):
    expected = [(name, value, unit) for group in groups for name, (value, unit) in group.items()]
    if ordered(expected) != ordered(decoded):
        missing = [one for one in expected if one not in decoded]
        surplus = [one for one in decoded if one not in expected]
        raise Contradiction(f"decoded: missing {missing}, surplus {surplus}")


def compare_times(case, mapping, run):
    expected = {round(time, 3) for time in expectation.expected_times(case, mapping)}
    if expected != (actual := device_times_of(run)):
        raise Contradiction(f"device times: expected {sorted(expected)}, found {sorted(actual)}")


def compare_entity(rules, group, entity):
    """The attributes that a group must set in one entity; how many there are."""
    compared = 0
    for name, rule in rules.items():
        attribute = entity.get(name, {})
        numeric = attribute.get("value") is None or isinstance(attribute["value"], (int, float))
        wanted = expectation.expected_value(rule, group, attribute.get("unitCode"), numeric)
        if not expectation.same(wanted, attribute.get("value")):
            raise Contradiction(f"{entity.get('id')} {name}: expected {wanted}, sent {attribute.get('value')}")
        compared += wanted is not None
    return compared


def compare_emitted(mapping, groups, entities):
    """Every group becomes one entity of each model it has a value for, in the order of the groups."""
    compared = 0
    for rule in expectation.entities_of(mapping):
        sent = [entity for entity in entities if entity["type"] == rule["model"]]
        due = [group for group in groups
               if any(expectation.expected_value(attribute, group, "", True) is not None
                      for attribute in rule["attributes"].values())]
        if len(sent) != len(due):
            raise Contradiction(f"{len(due)} {rule['model']} expected, {len(sent)} sent")
        compared += sum(compare_entity(rule["attributes"], *pair) for pair in zip(due, sent))
    return compared


def compare(case, mappings, run):
    """How many attributes were compared and found equal; Contradiction says what differs."""
    decoded = decoded_of(run)
    if len(decoded) != 1:
        raise Contradiction(f"covered by {sorted(decoded)}, not by one mapping")
    [(name, observations)] = decoded.items()
    mapping = mappings[name]
    groups = expectation.GROUPS[mapping["format"]](case, expectation.wanted_names(mapping))
    if run.code != 0:
        raise Contradiction(run.stderr.splitlines()[-1])
    compare_decoded(groups, observations)
    if any(groups):
        compare_times(case, mapping, run)
    return compare_emitted(mapping, groups, run.entities)


def judge(program, family, case):
    example = SOURCE / "config" / "examples" / f"{FAMILIES[family][0]}.toml"
    if topic_of(family, case) is None:
        return Verdict(case["id"], "uncovered")
    encoded = case["payload_encoding"] == "hex"
    payload = bytes.fromhex(case["payload"]) if encoded else case["payload"].encode()
    run = program.run("map", *options_of(family, case, example), payload=payload)
    if run.stderr.startswith("no mapping of source"):
        return Verdict(case["id"], "uncovered")
    try:
        compared = compare(case, expectation.mappings_of(example), run)
    except Refused as refused:
        if run.code == 65 and "dead letter" in run.stderr and not run.entities:
            return Verdict(case["id"], "refused", run.stderr.splitlines()[-1])
        return Verdict(case["id"], "different", f"not refused: {refused}", run.entities)
    except Contradiction as contradiction:
        return Verdict(case["id"], "different", str(contradiction), run.entities)
    return Verdict(case["id"], "equal" if compared else "nothing", "", run.entities)


def shortfalls(judged, chosen):
    """Families of which fewer cases are covered than were once; and entities that no schema takes."""
    complaints = []
    for family, of_family in judged.items():
        covered = sum(verdict.outcome != "uncovered" for verdict in of_family)
        if not chosen and covered < FAMILIES[family][1]:
            complaints.append(f"{family}: {covered} cases covered, no longer {FAMILIES[family][1]}")
    entities = [entity for of_family in judged.values() for verdict in of_family for entity in verdict.entities]
    return complaints + faults_by_schema(entities)


if __name__ == "__main__":
    sys.exit(verdicts.run(__doc__.splitlines()[0], FAMILIES, OUTCOMES, judge, KNOWN, shortfalls))
