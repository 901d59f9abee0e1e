"""Finding flows: search and export by filters, paging, sorting. Against the real engine, on every version."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import flow

YAML = {"content-type": "application/x-yaml"}
Store = Callable[[str], dict[str, Any]]
NAMESPACES = ("team.a", "team.a.sub", "team.b", "teams")


@pytest.fixture
def four(store: Store) -> None:
    for namespace in NAMESPACES:
        store(flow(namespace=namespace, extra=f"labels:\n  of: {namespace.rpartition('.')[2]}\n"))


def found(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return sorted(each["namespace"] for each in answer.json()["results"])


def exported(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("query", "namespaces"),
    [
        ("", NAMESPACES),
        ("filters[namespace][EQUALS]=team.a", ["team.a"]),
        ("filters[namespace][NOT_EQUALS]=team.a", ["team.a.sub", "team.b", "teams"]),
        ("filters[namespace][IN]=team.a,team.b", ["team.a", "team.b"]),
        ("filters[namespace][IN]=[team.a,none]", ["team.a"]),
        ("filters[namespace][IN]=team.a,%20team.b", ["team.a"]),
        ("filters[namespace][NOT_IN]=team.a,team.b", ["team.a.sub", "teams"]),
        ("filters[namespace][PREFIX]=team.a", ["team.a", "team.a.sub"]),
        ("filters[namespace][STARTS_WITH]=team", NAMESPACES),
        ("filters[namespace][CONTAINS]=.a", ["team.a", "team.a.sub"]),
        ("filters[namespace][ENDS_WITH]=b", ["team.a.sub", "team.b"]),
        ("filters[namespace][REGEX]=^team..$", ["team.a", "team.b"]),
        ("filters[labels][EQUALS][of]=b", ["team.b"]),
        ("filters[labels][NOT_EQUALS][of]=b", ["team.a", "team.a.sub", "teams"]),
        ("filters[q][EQUALS]=hello&filters[namespace][EQUALS]=teams", ["teams"]),
        ("filters[q][EQUALS]=none", []),
        ("filters[scope][EQUALS]=USER", NAMESPACES),
        ("filters[scope][EQUALS]=SYSTEM", []),
    ],
)
def test_search_and_export_find_the_same_by_filters(api: httpx.Client, query: str, namespaces: list[str]) -> None:
    assert found(api.get(f"/flows/search?size=50&{query}")) == sorted(namespaces)
    assert sorted(exported(api.get(f"/flows/export/by-query?{query}"))) == sorted(f"{n}-hello.yml" for n in namespaces)


@pytest.mark.usefixtures("four")
def test_flows_are_found_by_their_id_since_1_2(api: httpx.Client, since: Callable[[str], bool]) -> None:
    answer = api.get("/flows/search?size=50&filters[flowId][EQUALS]=hello")
    assert found(answer) == sorted(NAMESPACES) if since("1.2") else answer.status_code == 400


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("query", "namespaces"),
    [
        ("namespace=team.a", ["team.a", "team.a.sub"]),
        ("labels=of:b", ["team.b"]),
        ("q=hello", NAMESPACES),
        ("scope=SYSTEM", []),
        ("namespace=team.b&filters[namespace][EQUALS]=teams", ["teams"]),
    ],
)
def test_flat_parameters_are_read_by_1x_and_refused_by_2x(
    api: httpx.Client, is_2x: bool, query: str, namespaces: list[str]
) -> None:
    answer = api.get(f"/flows/search?{query}")

    if is_2x:
        assert answer.status_code == 422
        assert answer.json()["message"].startswith("Illegal argument: Legacy filter parameter(s) [")
    else:
        assert found(answer) == sorted(namespaces)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("filters[nope][EQUALS]=x", 422, "Illegal argument: Unsupported field 'nope'"),
        ("filters[namespace][NO]=x", 422, "Illegal argument: No enum constant io.kestra.core.models.QueryFilter.Op.NO"),
        ("filters[state][EQUALS]=x", 400, "Invalid query filters: "),
        ("filters[namespace][GREATER_THAN]=x", 400, "Invalid query filters: "),
        ("filters[scope][EQUALS]=x", 422, "Illegal argument: Invalid FlowScope value: x"),
        ("size=0", 422, "Invalid entity: searchFlows.size: must be greater than or equal to 1"),
        ("page=0", 422, "Invalid entity: searchFlows.page: must be greater than or equal to 1"),
        ("size=x", 422, "Failed to convert argument [size] for value [x]"),
        ("sort=id", 422, "Unprocessable Entity: Invalid sort parameter"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(api: httpx.Client, query: str, status: int, words: str) -> None:
    answer = api.get(f"/flows/search?{query}")

    assert answer.status_code == status
    assert words in answer.json()["message"]


def test_a_page_is_limited_from_2x_on(api: httpx.Client, is_2x: bool) -> None:
    assert api.get("/flows/search?size=1000").status_code == 200
    answer = api.get("/flows/search?size=1001")
    assert answer.status_code == (422 if is_2x else 200)
    assert not is_2x or answer.json()["message"] == (
        "Invalid entity: searchFlows.size: must be less than or equal to 1000"
    )


def test_pages_count_from_one_and_tell_the_total(api: httpx.Client, store: Store) -> None:
    for number in range(5):
        store(flow(f"f{number}"))

    def page(query: str) -> list[str]:
        return [each["id"] for each in api.get(f"/flows/search?{query}").json()["results"]]

    assert page("size=2&page=1&sort=id:asc") == ["f0", "f1"]
    assert page("size=2&page=3&sort=id:asc") == ["f4"]
    assert page("size=2&page=4&sort=id:asc") == []
    assert page("size=1&sort=namespace:asc,id:desc") == ["f4"]
    assert api.get("/flows/search?size=2").json()["total"] == 5
    assert api.get("/flows/search?page=9").json() == {"results": [], "total": 0}


def test_search_shows_no_sources(api: httpx.Client, store: Store) -> None:
    store(flow())

    (shown,) = api.get("/flows/search").json()["results"]

    assert (shown["id"], shown["revision"], shown["disabled"]) == ("hello", 1, False)
    assert "source" not in shown


def test_an_export_holds_the_latest_sources_as_an_attachment(api: httpx.Client, store: Store) -> None:
    store(flow())
    api.put("/flows/team.a/hello", content=flow(message="two"), headers=YAML)

    answer = api.get("/flows/export/by-query")

    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="flows.zip"'
    assert exported(answer) == {"team.a-hello.yml": flow(message="two")}


def test_an_empty_tenant_exports_an_empty_archive(api: httpx.Client) -> None:
    assert exported(api.get("/flows/export/by-query")) == {}


def test_two_flows_of_one_archive_name_break_the_whole_export(api: httpx.Client, store: Store) -> None:
    """Kestra's own fault, on every version: a client has to ask for each namespace by itself."""
    store(flow("a-b", "n"))
    store(flow("b", "n-a"))

    answer = api.get("/flows/export/by-query")

    assert answer.status_code == 500
    assert answer.json()["message"] == "Internal server error: duplicate entry: n-a-b.yml"
    assert exported(api.get("/flows/export/by-query?filters[namespace][EQUALS]=n")) == {"n-a-b.yml": flow("a-b", "n")}
