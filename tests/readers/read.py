"""Maps, calendars and tables of the service, read by libraries that others wrote.

It stores records at the limits of the formats (on the antimeridian, in the year 9999), reads the exports, and deletes what it stored.
"""

import csv
import io
import json
import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import geojson
import icalendar
import shapely.geometry

ADDRESS = os.environ["UCAP_URL"].rstrip("/")
PLACES = [
    ((180.0, 1.0), (-180.0, 3.0)),
    ((180.0, 10.0), (-170.0, 0.0)),
    ((-170.0, 0.0), (180.0, 10.0)),
    ((180.0, -16.0), (-180.0, -16.0)),
    ((12.5, 41.9), (12.5, 41.9)),
    ((-175.2, -21.1), (178.4, -18.1)),
]
LAST_DAY = {"start": "9999-12-31"}
DATES = [
    LAST_DAY,
    {"start": "9999"},
    {"start": "2019", "end": "9999"},
    {"end": "9999-12-30"},
    {"start": "1000-01-01"},
    {"start": "2019-11"},
    {"start": "2018-04-22", "end": "2018-04-27"},
]


def send(method: str, path: str, body: object = None) -> str:
    headers = {"authorization": f"Bearer {os.environ['UCAP_KEY']}", "content-type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(ADDRESS + path, data, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


@contextmanager
def stored() -> Iterator[dict[str, str]]:
    """Records at the limits of the formats; gives the ids of the activities with their titles."""
    plans, cities = [], []

    def create(collection: str, **members: object) -> str:
        return json.loads(send("POST", f"/v1/{collection}", members))["id"]

    try:
        for number, pair in enumerate(PLACES):
            for name, (longitude, latitude) in zip(("Lead", "Partner"), pair):
                name = f"{name} {number} of the readers"
                cities.append(create("cities", name=name, kind="city", longitude=longitude, latitude=latitude))
            members = [{"city_id": cities[-2], "role": "lead"}, {"city_id": cities[-1], "role": "partner"}]
            title = f"Plan {number} of the readers; with, marks | and \\ more"
            plans.append(create("plans", title=title, kind="pairing", status="active", cities=members))
        activities = {}
        for status in ("held", "postponed"):
            for number, days in enumerate(DATES):
                title = f"Visit {number}, {status}; “with” marks\nand two lines, which go on beyond 75 octets: ĀĀĀĀĀĀĀĀĀĀĀĀĀ"
                members = {"plan_id": plans[0], "kind": "meeting", "status": status, "date": days}
                activities[create("activities", title=title, **members)] = title
        yield activities
    finally:
        for plan in plans:
            send("DELETE", f"/v1/plans/{plan}")
        for city in cities:
            send("DELETE", f"/v1/cities/{city}")


def reads_maps() -> None:
    for name in ("plans", "cities"):
        collection = geojson.loads(send("GET", f"/v1/exports/{name}.geojson"))
        assert isinstance(collection, geojson.FeatureCollection) and collection.is_valid, collection.errors()
        geometries = [feature.geometry for feature in collection.features if feature.geometry is not None]
        assert len(geometries) >= 4
        for geometry in geometries:
            shape = shapely.geometry.shape(geometry)
            assert shape.is_valid and not shape.is_empty, geometry
            west, south, east, north = shape.bounds
            assert -180 <= west <= east <= 180 and -90 <= south <= north <= 90, geometry


def reads_the_calendar(activities: dict[str, str]) -> None:
    calendar = icalendar.Calendar.from_ical(send("GET", "/v1/exports/activities.ics"))
    for component in calendar.walk():
        assert not component.errors, component.errors
    own = {id + "@ucap": title for id, title in activities.items()}
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    todos = {str(todo["uid"]): todo for todo in calendar.walk("VTODO")}
    # No calendar can state the day after the last day.
    assert len(events.keys() & own.keys()) == len(DATES) - DATES.count(LAST_DAY)
    assert len(todos.keys() & own.keys()) == len(DATES)
    for uid, event in events.items():
        assert event.get("summary") == own.get(uid, event.get("summary"))
        assert isinstance(event.start, date) and event.end - event.start >= timedelta(days=1), event
    for uid, todo in todos.items():
        assert str(todo["summary"]).startswith("Postponed: ") and "dtstart" not in todo and "due" not in todo
        assert str(todo["summary"]).endswith(own.get(uid, ""))


def reads_tables(activities: dict[str, str]) -> None:
    for parameters, dialect in (
        ("", csv.excel),
        ("?delimiter=tab", csv.excel_tab),
        ("?delimiter=semicolon&line_breaks=space", type("Semicolon", (csv.excel,), {"delimiter": ";"})),
    ):
        text = send("GET", "/v1/exports/activities.csv" + parameters)
        rows = list(csv.DictReader(io.StringIO(text, newline=""), dialect=dialect, strict=True))
        titles = {row["id"]: row["title"] for row in rows}
        for id, title in activities.items():
            expected = title.replace("\n", " ") if "line_breaks" in parameters else title
            assert titles[id] == expected, titles[id]
        if "line_breaks" in parameters:
            assert len(text.splitlines()) == len(rows) + 1


with stored() as activities:
    reads_maps()
    reads_the_calendar(activities)
    reads_tables(activities)
print("the exports were read")
