"""Namespaces, and flows found by what their texts say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import flow
from engine.http.since import since

from deployer.engine.process.launch import RunningEngine

Store = Callable[[str], dict[str, Any]]


@pytest.fixture(autouse=True)
def stored(store: Store) -> None:
    """Three flows."""
    for namespace in ("team.a.sub", "team.b", "other"):
        store(flow(namespace=namespace))


@pytest.mark.parametrize(
    ("query", "names", "total"),
    [
        ("size=100", ["other", "system", "team", "team.a", "team.a.sub", "team.b"], 6),
        ("size=2&page=2", ["team", "team.a"], 6),
        ("size=100&q=TEAM&sort=id:desc", ["team.b", "team.a.sub", "team.a", "team"], 4),
        ("q=sys", ["system"], 1),
        ("q=nothing", [], 0),
    ],
)
def test_namespaces_are_those_of_flows_and_all_above_them(
    api: httpx.Client, query: str, names: list[str], total: int
) -> None:
    found = api.get(f"/namespaces/search?{query}").json()

    assert ([each["id"] for each in found["results"]], found["total"]) == (names, total)


def test_a_namespace_need_not_exist(api: httpx.Client) -> None:
    assert api.get("/namespaces/nobody.here").json()["id"] == "nobody.here"


def test_names_are_completed_and_existing_ones_kept_since_1_1(api: httpx.Client, engine: RunningEngine) -> None:
    answer = api.post("/namespaces/autocomplete", json={"q": "sub", "ids": ["team.b", "nobody"]})

    if since(engine, "1.1"):
        assert answer.json() == ["team.a.sub", "team.b"]
    else:
        assert answer.status_code == 405


def test_namespaces_with_flows_are_listed(api: httpx.Client) -> None:
    assert sorted(api.get("/flows/distinct-namespaces?q=team").json()) == ["team.a.sub", "team.b"]


def test_flows_are_found_by_their_text(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store(flow("special", "team.b", message="remarkable"))

    found = api.get("/flows/source?q=remarkable&namespace=team.b").json()
    elsewhere = api.get("/flows/source?q=remarkable&namespace=other").json()

    named = found["results"][0] if is_2x else found["results"][0]["model"]
    assert (named["namespace"], named["id"], found["total"]) == ("team.b", "special", 1)
    assert elsewhere == {"results": [], "total": 0}


def test_2x_tells_the_lines_that_hold_a_text(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store(flow("special", "team.b", message="remarkable"))

    def found(query: str) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = api.get(f"/flows/source?namespace=team.b&{query}").json()["results"]
        return results

    (only,) = found("q=remarkable")
    if not is_2x:
        assert set(only) == {"model", "fragments"}
        return
    assert only["editable"] is True
    assert [match["line"] for match in only["matches"]] == [6]
    assert [found(f"q=REMARK&{how}") != [] for how in ("", "caseSensitive=true", "wholeWord=true")] == [
        True,
        False,
        False,
    ]
    assert found("q=re.ark&regex=true") != []
    assert (found("q=remarkable&scope=TASKS") != [], found("q=remarkable&scope=INPUTS")) == (True, [])


def test_flows_with_deprecated_tasks_are_listed_since_1_3(
    api: httpx.Client, store: Store, engine: RunningEngine
) -> None:
    deprecated = "io.kestra.plugin.core.debug.Echo"
    text = f"id: old\nnamespace: team.b\ntasks:\n  - id: say\n    type: {deprecated}\n    format: hi\n"
    if since(engine, "2.0"):
        assert api.get("/flows/deprecated").json() == []
        return
    store(text)

    answer = api.get("/flows/deprecated?namespace=team.b")

    if since(engine, "1.3"):
        assert [(each["flowId"], each["revision"]) for each in answer.json()] == [("old", 1)]
        assert [(each["taskId"], each["taskType"]) for each in answer.json()[0]["deprecatedTasks"]] == [
            ("say", deprecated)
        ]
        assert len(api.get("/flows/deprecated").json()) == 1
    else:
        assert answer.json() == []  # a namespace of that name, which holds no flow
