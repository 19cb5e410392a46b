#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The entities of entities.json pass the published schemas, and the validator sees what is broken.

model_test holds the same file against the models, so that both sides agree on what is good. Skips with 77
without schemas.
"""
import copy
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from validate_entities import Schemas, corpus, faults_of, jsonschema_module  # noqa: E402

ENTITIES = pathlib.Path(__file__).resolve().with_name("entities.json")

ABSENT = object()

# (type, attribute, its member, another value, where the fault is)
BROKEN = [
    ("AirQualityObserved", "relativeHumidity", "value", 45, "/relativeHumidity: 45"),
    ("AirQualityObserved", "pm25", "value", "12", "/pm25: '12'"),
    ("AirQualityObserved", "airQualityIndex", "value", 42.5, "/airQualityIndex: 42.5"),
    ("AirQualityObserved", "location", None, ABSENT, ": 'location' is a required"),
    ("AirQualityObserved", "typeOfLocation", None, {"type": "Property", "value": "outdoor"},
     "/typeOfLocation: is not in the schema"),
    ("AirQualityObserved", "refDevice", "object", "device 1", "/refDevice/object: 'device 1'"),
    ("AirQualityObserved", "refDevice", "type", "RelationShip", "/refDevice: is neither"),
    ("AirQualityObserved", "refDevice", "unitCode", "C62", "/refDevice/unitCode: does not"),
    ("AirQualityObserved", "pm25", "value", None, "/pm25: Property without value"),
    ("AirQualityObserved", "pm25", "observedAt", "2026-03-01T12:00:00+01:00", "/pm25/observedAt:"),
    ("AirQualityObserved", "dateObserved", "value", "2026-03-01T12:00:00", "/dateObserved:"),
    ("AirQualityObserved", "dateObserved", "value", "2026-02-30T12:00:00Z", "/dateObserved:"),
    ("AirQualityObserved", "location", "value", {"type": "Point"}, "/location:"),
    ("ParkingSpot", "status", "value", "closd", "/status: 'closd'"),
    ("ParkingSpot", "category", "value", ["onStreet", "kerb"], "/category/1: 'kerb'"),
    ("WasteContainer", "image", "value", "bin.jpg", "/image: 'bin.jpg'"),
    ("Device", "batteryLevel", "value", -0.5, "/batteryLevel:"),
    ("Device", "macAddress", "value", "A8:17", "/macAddress: 'A8:17'"),
    ("Device", "ipAddress", "value", ["harbour"], "/ipAddress/0: 'harbour'"),
    ("Streetlight", "type", None, "StreetLamp", "/type: no schema for 'StreetLamp'"),
]


def broken(entity, attribute, member, value):
    entity = copy.deepcopy(entity)
    if value is ABSENT:
        del entity[attribute]
    elif member is None:
        entity[attribute] = value
    else:
        entity[attribute][member] = value
    return entity


def main():
    schemas = Schemas(corpus(), jsonschema_module())
    entities = {entity["type"]: entity for entity in json.loads(ENTITIES.read_text(encoding="utf-8"))}
    complaints = [f"{of} {fault}" for of, good in entities.items() for fault in faults_of(good, schemas)]
    for of, attribute, member, value, expected in BROKEN:
        faults = faults_of(broken(entities[of], attribute, member, value), schemas)
        if len(faults) != 1 or not faults[0].startswith(expected):
            complaints.append(f"{of}.{attribute}: expected {expected!r}, found {faults}")
    print(*complaints, sep="\n", end="\n" if complaints else "")
    print(f"{len(entities)} entities, {len(BROKEN)} broken ones, {len(complaints)} complaints")
    return 1 if complaints or not entities else 0


if __name__ == "__main__":
    sys.exit(main())
