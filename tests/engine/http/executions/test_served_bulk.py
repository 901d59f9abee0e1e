"""Changing, labelling and deleting many executions over HTTP, by ids and by query. Against the real engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import flow, sleeper
from engine.http.states import when, when_in
from engine.processes import eventually

Store = Callable[[str], dict[str, Any]]
WAIT = {"wait": "true"}
OF_FLOW = "filters[flowId][EQUALS]"
PAUSE = "id: pausing\nnamespace: team.a\ntasks:\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n"
FAIL = "id: bad\nnamespace: team.a\ntasks:\n  - id: stop\n    type: io.kestra.plugin.core.execution.Fail\n"
HELD = sleeper(120).replace("tasks:", "concurrency:\n  behavior: QUEUE\n  limit: 1\ntasks:")


@dataclass(frozen=True)
class Case:
    """A change, made by `method` and `path` to executions of a flow that are in the state `before`."""

    method: str
    path: str
    flow: str
    before: str
    after: str
    query: dict[str, str] = field(default_factory=dict)


def started(api: httpx.Client, name: str, state: str) -> str:
    """Start a flow and wait until it is in a state."""
    identifier: str = api.post(f"/executions/team.a/{name}").json()["id"]
    when_in(api, identifier, state)
    return identifier


def check_count(answer: httpx.Response, count: int, *, is_2x: bool) -> None:
    """An answer to a change of so many: 1.x counts them, 2.x names the operation that goes on."""
    told = answer.json()
    if is_2x:
        assert (answer.status_code, told["totalItems"], sorted(told)) == (202, count, ["operationId", "totalItems"])
    else:
        assert (answer.status_code, told) == (200, {"count": count})


@pytest.mark.parametrize("by", ["ids", "query"])
@pytest.mark.parametrize(
    "change",
    [
        Case("POST", "restart", FAIL, "FAILED", "FAILED"),
        Case("POST", "replay", flow("again"), "SUCCESS", "SUCCESS"),
        Case("POST", "pause", sleeper(2), "RUNNING", "PAUSED"),
        Case("POST", "resume", PAUSE, "PAUSED", "SUCCESS"),
        Case("POST", "change-status", flow("end"), "SUCCESS", "WARNING", {"newStatus": "WARNING"}),
        Case("POST", "force-run", HELD, "QUEUED", "RUNNING"),
        Case("POST", "unqueue", HELD, "QUEUED", "RUNNING"),
        Case("DELETE", "kill", sleeper(120), "RUNNING", "KILLED"),
    ],
    ids=lambda change: change.path,
)
def test_many_are_changed_at_once(api: httpx.Client, store: Store, is_2x: bool, by: str, change: Case) -> None:
    name = store(change.flow)["id"]
    first = started(api, name, "RUNNING") if change.before == "QUEUED" else None
    identifier = started(api, name, change.before)
    found = {"filters[state][EQUALS]": change.before, OF_FLOW: name} if by == "query" else {}
    ids = [identifier] if by == "ids" else None

    path = f"/executions/{change.path}/by-{by}"
    answer = api.request(change.method, path, params={**change.query, **found}, json=ids)

    check_count(answer, 1, is_2x=is_2x)
    when_in(api, identifier, change.after)
    for each in filter(None, (first, identifier)):
        api.request("DELETE", "/executions/kill/by-ids", json=[each])


@pytest.mark.parametrize(
    ("change", "name", "problem"),
    [
        ("POST pause", "pause", "execution not in state RUNNING"),
        ("POST resume", "resume", "execution not in state PAUSED"),
        ("POST force-run", "force run", "execution in a terminated state"),
        ("POST unqueue", "unqueue", "execution not in state QUEUED"),
        ("DELETE kill", "kill", "execution already finished"),
    ],
)
def test_if_one_is_not_fit_none_is_changed(
    api: httpx.Client, store: Store, change: str, name: str, problem: str
) -> None:
    store(flow())
    over = started(api, "hello", "SUCCESS")
    method, path = change.split()

    answer = api.request(method, f"/executions/{path}/by-ids", json=[over, "none"])

    told = answer.json()
    invalids = {each["invalidValue"]: each["message"] for each in told["invalids"]}
    assert (answer.status_code, told["message"]) == (400, f"invalid bulk {name}")
    assert invalids == {"none": "execution not found", over: problem}


def test_what_runs_is_not_restarted_with_others(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store(sleeper(120))
    identifier = started(api, "sleeper", "RUNNING")

    answer = api.post("/executions/restart/by-ids", json=[identifier])

    api.request("DELETE", "/executions/kill/by-ids", json=[identifier])
    (problem,) = (each["message"] for each in answer.json()["invalids"])
    must = f"Execution '{identifier}' must be terminated or paused to be restarted, current state is 'RUNNING' !"
    assert problem.startswith(must if is_2x else "execution not in state PAUSED or terminated")


def test_many_are_replayed_with_the_newest_revision(api: httpx.Client, store: Store) -> None:
    store(flow())
    identifier = started(api, "hello", "SUCCESS")
    api.put("/flows/team.a/hello", content=flow(message="two"), headers={"content-type": "application/x-yaml"})

    api.post("/executions/replay/by-ids", params={"latestRevision": "true"}, json=[identifier])

    replayed = {"key": "system.replayed", "value": "true"}
    when(api, identifier, lambda execution: replayed in execution["labels"])
    others = [each["id"] for each in api.get("/executions/search").json()["results"] if each["id"] != identifier]
    assert [when_in(api, each, "SUCCESS")["flowRevision"] for each in others] == [2]


def test_an_end_is_asked_for_before_any_execution_is_looked_at(api: httpx.Client) -> None:
    for by in ("ids", "query"):
        answer = api.post(f"/executions/change-status/by-{by}", params={"newStatus": "RUNNING"}, json=["none"])
        assert (answer.status_code, "to a terminal state." in answer.text) == (422, True)


def test_nothing_found_is_nothing_changed(api: httpx.Client, is_2x: bool) -> None:
    answer = api.post("/executions/restart/by-query", params={OF_FLOW: "none"})

    check_count(answer, 0, is_2x=is_2x)


@pytest.mark.parametrize("by", ["ids", "query"])
def test_labels_are_added_to_many(api: httpx.Client, store: Store, is_2x: bool, by: str) -> None:
    store(flow())
    identifier = api.post("/executions/team.a/hello", params={"labels": "old:1", **WAIT}).json()["id"]
    when_in(api, identifier, "SUCCESS")
    added = [{"key": "new", "value": "2"}]
    body = {"executionsId": [identifier], "executionLabels": added} if by == "ids" else added

    answer = api.post(f"/executions/labels/by-{by}", params={OF_FLOW: "hello"}, json=body)

    check_count(answer, 1, is_2x=is_2x)
    labels = when(api, identifier, lambda execution: added[0] in execution["labels"])["labels"]
    assert {"key": "old", "value": "1"} in labels


def test_labels_are_not_added_to_what_runs(api: httpx.Client, store: Store) -> None:
    store(sleeper(120))
    identifier = started(api, "sleeper", "RUNNING")

    answer = api.post("/executions/labels/by-ids", json={"executionsId": [identifier], "executionLabels": []})

    assert (answer.status_code, answer.json()["message"]) == (400, "invalid bulk set labels")
    assert [each["message"] for each in answer.json()["invalids"]] == ["execution is not terminated"]
    api.request("DELETE", "/executions/kill/by-ids", json=[identifier])


def test_an_execution_is_deleted_with_its_logs(api: httpx.Client, store: Store) -> None:
    store(flow())
    identifier = started(api, "hello", "SUCCESS")
    assert eventually(lambda: api.get(f"/logs/{identifier}").json() != [])  # they are stored after the end

    assert api.delete(f"/executions/{identifier}").status_code == 204

    assert api.get(f"/executions/{identifier}").status_code == 404
    assert api.get(f"/logs/{identifier}").json() == []
    assert api.delete(f"/executions/{identifier}").status_code == 404


@pytest.mark.parametrize("by", ["ids", "query"])
def test_many_are_deleted_and_what_runs_only_if_asked_for(api: httpx.Client, store: Store, by: str) -> None:
    store(sleeper(120))
    identifier = started(api, "sleeper", "RUNNING")
    path, body = f"/executions/by-{by}", [identifier] if by == "ids" else None

    kept = api.request("DELETE", path, params={OF_FLOW: "sleeper"}, json=body)
    deleted = api.request("DELETE", path, params={OF_FLOW: "sleeper", "includeNonTerminated": "true"}, json=body)

    assert (kept.status_code, kept.json()["message"]) == (400, "invalid bulk delete")
    assert (deleted.status_code, deleted.json()) == (200, {"count": 1})
    assert api.get(f"/executions/{identifier}").status_code == 404
