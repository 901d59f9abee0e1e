"""What can be read around executions over HTTP: by flow, the latest, their flows and graphs, checks of inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from engine.http.flow_texts import GREETER, flow
from engine.http.states import when_in

Store = Callable[[str], dict[str, Any]]
Since = Callable[[str], bool]


def run(api: httpx.Client, name: str) -> str:
    """Run a flow to its end and return the execution's id."""
    identifier: str = api.post(f"/executions/team.a/{name}").json()["id"]
    when_in(api, identifier, "SUCCESS")
    return identifier


def test_executions_are_listed_by_flow(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(flow("other"))
    identifiers = {run(api, "hello"), run(api, "hello")}
    run(api, "other")

    answer = api.get("/executions", params={"namespace": "team.a", "flowId": "hello", "size": "1"}).json()

    assert (answer["total"], len(answer["results"])) == (2, 1)
    assert answer["results"][0]["id"] in identifiers
    missing = api.get("/executions", params={"namespace": "team.a"})
    assert (missing.status_code, missing.json()["message"]) == (
        400,
        "Bad Request: Required QueryValue [flowId] not specified",
    )


def test_the_latest_execution_of_each_flow_is_told_in_short(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(flow("other"))
    run(api, "hello")
    last, other = run(api, "hello"), run(api, "other")

    wanted = [{"namespace": "team.a", "id": name} for name in ("hello", "other", "none")]
    told = {each["flowId"]: each for each in api.post("/executions/latest", json=wanted).json()}

    assert {name: each["id"] for name, each in told.items()} == {"hello": last, "other": other}
    assert sorted(told["hello"]) == ["flowId", "id", "namespace", "startDate", "status"]
    assert told["hello"]["status"] == "SUCCESS"


def test_an_execution_tells_its_flow_of_its_revision(api: httpx.Client, store: Store) -> None:
    store(flow())
    identifier = run(api, "hello")
    api.put("/flows/team.a/hello", content=flow(message="two"), headers={"content-type": "application/x-yaml"})

    of_execution = api.get(f"/executions/{identifier}/flow").json()
    newest = api.get("/executions/flows/team.a/hello").json()
    first = api.get("/executions/flows/team.a/hello", params={"revision": 1}).json()

    assert (of_execution["id"], of_execution["revision"]) == ("hello", 1)
    assert of_execution["tasks"] == [{"id": "say", "type": "io.kestra.plugin.core.log.Log"}]
    assert (newest["revision"], first["revision"]) == (2, 1)
    unknown = api.get("/executions/none/flow")
    assert (unknown.status_code, unknown.json()["message"]) == (
        404,
        "Not Found: Execution none not found when fetching flow",
    )
    assert api.get("/executions/flows/team.a/none").status_code == 404


def test_executable_flows_and_their_namespaces_are_listed(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(flow("other", "team.b"))

    assert sorted(api.get("/executions/namespaces").json()) == ["team.a", "team.b"]
    assert [each["id"] for each in api.get("/executions/namespaces/team.b/flows").json()] == ["other"]


def test_an_execution_has_a_graph_with_its_task_runs(api: httpx.Client, store: Store) -> None:
    store(flow())
    identifier = run(api, "hello")

    graph = api.get(f"/executions/{identifier}/graph").json()

    runs = [node["taskRun"]["taskId"] for node in graph["nodes"] if "taskRun" in node]
    assert (runs, sorted(graph)) == (["say"], ["clusters", "edges", "nodes"])
    assert api.get("/executions/none/graph").status_code == 404


def test_inputs_can_be_checked_without_starting_anything(api: httpx.Client, store: Store) -> None:
    store(GREETER)

    answer = api.post("/executions/team.a/greeter/validate", files={"count": (None, "11"), "who": (None, "ann")})

    told = answer.json()
    inputs = {each["input"]["id"]: each for each in told["inputs"]}
    assert (answer.status_code, told["id"], told["namespace"]) == (200, "greeter", "team.a")
    assert (inputs["who"]["value"], inputs["who"]["errors"], inputs["who"]["isDefault"]) == ("ann", [], False)
    assert "it must be less than `10`" in inputs["count"]["errors"][0]["message"]
    assert api.get("/executions/search").json()["total"] == 0
    assert api.post("/executions/team.a/none/validate", files={"a": (None, "b")}).status_code == 404


def test_a_failing_check_of_the_flow_is_told(api: httpx.Client, store: Store, since: Since) -> None:
    check = "checks:\n  - condition: \"{{ inputs.go == 'yes' }}\"\n    message: not today\n" if since("1.2") else ""
    store(flow(extra=f"inputs:\n  - id: go\n    type: STRING\n{check}"))

    answer = api.post("/executions/team.a/hello/validate", files={"go": (None, "no")}).json()

    if since("1.2"):
        assert [(each["message"], each["behavior"]) for each in answer["checks"]] == [("not today", "BLOCK_EXECUTION")]
    else:
        assert sorted(answer) == ["id", "inputs", "namespace"]
