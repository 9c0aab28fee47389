"""What the document cannot tell schemathesis: values of our text formats, and which refusals of valid data are right."""

import datetime
import json
import os
import urllib.request

import schemathesis
from hypothesis import strategies as st
from schemathesis.openapi.checks import JsonSchemaError, RejectedPositiveData

# Faults that valid data may have, by status; a fault with any other code should have been excluded by the schema.
EXCUSED = {
    # A cursor is opaque, so no schema describes it; a filter may name a record that is not stored.
    400: {"cursor", "unknown_reference"},
    # These follow from several values at once, not from the schema of any one of them.
    422: {"rule", "unique_items"},
}

# Names of the bounds of a range end with these; no schema of one parameter can say that a range is reversed.
BOUNDS = {"_from": "_to", "_min": "_max", "_after": "_before"}

# Parameters that only change what others mean, and are refused without one of these.
CHANGES_OF_MEANING = {"q_scope": {"q"}, "active_by": {"active_from", "active_to"}}

# Bytes of an address that the HTTP server reads at least.
LONGEST_ADDRESS = 65_000


def vocabulary(path, key):
    """The values that the service itself lists at `path`."""
    with urllib.request.urlopen(os.environ["UCAP_URL"] + path, timeout=20) as response:
        return [item[key] for item in json.load(response)["data"]]


def partial_date(day, length):
    """A year, a month or a day."""
    return day.isoformat()[:length]


days = st.dates(min_value=datetime.date(1900, 1, 1), max_value=datetime.date(2100, 12, 31))
formats = {
    "partial-date": st.builds(partial_date, days, st.sampled_from([4, 7, 10])),
    "slug": st.from_regex(r"[a-z]{1,12}(-[a-z]{1,12}){0,2}", fullmatch=True),
    "country-code": st.sampled_from(vocabulary("/v1/countries", "code")),
    "urban-agenda-partnership": st.sampled_from(vocabulary("/v1/urban-agenda-partnerships", "slug")),
}
for name, strategy in formats.items():
    schemathesis.openapi.format(name, strategy)


def is_reversed_range(error, query):
    """Whether a fault is about the lower bound of a range of which the query has both bounds."""
    name = error.get("parameter") or ""
    uppers = [name.removesuffix(lower) + upper for lower, upper in BOUNDS.items() if name.endswith(lower)]
    return error["code"] == "rule" and any(upper in query and name in query for upper in uppers)


def is_without_effect(error, query):
    """Whether a fault is about a parameter that has no effect without others, of which the query has none."""
    needed = CHANGES_OF_MEANING.get(error.get("parameter"))
    return error["code"] == "rule" and needed is not None and not needed & set(query)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Keeps each failure but three.

    An answer without properties that the schema demands, where the request named the properties that it wants; valid data refused for what the schema cannot say, see `EXCUSED`, `is_reversed_range` and `is_without_effect`; and invalid data that make the address longer than
    the HTTP server reads: it refuses them, but before there is a request that the service could answer with a problem.
    Valid data must never be that long.
    """
    if isinstance(failure, JsonSchemaError) and "fields" in (case.query or {}) and "is a required property" in failure.message:
        return False
    unread = response.status_code in (400, 431) and not response.content
    if unread and case.meta.generation.mode.is_negative and len(response.request.url) > LONGEST_ADDRESS:
        return False
    if not isinstance(failure, RejectedPositiveData) or response.status_code not in EXCUSED:
        return True
    if not response.content:
        return True
    errors = response.json()["errors"]
    excused = EXCUSED[response.status_code]
    query = case.query or {}
    return not errors or not all(
        error["code"] in excused or is_reversed_range(error, query) or is_without_effect(error, query) for error in errors
    )


@schemathesis.check
def every_error_is_a_problem(ctx, response, case):
    """RFC 9457, for the statuses that no operation documents (405) as well."""
    if response.status_code < 400:
        return
    kind = response.headers.get("content-type", [""])[0]
    assert kind == "application/problem+json", f"an error of the type {kind!r}"
    if case.method == "HEAD":
        return
    problem = response.json()
    assert problem["status"] == response.status_code, "the status in the body is not that of the response"
    assert problem["type"] == f"/problems/{problem['code']}", "the type does not name the code"
    assert problem["request_id"] == response.headers["x-request-id"][0], "the request id is not that of the header"
    for word in ("panicked", "diesel", "SELECT ", "src/"):
        assert word not in response.text, f"the error tells of the inside: {word}"
