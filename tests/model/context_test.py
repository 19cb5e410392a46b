#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `lamppost models export` prints is what other software makes of it.

    context_test.py --lamppost PROGRAM

With the exported @context, a JSON-LD 1.1 processor (python3-pyld) expands every entity of entities.json to the
very IRIs that the published context of its subject gives. The exported JSON Schema passes the same entities in
key-values form and refuses broken ones. Skips with 77 without PyLD, python3-jsonschema or the published contexts.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tomllib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from validate_entities import corpus, jsonschema_module, skip  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parents[1] / "config" / "models"
NGSI_LD = "https://uri.etsi.org/ngsi-ld/"
# What an entity in normalized form needs of NGSI-LD's core context (ETSI GS CIM 009, annex B), which comes last.
CORE = {"id": "@id", "type": "@type", "Property": NGSI_LD + "Property", "Relationship": NGSI_LD + "Relationship",
        "GeoProperty": NGSI_LD + "GeoProperty", "value": {"@id": NGSI_LD + "hasValue", "@type": "@json"},
        "object": {"@id": NGSI_LD + "hasObject", "@type": "@id"}, "location": NGSI_LD + "location",
        "unitCode": NGSI_LD + "unitCode", "observedAt": NGSI_LD + "observedAt"}


def exported(lamppost, *options):
    command = [lamppost, "models", "export", *options]
    return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout)


def offline(url, options=None):
    raise LookupError(f"{url} was asked for")


def expanded(jsonld, entity, *contexts):
    return jsonld.expand({**entity, "@context": list(contexts)}, {"documentLoader": offline})


def key_values(entity):
    plain = {}
    for name, attribute in entity.items():
        value = attribute
        if isinstance(attribute, dict):
            value = attribute.get("object", attribute.get("value"))
        plain[name] = value["@value"] if isinstance(value, dict) and "@value" in value else value
    return plain


def check_contexts(jsonld, lamppost, entities, published):
    composite = exported(lamppost, "--context")["@context"]
    for entity in entities:
        model = tomllib.loads((MODELS / f"{entity['type']}.toml").read_text(encoding="utf-8"))
        subject = json.loads((published / model["subject"] / "context.jsonld").read_text(encoding="utf-8"))["@context"]
        names = {name for name in expanded(jsonld, entity, composite, CORE)[0] if not name.startswith("@")}
        if expanded(jsonld, entity, composite, CORE) != expanded(jsonld, entity, subject, CORE):
            yield f"{entity['type']}: {expanded(jsonld, entity, composite, CORE)}"
        if len(names) != len(entity) - 2:
            yield f"{entity['type']}: some terms have no IRI: {sorted(names)}"
        alone = exported(lamppost, "--context", entity["type"])["@context"]
        if any(isinstance(term, dict) and "@context" in term for term in alone.values()):
            yield f"{entity['type']}: a context for one type needs no scope"


def check_schema(jsonschema, lamppost, entities):
    whole = jsonschema.Draft202012Validator(exported(lamppost))
    for entity in entities:
        plain = key_values(entity)
        for error in whole.iter_errors(plain):
            yield f"{entity['type']}: {error.message[:200]}"
        one = jsonschema.Draft202012Validator(exported(lamppost, entity["type"]))
        for broken in ({**plain, "pm2_5": 1}, {**plain, "type": "X"}, {"id": plain["id"]}):
            if one.is_valid(broken) or whole.is_valid(broken):
                yield f"{entity['type']}: passes although broken: {broken}"


def check_dcat(jsonld, lamppost):
    catalogue = exported(lamppost, "--dcat", "--publisher", "City of Antwerp")
    [graph] = jsonld.expand(catalogue, {"documentLoader": offline})
    terms = {"http://purl.org/dc/terms/title", "http://purl.org/dc/terms/description",
             "http://purl.org/dc/terms/publisher", "http://www.w3.org/ns/dcat#dataset"}
    if terms - graph.keys():
        yield f"DCAT: {sorted(terms - graph.keys())} is missing"
    if len(graph["http://www.w3.org/ns/dcat#dataset"]) != len(list(MODELS.glob("*.toml"))):
        yield "DCAT: not every model is a dataset"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lamppost", required=True)
    lamppost = str(pathlib.Path(parser.parse_args().lamppost).resolve())
    try:
        from pyld import jsonld
    except ImportError:
        skip("python3-pyld is not installed")
    published, jsonschema = corpus(), jsonschema_module()
    entities = json.loads((HERE / "entities.json").read_text(encoding="utf-8"))
    complaints = [*check_contexts(jsonld, lamppost, entities, published),
                  *check_schema(jsonschema, lamppost, entities), *check_dcat(jsonld, lamppost)]
    print("".join(f"FAILED: {complaint}\n" for complaint in complaints), end="")
    print(f"{len(entities)} entities expanded and checked, {len(complaints)} complaints")
    return 1 if complaints or not entities else 0


if __name__ == "__main__":
    sys.exit(main())
