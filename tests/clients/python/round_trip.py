"""A round trip through the client that openapi-python-client makes of the published document.

It is type-checked strictly: that an input, a page or an error has the type that a caller needs is half of the test.
"""

import json
import os
from http import HTTPStatus
from io import BytesIO
from typing import Any, TypeVar
from uuid import UUID

from ucap_client import AuthenticatedClient
from ucap_client.api.cities import (
    create_city,
    delete_city,
    export_cities_ndjson,
    get_city,
    import_cities,
    list_cities,
    patch_city,
    replace_city,
)
from ucap_client.api.plans import create_plan, delete_plan, get_plan, list_plans, patch_plan
from ucap_client.api.search import search_records
from ucap_client.api.statistics import get_statistics
from ucap_client.models import (
    City,
    CityInput,
    CityRole,
    CityKind,
    CityPage,
    CityPatch,
    CitySort,
    CountMode,
    FaultCode,
    PeriodInput,
    Plan,
    PlanCityInput,
    PlanCityRole,
    PlanInput,
    PlanKind,
    PlanPage,
    PlanPatch,
    PlanStatus,
    Problem,
    ProblemCode,
    SearchPage,
    SortOrder,
    Statistics,
)
from ucap_client.types import UNSET, File, Response

T = TypeVar("T")


def body(response: Response[Any], status: HTTPStatus, kind: type[T]) -> T:
    """The typed body of a response, which must have that status."""
    assert response.status_code == status, f"{response.status_code} and not {status}: {response.content!r}"
    assert isinstance(response.parsed, kind), f"{response.parsed!r} is no {kind.__name__}"
    return response.parsed


def creates_a_city(client: AuthenticatedClient, name: str) -> City:
    given = CityInput(name=name, kind=CityKind.CITY, country="CN", population=1000, alternative_names=["成都"])
    created = create_city.sync_detailed(client=client, body=given)
    city = body(created, HTTPStatus.CREATED, City)
    assert (city.name, city.country, city.population, city.alternative_names) == (name, "CN", 1000, ["成都"])
    assert city.version == 1 and city.created_at.utcoffset() is not None
    assert created.headers["location"].endswith(f"/v1/cities/{city.id}")

    by_slug = body(get_city.sync_detailed(city.slug, client=client), HTTPStatus.OK, City)
    assert by_slug == city
    unchanged = get_city.sync_detailed(str(city.id), client=client, if_none_match=created.headers["etag"])
    assert unchanged.status_code == HTTPStatus.NOT_MODIFIED
    return city


def patches_with_an_explicit_null(client: AuthenticatedClient, city: City) -> City:
    cleared = patch_city.sync_detailed(str(city.id), client=client, body=CityPatch(population=None))
    patched = body(cleared, HTTPStatus.OK, City)
    assert patched.population is None and patched.country == "CN" and patched.version == 2
    same = patch_city.sync_detailed(str(city.id), client=client, body=CityPatch(name=city.name))
    assert body(same, HTTPStatus.OK, City).version == 2, "a patch that changes nothing made a version"
    return patched


def puts_back_what_it_got(client: AuthenticatedClient, city: City) -> None:
    given = CityInput.from_dict(city.to_dict())
    given.region = "Sichuan"
    replaced = replace_city.sync_detailed(str(city.id), client=client, body=given, if_match=str(city.version))
    assert body(replaced, HTTPStatus.OK, City).region == "Sichuan"


def pages_to_the_end(client: AuthenticatedClient, ids: set[UUID]) -> None:
    whole = list_cities.sync_detailed(client=client, limit=200, count=CountMode.TRUE, sort=CitySort.NAME, order=SortOrder.DESC)
    expected = body(whole, HTTPStatus.OK, CityPage)
    found: list[City] = []
    cursor = None
    while True:
        page = body(
            list_cities.sync_detailed(
                client=client, limit=2, sort=CitySort.NAME, order=SortOrder.DESC, cursor=cursor or UNSET
            ),
            HTTPStatus.OK,
            CityPage,
        )
        found += page.data
        cursor = page.next_cursor
        if cursor is None:
            break
        assert len(page.data) == 2
    if expected.next_cursor is None:
        assert found == expected.data and len(found) == expected.total
    assert ids <= {city.id for city in found} and len({city.id for city in found}) == len(found)

    of_china = list_cities.sync_detailed(client=client, country=["CN", "GB"], kind=[CityKind.CITY], limit=200)
    assert ids <= {city.id for city in body(of_china, HTTPStatus.OK, CityPage).data}


def creates_a_plan(client: AuthenticatedClient, lead: City, partner: City) -> Plan:
    given = PlanInput(
        title="Python with a generated client",
        kind=PlanKind.PAIRING,
        status=PlanStatus.ACTIVE,
        period=PeriodInput(start="2019-04", text="from April 2019"),
        cities=[
            PlanCityInput(city_id=str(lead.id), role=PlanCityRole.LEAD),
            PlanCityInput(city_id=partner.slug, role=PlanCityRole.PARTNER),
        ],
        note="to be cleared",
    )
    plan = body(create_plan.sync_detailed(client=client, body=given), HTTPStatus.CREATED, Plan)
    assert [(city.name, city.role) for city in plan.cities] == [
        (lead.name, PlanCityRole.LEAD),
        (partner.name, PlanCityRole.PARTNER),
    ]
    assert (plan.period.start, plan.period.end) == ("2019-04", None)

    cleared = body(
        patch_plan.sync_detailed(str(plan.id), client=client, body=PlanPatch(note=None)), HTTPStatus.OK, Plan
    )
    assert cleared.note is None and cleared.title == plan.title
    of_lead = list_plans.sync_detailed(client=client, city=[lead.slug], city_role=[CityRole.LEAD])
    assert [found.id for found in body(of_lead, HTTPStatus.OK, PlanPage).data] == [plan.id]
    return plan


def reads_typed_errors(client: AuthenticatedClient, city: City) -> None:
    late = PlanInput(
        title="Ends before it starts",
        kind=PlanKind.CLUSTER,
        status=PlanStatus.DRAFT,
        period=PeriodInput(start="2020-01", end="2019-01"),
        note=" ",
    )
    problem = body(create_plan.sync_detailed(client=client, body=late), HTTPStatus.UNPROCESSABLE_ENTITY, Problem)
    assert problem.code == ProblemCode.VALIDATION_FAILED and problem.status == 422
    assert ("/note", FaultCode.PATTERN) in {(error.pointer, error.code) for error in problem.errors}

    late.note = UNSET
    problem = body(create_plan.sync_detailed(client=client, body=late), HTTPStatus.UNPROCESSABLE_ENTITY, Problem)
    assert [(error.pointer, error.code) for error in problem.errors] == [("/period/end", FaultCode.RULE)]

    stale = patch_city.sync_detailed(str(city.id), client=client, body=CityPatch(name="Late"), if_match='"1"')
    assert body(stale, HTTPStatus.PRECONDITION_FAILED, Problem).code == ProblemCode.STALE_VERSION

    unknown = body(list_cities.sync_detailed(client=client, country=["XX"]), HTTPStatus.BAD_REQUEST, Problem)
    assert [error.parameter for error in unknown.errors] == ["country"]

    stranger = AuthenticatedClient(base_url=os.environ["UCAP_URL"], token="ucap_nobody")
    refused = create_city.sync_detailed(client=stranger, body=CityInput(name="Nobody", kind=CityKind.CITY))
    assert body(refused, HTTPStatus.UNAUTHORIZED, Problem).code == ProblemCode.UNAUTHORIZED


def finds_and_counts(client: AuthenticatedClient, plan: Plan) -> None:
    found = body(search_records.sync_detailed(client=client, q='"generated client"'), HTTPStatus.OK, SearchPage)
    assert [hit.id for hit in found.data] == [plan.id] and "<mark>" in found.data[0].snippet
    counts = body(get_statistics.sync_detailed(client=client, city=[plan.cities[0].slug]), HTTPStatus.OK, Statistics)
    assert counts.plans == 1 and [count.year for count in counts.by_year] == [2019]


def moves_whole_collections(client: AuthenticatedClient, city: City) -> None:
    lines = json.dumps({**city.to_dict(), "region": "Gansu"}) + "\n{}\n"
    answer = import_cities.sync_detailed(client=client, body=File(payload=BytesIO(lines.encode())))
    results = [json.loads(line) for line in body(answer, HTTPStatus.OK, str).splitlines()]
    assert [line.get("status") for line in results[:-1]] == ["updated", "failed"] and results[-1]["summary"]["stored"]
    exported = export_cities_ndjson.sync_detailed(client=client, q=f'"{city.name}"')
    [line] = body(exported, HTTPStatus.OK, str).splitlines()
    assert json.loads(line)["region"] == "Gansu"


def deletes_in_the_right_order(client: AuthenticatedClient, plan: Plan, cities: list[City]) -> None:
    held = delete_city.sync_detailed(str(cities[0].id), client=client)
    conflict = body(held, HTTPStatus.CONFLICT, Problem)
    assert conflict.code == ProblemCode.IN_USE and [record.id for record in conflict.related] == [plan.id]

    assert delete_plan.sync_detailed(str(plan.id), client=client).status_code == HTTPStatus.NO_CONTENT
    for city in cities:
        assert delete_city.sync_detailed(str(city.id), client=client).status_code == HTTPStatus.NO_CONTENT
    gone = body(get_plan.sync_detailed(str(plan.id), client=client), HTTPStatus.NOT_FOUND, Problem)
    assert gone.code == ProblemCode.NOT_FOUND


def main() -> None:
    with AuthenticatedClient(
        base_url=os.environ["UCAP_URL"], token=os.environ["UCAP_KEY"], raise_on_unexpected_status=True
    ) as client:
        cities = [creates_a_city(client, f"Python {number}") for number in range(3)]
        cities[0] = patches_with_an_explicit_null(client, cities[0])
        puts_back_what_it_got(client, cities[0])
        pages_to_the_end(client, {city.id for city in cities})
        plan = creates_a_plan(client, cities[0], cities[1])
        finds_and_counts(client, plan)
        moves_whole_collections(client, cities[2])
        reads_typed_errors(client, cities[0])
        deletes_in_the_right_order(client, plan, cities)
    print("the Python client made its round trip")


main()
