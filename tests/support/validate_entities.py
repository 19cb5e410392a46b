#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds NGSI-LD normalized entities against the published Smart Data Models schemas.

    validate_entities.py [FILE]        a JSON array of entities, or one entity; standard input without FILE

Each entity must be well-formed normalized NGSI-LD; reduced to key-values it must pass the schema of its
type with formats asserted, and may hold no attribute that the schema does not know (the schemas
themselves let everything pass). One line per failure.

Exit code: 0 all pass, 1 some fail, 64 usage, 65 no JSON, 77 schemas or python3-jsonschema absent.

The schemas are read from $LAMPPOST_CORPUS/smart-data-models, by default from shared/corpus beside the
source tree. References are resolved to local files by repository and path, never by $id (which often
differs from the place a schema is served at) and never over the network.
"""
import datetime
import json
import os
import pathlib
import re
import sys
import warnings

SKIPPED = 77
CORE = {"id", "type", "scope", "@context"}
KINDS = {"Property": "value", "Relationship": "object", "GeoProperty": "value"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
MIRRORS = re.compile(
    r"https://(?:smart-data-models\.github\.io/|raw\.githubusercontent\.com/smart-data-models/)"
    r"([^/]+)/(?:master/)?(.+)")


def skip(why):
    print(f"skipped: {why}", file=sys.stderr)
    sys.exit(SKIPPED)


def corpus():
    """The directory of the schemas; ends the program with 77 when there is none."""
    beside = pathlib.Path(__file__).resolve().parents[3] / "shared" / "corpus"
    schemas = pathlib.Path(os.environ.get("LAMPPOST_CORPUS", beside)) / "smart-data-models"
    if not schemas.is_dir():
        skip(f"no schemas in {schemas}")
    return schemas


def jsonschema_module():
    """python3-jsonschema; ends the program with 77 when it is not installed."""
    try:
        import jsonschema
    except ImportError:
        skip("python3-jsonschema is not installed")
    # RefResolver is deprecated in newer releases, and the only one that Debian 12 has.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    return jsonschema


def without_ids(schema):
    """The same schema without $id, which would redirect the references in it."""
    if isinstance(schema, dict):
        return {key: without_ids(value) for key, value in schema.items() if key != "$id"}
    if isinstance(schema, list):
        return [without_ids(value) for value in schema]
    return schema


def is_date_time(text):
    if not isinstance(text, str):
        return True  # a format says nothing about other types
    if not DATE_TIME.fullmatch(text):
        return False
    try:
        datetime.datetime.fromisoformat(text[:19].upper())
    except ValueError:
        return False
    return True


class Schemas:
    """The schemas of the corpus by entity type, each with a validator that stays offline."""

    def __init__(self, directory, jsonschema):
        self.directory = directory
        self.jsonschema = jsonschema
        self.documents = {}
        self.resolver = jsonschema.RefResolver("", {}, handlers={"https": self.fetch})
        self.formats = jsonschema.FormatChecker()
        self.formats.checks("date-time")(is_date_time)
        self.formats.checks("uri")(lambda text: not isinstance(text, str) or bool(URI.fullmatch(text)))

    def read(self, path):
        if path not in self.documents:
            self.documents[path] = without_ids(json.loads(path.read_text(encoding="utf-8")))
        return self.documents[path]

    def fetch(self, url):
        match = MIRRORS.fullmatch(url)
        if not match:
            raise LookupError(f"{url} is not in the corpus")
        return self.read(self.directory / match[1] / match[2])

    def of(self, entity_type):
        """The schema of a type, None when the corpus has none."""
        if not re.fullmatch(r"\w+", str(entity_type)):
            return None
        found = sorted(self.directory.glob(f"dataModel.*/{entity_type}/schema.json"))
        return self.read(found[0]) if found else None

    def validator(self, schema):
        return self.jsonschema.Draft202012Validator(
            schema, resolver=self.resolver, format_checker=self.formats)

    def attributes(self, schema):
        """Every attribute of a schema with its own schema, through allOf and references."""
        found = {}
        if "$ref" in schema:
            with self.resolver.resolving(schema["$ref"]) as target:
                found.update(self.attributes(target))
        for part in schema.get("allOf", []):
            found.update(self.attributes(part))
        for name, attribute in schema.get("properties", {}).items():
            found[name] = self.resolved(attribute)
        return found

    def resolved(self, schema):
        """The schema with its references, and those of items and alternatives, replaced by their targets."""
        if "$ref" in schema:
            with self.resolver.resolving(schema["$ref"]) as target:
                own = {key: value for key, value in schema.items() if key != "$ref"}
                return self.resolved({**target, **own})
        found = dict(schema)
        if isinstance(schema.get("items"), dict):
            found["items"] = self.resolved(schema["items"])
        for key in ("oneOf", "anyOf"):
            if key in schema:
                found[key] = [self.resolved(choice) for choice in schema[key]]
        return found


DETAILS = {"rawValue", "quality"}  # what Lamppost says of a value beside it, itself a Property


def attribute_faults(name, attribute):
    """What is wrong with one attribute as normalized NGSI-LD."""
    if not isinstance(attribute, dict) or attribute.get("type") not in KINDS:
        return [f"/{name}: is neither Property, Relationship nor GeoProperty"]
    kind = attribute["type"]
    faults = []
    if attribute.get(KINDS[kind]) is None:
        faults.append(f"/{name}: {kind} without {KINDS[kind]}")
    known = {"type", "observedAt", KINDS[kind]} | ({"unitCode"} | DETAILS if kind == "Property" else set())
    for detail in sorted(DETAILS & attribute.keys()):
        faults += attribute_faults(f"{name}/{detail}", attribute[detail])
    faults += [f"/{name}/{key}: does not belong to a {kind}" for key in sorted(attribute.keys() - known)]
    if "observedAt" in attribute and not INSTANT.fullmatch(str(attribute["observedAt"])):
        faults.append(f"/{name}/observedAt: {attribute['observedAt']!r} is not a UTC instant")
    if kind == "Relationship" and not URI.fullmatch(str(attribute.get("object"))):
        faults.append(f"/{name}/object: {attribute.get('object')!r} is not a URI")
    return faults


def key_value(attribute, schema):
    """The value of an attribute as the schemas describe it."""
    if attribute["type"] == "Relationship":
        # Lamppost sends one target where a schema wants an array of them.
        target = attribute["object"]
        return [target] if schema.get("type") == "array" else target
    value = attribute["value"]
    typed = isinstance(value, dict) and set(value) == {"@type", "@value"}
    return value["@value"] if typed else value


def faults_of(entity, schemas):
    """Everything wrong with one entity, as "pointer: reason" lines."""
    if not isinstance(entity, dict):
        return [": is not an object"]
    schema = schemas.of(entity.get("type"))
    if schema is None:
        return [f"/type: no schema for {entity.get('type')!r}"]
    attributes = {name: value for name, value in entity.items() if name not in CORE}
    known = schemas.attributes(schema)
    faults = [fault for name, value in attributes.items() for fault in attribute_faults(name, value)]
    faults += [f"/{name}: is not in the schema" for name in attributes if name not in known]
    if faults:
        return faults
    reduced = {"id": entity.get("id"), "type": entity["type"]}
    reduced.update((name, key_value(value, known[name])) for name, value in attributes.items())
    for error in schemas.validator(schema).iter_errors(reduced):
        pointer = "".join(f"/{part}" for part in error.absolute_path)
        faults.append(f"{pointer}: {error.message[:300]}")
    return sorted(set(faults))


def main(arguments):
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        print(__doc__, file=sys.stderr)
        return 64
    schemas = Schemas(corpus(), jsonschema_module())
    try:
        text = pathlib.Path(arguments[0]).read_text(encoding="utf-8") if arguments else sys.stdin.read()
        entities = json.loads(text)
    except (OSError, ValueError) as error:
        print(f"no entities: {error}", file=sys.stderr)
        return 65
    entities = entities if isinstance(entities, list) else [entities]
    failures = 0
    for entity in entities:
        name = entity.get("id") if isinstance(entity, dict) else None
        for fault in faults_of(entity, schemas):
            print(f"{name} {fault}")
            failures += 1
    print(f"{len(entities)} entities, {failures} failures", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
