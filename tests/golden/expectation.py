# SPDX-License-Identifier: Apache-2.0
"""What must become of a published payload, worked out from the payload and from what its source says
about it, without Lamppost: an own decoder for each family, own unit conversions, own reading of the rules
in a mapping."""
import datetime
import json
import math
import re
import tomllib

# Published unit -> model unit: factor and offset.
CONVERSIONS = {("P1", "C62"): (0.01, 0), ("WHR", "KWH"): (0.001, 0), ("FAH", "CEL"): (5 / 9, -160 / 9),
               ("KEL", "CEL"): (1, -273.15), ("PAL", "A97"): (0.01, 0)}
SENML_UNITS = {"Cel": "CEL", "%RH": "P1", "%EL": "P1", "K": "KEL", "V": "VLT", "A": "AMP", "/": "C62",
               "lon": "DD", "lat": "DD"}
AIRGRADIENT = {"/pm01": "pm1", "/pm02": "pm25", "/pm10": "pm10", "/rco2": "co2", "/atmp": "temperature",
               "/rhum": "relativeHumidity_pct"}
# "2020-01-01T12:00:00", with or without an offset: what the example's zone fills in.
LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
ABSENT = object()


class Refused(Exception):
    """The payload is broken in the eyes of its source."""


class Contradiction(Exception):
    """The payload read independently and what its source says about it differ."""


# ---- What is in a payload: a list of groups, each {observation name: (value, unit)} ----------------

def pointed(document, pointer):
    """What an RFC 6901 pointer finds, or ABSENT."""
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list) and token.isdigit() and int(token) < len(document):
            document = document[int(token)]
        elif isinstance(document, dict) and token in document:
            document = document[token]
        else:
            return ABSENT
    return document


def said_by_source(case, pointer, index):
    """The value that the case's source gives for a pointer; ABSENT when it gives none."""
    expected = case["expected"]
    if not isinstance(expected, dict):
        return ABSENT
    if "ngsiv2" in expected:
        entities = expected["ngsiv2"].get("entities", [expected["ngsiv2"]])
        found = entities[index].get(pointer[1:], ABSENT) if index < len(entities) else ABSENT
        return found if found is ABSENT else found["value"]
    if pointer == "/Time":
        return expected.get("time_local", ABSENT)
    if "sensors" in expected:
        return pointed(expected["sensors"], pointer)
    name = AIRGRADIENT.get(pointer, pointer.rsplit("/", 1)[-1])
    return expected.get(name, ABSENT)


def json_groups(case, wanted):
    try:
        document = json.loads(case["payload"])
    except ValueError as broken:
        raise Refused(str(broken)) from broken
    groups = []
    for index, element in enumerate(document if isinstance(document, list) else [document]):
        group = {name: (pointed(element, name), "") for name in wanted}
        group = {name: seen for name, seen in group.items() if seen[0] is not ABSENT}
        for name, (value, _) in group.items():
            said = said_by_source(case, name, index)
            if said is not ABSENT and said != value:
                raise Contradiction(f"{name}: {value!r} in the payload, {said!r} by its source")
        groups.append(group)
    return groups


def text_groups(case, wanted):
    expected = case["expected"] or {}
    value = next((expected[key] for key in ("value", "text", "state") if key in expected), case["payload"])
    return [{"value": (value, "")}] if "value" in wanted else []


def ultralight_groups(case, wanted):
    expected = case["expected"]
    if isinstance(expected, dict) and "error" in expected:
        raise Refused(expected["error"])
    if isinstance(expected, dict):
        entities = expected["ngsiv2"].get("entities", [expected["ngsiv2"]])
        expected = [{name: attribute["value"] for name, attribute in entity.items()
                     if name not in ("id", "type")} for entity in entities]
    # The decoder of Ultralight shows everything, asked for or not.
    return [{name: (value, "") for name, value in group.items()} for group in expected]


def short_name(record, base):
    if record["n"] == base:
        return record["u"] if record.get("u") in ("lat", "lon") else "value"
    return record["n"][len(base):]


def base_name(case):
    """As the payload gives it; in CBOR it is the name of all records, or ends with a colon."""
    names = {record["n"] for record in case["expected"]["resolved"]}
    if case["payload_encoding"] == "utf8":
        return json.loads(case["payload"])[0].get("bn", "")
    return names.pop() if len(names) == 1 else names.pop().rpartition(":")[0] + ":"


def senml_groups(case, wanted):
    """By resolved record, in the order of their times."""
    base = base_name(case)
    groups = {}
    for record in case["expected"]["resolved"]:
        name = short_name(record, base)
        if name in wanted:
            value = next(record[key] for key in ("v", "vs", "vb") if key in record)
            unit = SENML_UNITS[record["u"]] if "u" in record else ""
            groups.setdefault(record.get("t"), {})[name] = (value, unit)
    return [groups[time] for time in sorted(groups, key=lambda time: time or 0)]


GROUPS = {"json": json_groups, "text": text_groups, "ultralight": ultralight_groups, "senml": senml_groups}


def expected_times(case, mapping):
    """The instants, in seconds since 1970, that the device itself gives; as a set."""
    if mapping["format"] == "senml":
        return {record["t"] for record in case["expected"]["resolved"] if "t" in record}
    if mapping["format"] == "ultralight" and isinstance(case["expected"], list):
        return {instant(group["TimeInstant"], "") for group in case["expected"] if "TimeInstant" in group}
    rule = mapping.get("time")
    if mapping["format"] != "json" or not rule:
        return set()
    document = json.loads(case["payload"])
    elements = document if isinstance(document, list) else [document]
    found = [pointed(element, rule["from"]) for element in elements]
    # Numbers are seconds, except that Zigbee2MQTT's are milliseconds.
    factor = 0.001 if rule["from"] == "/last_seen" else 1
    return {instant(time, rule.get("zone", "")) if isinstance(time, str) else time * factor
            for time in found if time is not ABSENT}


def instant(text, zone):
    if LOCAL_TIME.fullmatch(text):
        text += zone
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


# ---- What a mapping makes of it --------------------------------------------------------------------

def mappings_of(example):
    """The mappings of a file by name, each with everything it takes from the one it extends."""
    found = {}
    for mapping in tomllib.loads(example.read_text(encoding="utf-8"))["mapping"]:
        found[mapping["name"]] = {**found.get(mapping.get("extends"), {}), **mapping}
    return found


def entities_of(mapping):
    return mapping.get("entity", [mapping])


def sources_of(rule):
    return rule["from"] if isinstance(rule["from"], list) else [rule["from"]]


def wanted_names(mapping):
    names = [name for entity in entities_of(mapping) for rule in entity["attributes"].values()
             for name in sources_of(rule)]
    return set(names + ([mapping["time"]["from"]] if mapping.get("time", {}).get("from") else []))


def number_of(value):
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def expected_value(rule, group, unit_out, numeric):
    """What one rule sends for a group, None when nothing. The unit that leaves decides the conversion."""
    name = next((name for name in sources_of(rule) if name in group), None)
    value, unit = group.get(name, (None, ""))
    if value is None:
        return None
    number = number_of(value)
    if not numeric or number is None:
        return value
    if number < rule.get("min", -math.inf) or number > rule.get("max", math.inf):
        return None
    unit_in = rule.get("unit") or unit
    if unit_in and unit_out and unit_in != unit_out:
        factor, offset = CONVERSIONS[unit_in, unit_out]
        number = number * factor + offset
    return number


def same(expected, actual):
    if isinstance(expected, float) and isinstance(actual, (int, float)):
        return math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-9)
    return expected == actual
