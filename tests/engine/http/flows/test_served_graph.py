"""How tasks of a flow, and flows, hang together; and single tasks of a flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.callers import CALLER, once_known
from engine.http.flow_texts import LOG, flow, unknown_type

YAML = {"content-type": "application/x-yaml"}
Store = Callable[[str], dict[str, Any]]
TWO_TASKS = flow() + f"  - id: again\n    type: {LOG}\n    message: again\n"


def tasks_of(graph: dict[str, Any]) -> list[str]:
    """The ids of the tasks in a graph."""
    return sorted(node["task"]["id"] for node in graph["nodes"] if "task" in node)


def flows_of(api: httpx.Client, path: str, count: int) -> list[str]:
    """The flows that a path names, as soon as there are so many."""

    def look() -> list[str]:
        return sorted({node["id"] for node in api.get(path).json()["nodes"]})

    return once_known(api, look, lambda flows: len(flows) >= count)


def test_a_graph_has_the_tasks_of_the_revision_asked_for(api: httpx.Client, store: Store) -> None:
    store(flow())
    api.put("/flows/team.a/hello", content=TWO_TASKS, headers=YAML)

    assert tasks_of(api.get("/flows/team.a/hello/graph").json()) == ["again", "say"]
    assert tasks_of(api.get("/flows/team.a/hello/graph?revision=1").json()) == ["say"]


def test_a_subflow_is_opened_where_it_is_asked_for(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(CALLER)

    closed, opened = (api.get(f"/flows/team.a/caller/graph{query}").json() for query in ("", "?subflows=root.call"))

    assert len(opened["nodes"]) > len(closed["nodes"])
    assert len(opened["clusters"]) > len(closed["clusters"])


def test_a_graph_can_be_had_of_a_text_that_is_not_stored(api: httpx.Client) -> None:
    graph = api.post("/flows/graph", content=TWO_TASKS, headers=YAML)
    refused = api.post("/flows/graph", content=unknown_type(), headers=YAML)

    assert tasks_of(graph.json()) == ["again", "say"]
    assert (refused.status_code, refused.json()["message"]) == (
        422,
        "Invalid entity: Invalid type: io.kestra.plugin.nope.Nope",
    )
    assert api.get("/flows/team.a/hello").status_code == 404


@pytest.mark.parametrize(("query", "name"), [("", "team.a_none"), ("?revision=3", "team.a_none_3")])
def test_a_graph_of_what_is_not_there_is_404_with_its_name(
    api: httpx.Client, tenant: str, query: str, name: str
) -> None:
    answer = api.get(f"/flows/team.a/none/graph{query}")

    assert answer.status_code == 404
    assert answer.json()["message"] == f"Not Found: Unable to find flow {tenant}_{name}"


def test_a_single_task_can_be_read_of_any_revision(api: httpx.Client, store: Store) -> None:
    store(flow())
    api.put("/flows/team.a/hello", content=TWO_TASKS, headers=YAML)

    assert api.get("/flows/team.a/hello/tasks/again").json() == {"id": "again", "type": LOG, "message": "again"}
    assert api.get("/flows/team.a/hello/tasks/again?revision=1").status_code == 404
    assert api.get("/flows/team.a/none/tasks/again").status_code == 404


def test_flows_know_who_starts_them_and_whom_they_start(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(CALLER)

    assert flows_of(api, "/flows/team.a/hello/dependencies", 2) == ["caller", "hello"]
    edges = api.get("/flows/team.a/hello/dependencies?expandAll=true").json()["edges"]
    assert [edge["relation"] for edge in edges] == ["FLOW_TASK"]
    assert edges[0]["source"].endswith("_caller")
    assert edges[0]["target"].endswith("_hello")


def test_a_namespace_knows_all_its_flows(api: httpx.Client, store: Store) -> None:
    for text in (flow(), CALLER, flow("alone"), flow(namespace="team.b", identifier="other")):
        store(text)

    assert flows_of(api, "/flows/team.a/hello/dependencies", 2) == ["caller", "hello"]
    assert flows_of(api, "/namespaces/team.a/dependencies", 3) == ["alone", "caller", "hello"]
