"""Logs over HTTP beyond reading those of one execution: searched, downloaded, deleted, followed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import GREETER, flow
from engine.http.written import logs_of

Store = Callable[[str], dict[str, Any]]
WAIT = {"wait": "true"}


@pytest.fixture
def greeted(api: httpx.Client, store: Store) -> str:
    """The id of an execution that has written three entries, one of them a warning, and one of another flow's."""
    store(GREETER)
    store(flow())
    logs_of(api, api.post("/executions/team.a/hello", params=WAIT).json()["id"])
    identifier: str = api.post("/executions/team.a/greeter", params=WAIT).json()["id"]
    logs_of(api, identifier, 2)
    return identifier


def messages(answer: httpx.Response) -> list[str]:
    """The messages of a page of entries, sorted."""
    assert answer.status_code == 200, answer.text
    return sorted(entry["message"] for entry in answer.json()["results"])


def level_filter(*, is_2x: bool, level: str = "WARN") -> dict[str, str]:
    """How a version is asked for entries of an execution from a level on."""
    return {"filters[level][GREATER_THAN_OR_EQUAL_TO]": level} if is_2x else {"minLevel": level}


def test_logs_are_searched(api: httpx.Client, greeted: str, is_2x: bool) -> None:
    page = api.get("/logs/search", params={"size": 1, "sort": "timestamp:desc"}).json()

    assert (len(page["results"]), page["total"]) == (1, 3)
    assert page.get("type") == ("OFFSET" if is_2x else None)
    assert messages(api.get(f"/logs/search?filters[executionId][EQUALS]={greeted}")) == ["careful", "hello you"]
    assert messages(api.get("/logs/search?filters[flowId][EQUALS]=hello")) == ["hi"]
    assert messages(api.get("/logs/search?filters[namespace][EQUALS]=team.b")) == []
    assert messages(api.get("/logs/search?filters[triggerId][EQUALS]=none")) == []
    assert messages(api.get("/logs/search", params={"page": 1000})) == []


def test_logs_are_searched_from_a_level_on(api: httpx.Client, greeted: str, is_2x: bool) -> None:
    assert greeted
    assert messages(api.get("/logs/search", params=level_filter(is_2x=is_2x))) == ["careful"]


def test_flat_parameters_search_logs_on_1x_only(api: httpx.Client, greeted: str, is_2x: bool) -> None:
    answer = api.get("/logs/search", params={"namespace": "team", "flowId": "greeter", "minLevel": "WARN"})

    assert greeted
    if is_2x:
        assert answer.status_code == 422
    else:
        assert messages(answer) == ["careful"]


def test_logs_are_downloaded_as_a_text(api: httpx.Client, greeted: str, is_2x: bool) -> None:
    every = api.get(f"/logs/{greeted}/download")
    warnings = api.get(f"/logs/{greeted}/download", params=level_filter(is_2x=is_2x))

    assert every.headers["content-type"].startswith("text/plain")
    assert (
        every.headers["content-disposition"]
        == f"attachment; filename=\"{greeted}.log\"; filename*=utf-8''{greeted}.log"
    )
    assert every.headers["cache-control"] == "public, max-age=86400"
    assert ("hello you" in every.text, "careful" in every.text) == (True, True)
    assert ("hello you" in warnings.text, "careful" in warnings.text) == (False, True)
    assert api.get("/logs/none/download").status_code == 404


def test_logs_of_an_execution_are_deleted(api: httpx.Client, greeted: str) -> None:
    some = api.delete(f"/logs/{greeted}", params={"minLevel": "WARN"})
    kept = [entry["message"] for entry in api.get(f"/logs/{greeted}").json()]
    api.delete(f"/logs/{greeted}")

    assert (some.status_code, some.content, kept) == (200, b"", ["hello you"])
    assert messages(api.get("/logs/search")) == ["hi"]
    assert api.delete("/logs/none").status_code == 200


def test_logs_of_a_flow_are_deleted(api: httpx.Client, greeted: str) -> None:
    assert api.delete("/logs/team.a/hello").status_code == 200

    assert api.get("/logs/search").json()["total"] == len(api.get(f"/logs/{greeted}").json()) == 2


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stream, by id and data."""
    identifier = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "id":
            identifier = value
        elif name == "data":
            yield identifier, json.loads(value)


def test_logs_are_followed_as_they_are_written(api: httpx.Client, store: Store) -> None:
    store(flow())
    identifier = api.post("/executions/team.a/hello").json()["id"]

    with api.stream("GET", f"/logs/{identifier}/follow") as stream:
        told = events(stream.iter_lines())
        first, second = next(told), next(told)

    assert first[0] == "start"
    assert "message" not in first[1]
    assert (second[0], second[1]["message"], second[1]["executionId"]) == ("progress", "hi", identifier)


def test_logs_are_followed_from_a_level_on(api: httpx.Client, greeted: str, is_2x: bool) -> None:
    with api.stream("GET", f"/logs/{greeted}/follow", params=level_filter(is_2x=is_2x)) as stream:
        assert stream.headers["content-type"] == "text/event-stream"
        told = events(stream.iter_lines())
        assert [next(told)[0], next(told)[1]["message"]] == ["start", "careful"]


def test_a_level_that_is_none_is_refused(api: httpx.Client, is_2x: bool) -> None:
    answer = api.get("/logs/none/follow", params=level_filter(is_2x=is_2x, level="LOUD"))

    assert answer.status_code in (400, 422)
