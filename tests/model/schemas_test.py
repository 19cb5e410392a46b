#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every model of config/models says what the published schema of its type says.

Compared are version, attributes, kinds, JSON types, bounds, words, required attributes, that the subject's
@context knows each attribute, and that each unit is a code of Rec 20. Where a model differs on purpose, the
reason stands below, and a difference that has gone is reported as well. Skips with 77 without schemas.
"""
import csv
import json
import pathlib
import re
import sys
import tomllib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from validate_entities import Schemas, corpus, jsonschema_module  # noqa: E402

MODELS = pathlib.Path(__file__).resolve().parents[2] / "config" / "models"

# Never in a model: what NGSI-LD carries itself, and what brokers keep by themselves.
SYSTEM = {"id", "type", "dateCreated", "dateModified"}

LEFT_OUT = {("Device", "value"): "NGSI-LD reserves the word",
            ("Vehicle", "leasingInfo"): "not in the context of its subject"}
HYPHEN = "-"  # no part of an NGSI-LD name: attributes with one are left out everywhere

# Kinds that a name does not show; the schemas say them in prose only.
KINDS = {
    ("Alert", "alertSource"): "Relationship", ("EVChargingStation", "dataDescriptor"): "Relationship",
    ("FleetVehicleStatus", "fleetVehicle"): "Relationship",
    ("FleetVehicleStatus", "fleetVehicleOperation"): "Relationship",
    ("Building", "occupier"): "Relationship", ("Building", "mapUrl"): "Relationship",
    ("Vehicle", "previousLocation"): "GeoProperty",
    ("FleetVehicleStatus", "lastKnownPosition"): "GeoProperty",
    ("Building", "containedInPlace"): "GeoProperty",
}

# (type, attribute, key): why the model says something else. "*" is every type.
DEVIATIONS = {
    ("*", "owner", "item"): "names of entities; in NGSI-LD these are URIs",
    ("Device", "controlledAsset", "item"): "names of entities; in NGSI-LD these are URIs",
    ("*", "seeAlso", "type"): "a URI or an array of them; one is enough",
    ("Device", "macAddress", "pattern"): "patterns are not checked",
    ("Device", "ipAddress", "formats"): "formats beyond date-time and uri are not checked",
    ("AirQualityObserved", "airQualityLevel", "shortest"): "lengths are not checked",
    ("OffStreetParking", "averageSpotLength", "min"): "more than 0; a centimetre at least",
    ("OffStreetParking", "maximumAllowedHeight", "min"): "more than 0; a centimetre at least",
    ("OffStreetParking", "maximumAllowedWidth", "min"): "more than 0; a centimetre at least",
    ("OffStreetParking", "extCategory", "unique"): "only arrays with a list of words are held to it",
    ("StreetlightControlCabinet", "compliantWith", "unique"): "only arrays with a list of words are",
    ("ParkingGroup", "averageSpotLength", "min"): "more than 0; a centimetre at least",
    ("ParkingGroup", "averageSpotWidth", "min"): "more than 0; a centimetre at least",
    ("ParkingGroup", "maximumAllowedHeight", "min"): "more than 0; a centimetre at least",
    ("ParkingGroup", "maximumAllowedWidth", "min"): "more than 0; a centimetre at least",
    ("IndoorEnvironmentObserved", "relativeHumidity", "max"): "a fraction of one, as everywhere else",
    ("Vehicle", "cargoWeight", "min"): "more than 0; ten grams at least",
    ("WasteContainerModel", "compliantWith", "unique"): "only arrays with a list of words are held to it",
    ("DeviceModel", "macAddress", "pattern"): "patterns are not checked",
    ("SmartMeteringObservation", "powerFactor", "min"): "stated in the description only",
    ("SmartMeteringObservation", "powerFactor", "max"): "stated in the description only",
}


def from_alternatives(choices):
    """oneOf and anyOf, in the forms these schemas use."""
    parts = [from_schema(choice) for choice in choices]
    types = {part["type"] for part in parts}
    if types == {"number"} and parts[1]["min"] == parts[1]["max"]:
        return {**parts[0], "also": [parts[1]["min"]]}
    if types <= {"string", "uri"}:
        formats = {choice.get("format") for choice in choices} - {None, "uri"}
        return {"type": "string", **({"formats": formats} if formats else {})}
    if types == {"string", "number"}:
        return {**parts[0], **parts[1], "type": "any"}
    return {"type": "any"}


def from_schema(schema):
    """What a model should say of an attribute with this schema, except kind and required."""
    alternatives = schema.get("oneOf") or schema.get("anyOf")
    if alternatives:
        common = {key: value for key, value in schema.items() if key not in ("oneOf", "anyOf")}
        return from_alternatives([{**common, **choice} for choice in alternatives])
    plain = schema.get("type", "any")
    said = {"type": {"date-time": "date_time", "uri": "uri"}.get(schema.get("format"), plain)}
    words = schema.get("enum", [])
    if said["type"] in ("integer", "number") and words:
        said.update(min=min(words), max=max(words))
    elif words:
        said["values"] = set(words)
    for key, name in {"minimum": "min", "maximum": "max", "pattern": "pattern",
                      "minLength": "shortest"}.items():
        if key in schema:
            said[name] = schema[key]
    if "exclusiveMinimum" in schema:
        said["min"] = f"more than {schema['exclusiveMinimum']}"
    if said["type"] == "array":
        items = from_schema(schema.get("items", {}))
        said.update(item=items["type"], unique=schema.get("uniqueItems", False))
        said.update({key: items[key] for key in ("values", "formats") if key in items})
    return said


def from_model(attribute):
    """The same of an attribute of a model."""
    said = {key: attribute[key] for key in ("type", "item", "min", "max", "also") if key in attribute}
    if "values" in attribute:
        said["values"] = set(attribute["values"])
    if said["type"] == "array":
        said["unique"] = "values" in attribute
    return said


def expected_kind(of, name):
    if (of, name) in KINDS:
        return KINDS[of, name]
    if name == "location":
        return "GeoProperty"
    return "Relationship" if re.match(r"(ref|has)[A-Z]", name) else "Property"


class Comparison:
    """One model against its schema; complaints are collected, deviations ticked off."""

    def __init__(self, schemas, units, deviations):
        self.schemas, self.units, self.unused = schemas, units, deviations
        self.complaints = []

    def complain(self, *words):
        self.complaints.append(" ".join(str(word) for word in words))

    def model(self, model):
        schema = self.schemas.of(model["type"])
        if schema is None:
            return self.complain(model["type"], "has no schema")
        self.head(model, schema)
        published, described = self.schemas.attributes(schema), model["attributes"]
        left_out = {name for of, name in LEFT_OUT if of == model["type"]}
        wanted = {name for name in published.keys() - SYSTEM - left_out if HYPHEN not in name}
        for name in sorted(wanted ^ described.keys()):
            self.complain(model["type"], name, "is in", "the schema" if name in wanted else "the model", "only")
        for name in sorted(wanted & described.keys()):
            self.attribute(model["type"], name, published[name], described[name])
        return None

    def head(self, model, schema):
        if model["version"] != schema["$schemaVersion"]:
            self.complain(model["type"], "version", model["version"], "is now", schema["$schemaVersion"])
        required = set(schema.get("required", []))
        required.update(*(part.get("required", []) for part in schema.get("allOf", [])))
        marked = {name for name, said in model["attributes"].items() if said.get("required")}
        for name in sorted((required - SYSTEM) ^ marked):
            self.complain(model["type"], name, "required:", name in marked, "- the schema:", name in required)
        context = self.schemas.directory / model["subject"] / "context.jsonld"
        terms = json.loads(context.read_text(encoding="utf-8"))["@context"]
        for name in sorted(model["attributes"].keys() - terms.keys()):
            self.complain(model["type"], name, "is not in the context of", model["subject"])

    def attribute(self, of, name, schema, described):
        kind = described.get("kind", "Property")
        if kind != expected_kind(of, name):
            self.complain(of, name, "is a", kind)
        if kind == "Relationship" and described.get("many", False) != (schema.get("type") == "array"):
            self.complain(of, name, "many:", described.get("many", False))
        codes = described.get("unit", [])
        for code in [codes] if isinstance(codes, str) else codes:
            if code not in self.units:
                self.complain(of, name, "unit", code, "is not in Rec 20")
        if kind == "Property":
            self.compare(of, name, from_schema(schema), from_model(described))

    def compare(self, of, name, published, described):
        for key in published.keys() | described.keys():
            theirs, ours = published.get(key), described.get(key)
            if theirs == ours or (key == "unique" and not theirs):
                continue  # holding on to more than the schema asks is no difference
            known = [place for place in ((of, name, key), ("*", name, key)) if place in DEVIATIONS]
            if known:
                self.unused.discard(known[0])
            else:
                self.complain(of, name, key, ours, "- the schema:", theirs)


def main():
    schemas = Schemas(corpus(), jsonschema_module())
    table = schemas.directory.parent / "units" / "rec20-annexII.csv"
    with table.open(encoding="utf-8-sig", newline="") as lines:
        units = {row[1] for row in csv.reader(lines)}
    comparison = Comparison(schemas, units, set(DEVIATIONS))
    files = sorted(MODELS.glob("*.toml"))
    for file in files:
        comparison.model(tomllib.loads(file.read_text(encoding="utf-8")))
    for deviation in sorted(comparison.unused):
        comparison.complain("deviation", *deviation, "is not needed any more")
    print(*comparison.complaints, sep="\n", end="\n" if comparison.complaints else "")
    print(f"{len(files)} models, {len(comparison.complaints)} differences")
    return 1 if comparison.complaints or not files else 0


if __name__ == "__main__":
    sys.exit(main())
