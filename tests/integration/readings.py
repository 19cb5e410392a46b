# SPDX-License-Identifier: Apache-2.0
"""Readings of imagined air quality stations, and what must become of them, worked out here again."""
import datetime
import json

START = datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)

MAPPING = """
[[mapping]]
name = "{source}-air"
source = "{source}"
match = "air/{{station}}/state"
format = "json"
model = "AirQualityObserved"
id = "urn:ngsi-ld:AirQualityObserved:{{station}}"
time = {{ from = "/ts" }}
location = [4.4025, 51.2194]
[mapping.attributes]
pm25 = {{ from = "/pm2_5", unit = "GQ" }}
temperature = {{ from = "/t", unit = "FAH", decimals = 1 }}
"""


class Reading:
    """The `number`th reading of a station; no two readings of a station are alike."""

    def __init__(self, station, number):
        self.station, self.number = station, number
        at = START + datetime.timedelta(seconds=60 * number, milliseconds=number % 1000)
        self.observed_at = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"
        self.pm25 = number / 8 + 1  # eighths are exact in binary
        self.fahrenheit = 32 + 9 * (number % 10)  # whole degrees Celsius, again exact

    @property
    def topic(self):
        return f"air/{self.station}/state"

    @property
    def payload(self):
        reading = {"ts": self.observed_at, "pm2_5": self.pm25, "t": self.fahrenheit}
        return json.dumps(reading).encode()

    @property
    def entity_id(self):
        return f"urn:ngsi-ld:AirQualityObserved:{self.station}"

    @property
    def key(self):
        return self.entity_id, self.pm25

    @property
    def entity(self):
        celsius = (self.fahrenheit - 32) * 5 // 9
        return {
            "id": self.entity_id,
            "type": "AirQualityObserved",
            "pm25": self._measured(self.pm25, "GQ"),
            "temperature": self._measured(celsius, "CEL"),
            "location": {
                "type": "GeoProperty",
                "value": {"type": "Point", "coordinates": [4.4025, 51.2194]},
            },
            "dateObserved": {
                "type": "Property",
                "value": {"@type": "DateTime", "@value": self.observed_at},
            },
        }

    def _measured(self, value, unit):
        return {
            "type": "Property",
            "value": value,
            "unitCode": unit,
            "observedAt": self.observed_at,
        }


def key_of(entity):
    """Names the reading that an entity came from, as Reading.key does."""
    return entity["id"], entity["pm25"]["value"]


def rounds(stations, numbers):
    """The readings of all stations, as they come in time: each station's first, then each second."""
    return [Reading(station, number) for number in numbers for station in stations]
