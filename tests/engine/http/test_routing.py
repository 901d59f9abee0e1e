"""Which row answers a request: as the recorded answers of genuine servers show, and Micronaut's router is written."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.engine.http.resources import RESOURCES
from deployer.engine.http.routing import Criteria, Match, Miss, Router, parse_accept
from deployer.model.version import NAMES

JSON, YAML, OCTETS, EVENTS = "application/json", "application/x-yaml", "application/octet-stream", "text/event-stream"
EXPORT = "/api/v1/main/flows/export/by-query"
FLOW = "flows/{namespace}/{id}"


def router(version: str = "1.3") -> Router:
    return Router(route for resource in RESOURCES for route in resource.ROUTES if route.serves(version))


def found(method: str, path: str, accept: str = "", content_type: str = "", version: str = "1.3") -> Any:
    """The path of the row that answers, or why there is none."""
    match = router(version).find(Criteria(method, path, parse_accept(accept), content_type))
    return match.route.path if isinstance(match, Match) else match


@pytest.mark.parametrize(
    ("accept", "path"),
    [
        ("", "flows/export/by-query"),
        ("*/*", "flows/export/by-query"),
        (OCTETS, "flows/export/by-query"),
        (f"{OCTETS}, {JSON};q=0.5", "flows/export/by-query"),
        (JSON, FLOW),
        (f"{JSON}, */*", FLOW),
        (f"{JSON},{OCTETS}", FLOW),
    ],
)
def test_whoever_wants_json_most_is_answered_by_another_row_whose_path_fits(accept: str, path: str) -> None:
    assert found("GET", EXPORT, accept) == path


@pytest.mark.parametrize(
    ("method", "path", "produced"),
    [
        ("DELETE", "executions/X/kill", "text/json"),
        ("GET", "executions/X/follow", EVENTS),
        ("GET", "logs/X/download", "text/plain"),
    ],
)
def test_a_type_that_is_not_produced_is_refused_with_those_that_are(method: str, path: str, produced: str) -> None:
    assert found(method, f"/api/v1/main/{path}", JSON) == Miss(producible=(produced,), methods=POSSIBLE.get(path, ()))


POSSIBLE = {"executions/X/kill": ("POST",), "executions/X/follow": ("POST",), "logs/X/download": ("DELETE",)}
"""Methods of other rows whose paths fit as well."""


@pytest.mark.parametrize(
    ("version", "content_type", "answers"),
    [
        ("1.0", YAML, True),
        ("1.0", "text/yaml", True),  # and then finds no body of its own type: 422
        ("2.0", YAML, True),
        ("2.0", "", True),
        ("2.0", "text/yaml", False),
        ("2.0", JSON, False),
    ],
)
def test_a_body_of_another_type_is_refused_where_the_version_takes_only_one(
    version: str, content_type: str, answers: bool
) -> None:
    match = found("POST", "/api/v1/main/flows", JSON, content_type, version)
    assert match == ("flows" if answers else Miss(consumable=(YAML,)))


def test_a_known_path_tells_its_methods_and_an_unknown_one_nothing() -> None:
    miss = found("PATCH", "/api/v1/main/flows/a.b/x", "*/*", YAML)
    assert isinstance(miss, Miss)
    assert set(miss.methods) == {"GET", "HEAD", "PUT", "DELETE"}
    assert found("GET", "/api/v1/main/nope") == Miss()


@pytest.mark.parametrize("path", ["/api/v1/main/flows/search", "/api/v1/main/flows/search/", "/api/v1/flows/search"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_path_may_lack_its_tenant_or_have_a_last_slash(path: str, method: str) -> None:
    assert found(method, path) == "flows/search"


def test_parameters_are_decoded_after_the_path_was_cut() -> None:
    match = router().find(Criteria("GET", "/api/v1/main/namespaces/a.b/kv/x%2Fy%20z", ()))
    assert isinstance(match, Match)
    assert match.parameters == {"tenant": "main", "namespace": "a.b", "key": "x/y z"}


def test_a_word_is_closer_than_a_parameter() -> None:
    assert found("GET", "/api/v1/main/executions/search") == "executions/search"
    assert found("GET", "/api/v1/main/flows/distinct-namespaces") == "flows/distinct-namespaces"


@pytest.mark.parametrize(
    ("header", "types"),
    [
        ("", ()),
        ("*/*", ("*/*",)),
        ("*/*, text/html;q=0.2, application/json", ("application/json", "text/html", "*/*")),
        ("text/*, Text/Plain", ("text/plain", "text/*")),
        ("text/html;q=0.5,application/xml;q=x;level=1", ("application/xml", "text/html")),
        ("nonsense", ()),
    ],
)
def test_types_are_taken_best_first(header: str, types: tuple[str, ...]) -> None:
    assert parse_accept(header) == types


@pytest.mark.parametrize("version", NAMES)
def test_no_two_rows_of_a_version_are_for_the_same_request(version: str) -> None:
    rows = [(route.method, route.template, kind) for route in router(version).routes for kind in route.consumes]
    assert len(rows) == len({*rows})
