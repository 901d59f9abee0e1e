"""Executions over HTTP: started with inputs and labels, read, searched, killed. Against the real engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import GREETER, LOG, flow, sleeper
from engine.http.states import when, when_in
from engine.http.written import logs_of

Store = Callable[[str], dict[str, Any]]
Since = Callable[[str], bool]
WAIT = {"wait": "true"}


def found_by(api: httpx.Client, query: str) -> list[str]:
    """The ids of the executions that a search finds."""
    return [each["id"] for each in api.get(f"/executions/search?{query}").json()["results"]]


def test_an_execution_is_answered_at_once_with_its_url(api: httpx.Client, store: Store, tenant: str) -> None:
    store(GREETER)

    started = api.post("/executions/team.a/greeter", files={"who": (None, "ann")}).json()

    assert started["state"]["current"] == "CREATED"
    assert started["inputs"]["who"] == "ann"
    assert started["url"] == f"/ui/{tenant}/executions/team.a/greeter/{started['id']}"
    assert {"key": "system.correlationId", "value": started["id"]} in started["labels"]
    assert "tenantId" not in started


def test_with_wait_it_is_answered_when_it_is_over(api: httpx.Client, store: Store) -> None:
    store(GREETER)

    ended = api.post("/executions/team.a/greeter", params=WAIT).json()

    assert ended["state"]["current"] == "SUCCESS"
    assert [run["taskId"] for run in ended["taskRunList"]] == ["say", "warn", "shout"]
    assert ended["url"].endswith(ended["id"])


def test_many_that_sleep_do_not_hold_another_up(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store(sleeper(30))
    sleeping = [api.post("/executions/team.a/sleeper").json()["id"] for _ in range(8)]
    for identifier in sleeping:
        when_in(api, identifier, "RUNNING")
    store(flow())

    assert api.post("/executions/team.a/hello", params=WAIT).json()["state"]["current"] == "SUCCESS"
    assert {api.get(f"/executions/{identifier}").json()["state"]["current"] for identifier in sleeping} == {"RUNNING"}

    for identifier in sleeping:
        api.delete(kill_path(identifier, is_2x=is_2x))


def test_a_failing_execution_ends_a_wait_too(api: httpx.Client, store: Store) -> None:
    store("id: bad\nnamespace: team.a\ntasks:\n  - id: no\n    type: io.kestra.plugin.core.execution.Fail\n")

    assert api.post("/executions/team.a/bad", params=WAIT).json()["state"]["current"] == "FAILED"


def test_a_file_part_becomes_a_file_input(api: httpx.Client, store: Store) -> None:
    store(
        "id: reader\nnamespace: team.a\ninputs:\n  - id: table\n    type: FILE\n"
        f'tasks:\n  - id: say\n    type: {LOG}\n    message: "{{{{ read(inputs.table) }}}}"\n'
    )

    ended = api.post("/executions/team.a/reader", files={"table": ("a.csv", b"one,two")}, params=WAIT).json()

    assert ended["state"]["current"] == "SUCCESS"
    assert ended["inputs"]["table"].startswith("kestra:///team/a/reader/executions/")
    assert [entry["message"] for entry in logs_of(api, ended["id"])] == ["one,two"]


def test_inputs_are_typed_and_defaults_filled_in(api: httpx.Client, store: Store) -> None:
    store(GREETER)

    started = api.post("/executions/team.a/greeter", files={"count": (None, "7")}).json()

    assert (started["inputs"]["who"], started["inputs"]["count"]) == ("you", 7)


@pytest.mark.parametrize(
    ("value", "cause"), [("11", "it must be less than `10`"), ("abc", "abc")], ids=["too big", "no number"]
)
def test_a_wrong_input_is_refused_with_422(
    api: httpx.Client, store: Store, since: Since, value: str, cause: str
) -> None:
    store(GREETER)

    answer = api.post("/executions/team.a/greeter", files={"count": (None, value)})

    assert answer.status_code == 422
    begin = "Invalid value for input `count`. Cause: " if since("1.2") else "count: Invalid input for `count`, "
    assert answer.json()["message"].startswith(f"Invalid entity: {begin}")
    assert cause in answer.json()["message"]
    assert api.get("/executions/search").json()["total"] == 0


def test_a_missing_input_is_refused_with_422(api: httpx.Client, store: Store, since: Since) -> None:
    store(flow(extra="inputs:\n  - id: n\n    type: INT\n"))

    answer = api.post("/executions/team.a/hello")

    earlier = "n: Invalid input for `n`, missing required input, but received `null`"
    words = "Missing required input:n" if since("1.2") else earlier
    assert (answer.status_code, answer.json()["message"]) == (422, f"Invalid entity: {words}")


def test_an_unknown_flow_or_revision_is_404(api: httpx.Client, store: Store) -> None:
    store(flow())

    for path in ("/executions/team.a/none", "/executions/team.a/hello?revision=9"):
        answer = api.post(path)
        assert (answer.status_code, answer.json()["message"]) == (404, "Not Found: Requested Flow is not found.")


def test_a_disabled_flow_is_409(api: httpx.Client, store: Store) -> None:
    store(flow(extra="disabled: true\n"))

    answer = api.post("/executions/team.a/hello")

    assert (answer.status_code, answer.json()["message"]) == (409, "Illegal state: Requested Flow is disabled.")


def test_a_json_body_is_415(api: httpx.Client, store: Store) -> None:
    store(flow())

    answer = api.post("/executions/team.a/hello", json={"who": "x"})

    assert answer.status_code == 415
    assert answer.json()["message"] == (
        "Unsupported Media Type: Content Type [application/json] not allowed. Allowed types: [multipart/form-data]"
    )


def test_an_old_revision_can_be_run(api: httpx.Client, store: Store) -> None:
    store(flow())
    api.put("/flows/team.a/hello", content=flow(message="two"), headers={"content-type": "application/x-yaml"})

    ended = api.post("/executions/team.a/hello", params={"revision": 1, **WAIT}).json()

    assert ended["flowRevision"] == 1
    assert [entry["message"] for entry in logs_of(api, ended["id"])] == ["hi"]


def test_labels_are_kept_and_found_again(api: httpx.Client, store: Store, since: Since) -> None:
    store(flow(extra="labels:\n  of: flow\n"))
    one, _ = (
        api.post("/executions/team.a/hello", params={"labels": labels, **WAIT}).json()
        for labels in (["job:1", "time:12:30"], ["job:2"])
    )

    kept = {label["key"]: label["value"] for label in api.get(f"/executions/{one['id']}").json()["labels"]}
    found = api.get("/executions/search?filters[labels][EQUALS][job]=1").json()

    assert {"of": "flow", "job": "1", "time": "12:30"}.items() <= kept.items()
    assert kept.get("system.from") == ("api" if since("1.2") else None)
    assert [each["id"] for each in found["results"]] == [one["id"]]
    assert api.get("/executions/search?filters[labels][EQUALS][of]=flow").json()["total"] == 2


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("x", "Unprocessable Entity: Can't split the queryString parameter by ':'"),
        ("x:", "Unprocessable Entity: Can't have an empty part of queryString"),
        ("a b:c", "Unprocessable Entity: Key of queryString can't contain a whitespace character"),
        (
            "system.x:1",
            "Illegal argument: System labels can only be set by Kestra itself, offending label: system.x=1",
        ),
    ],
)
def test_a_label_that_cannot_be_is_refused_with_422(api: httpx.Client, store: Store, label: str, words: str) -> None:
    store(flow())

    answer = api.post("/executions/team.a/hello", params={"labels": label})

    assert (answer.status_code, answer.json()["message"]) == (422, words)


def test_executions_of_kind_test_are_hidden_unless_asked_for(api: httpx.Client, store: Store, since: Since) -> None:
    store(flow())
    normal = api.post("/executions/team.a/hello", params=WAIT).json()
    test = api.post("/executions/team.a/hello", params={"kind": "TEST", **WAIT}).json()
    found = partial(found_by, api)

    assert test["kind"] == "TEST"
    assert found("") == [normal["id"]]
    if not since("1.1"):
        assert api.get("/executions/search?filters[kind][EQUALS]=TEST").status_code == 422  # a filter of later versions
        return
    assert found("filters[kind][EQUALS]=TEST") == [test["id"]]
    assert found("filters[kind][EQUALS]=NORMAL") == []  # an execution that was given no kind has none


def test_executions_are_found_by_flow_state_and_time(api: httpx.Client, store: Store) -> None:
    store(flow())
    store(flow("other"))
    first = api.post("/executions/team.a/hello", params=WAIT).json()
    second = api.post("/executions/team.a/other", params=WAIT).json()
    found = partial(found_by, api)

    assert found("filters[flowId][EQUALS]=other") == [second["id"]]
    assert found("filters[state][IN]=FAILED,RUNNING") == []
    assert found("filters[timeRange][EQUALS]=PT5M&sort=state.startDate:asc") == [first["id"], second["id"]]
    assert found("filters[timeRange][NOT_EQUALS]=PT5M") == []
    assert api.get("/executions/search?size=0").json()["message"] == (
        "Invalid entity: searchExecutions.size: must be greater than or equal to 1"
    )


def test_flat_parameters_find_executions_on_1x_only(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store(flow())
    api.post("/executions/team.a/hello", params={"labels": "a:b", **WAIT})

    for query, total in (
        ("namespace=team&labels=a:b&state=SUCCESS,FAILED&timeRange=PT5M", 1),
        ("flowId=hello", 1),
        ("state=FAILED", 0),
    ):
        answer = api.get(f"/executions/search?{query}")
        if is_2x:
            assert answer.status_code == 422
        else:
            assert answer.json()["total"] == total


def test_an_execution_can_wait_for_its_date(api: httpx.Client, store: Store) -> None:
    store(flow())

    started = api.post("/executions/team.a/hello", params={"scheduleDate": "2999-01-01T00:00:00Z"}).json()

    assert started["scheduleDate"] == "2999-01-01T00:00:00Z"
    assert started["state"]["current"] == "CREATED"


def test_an_unknown_execution_is_404(api: httpx.Client) -> None:
    answer = api.get("/executions/none")

    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


def kill_path(identifier: str, *, is_2x: bool) -> str:
    return f"/executions/{identifier}/actions/kill" if is_2x else f"/executions/{identifier}/kill"


def end_of(api: httpx.Client, identifier: str) -> str:
    """The state an execution ends in, by following it to its end."""
    api.get(f"/executions/{identifier}/follow")
    return str(api.get(f"/executions/{identifier}").json()["state"]["current"])


def test_a_kill_is_accepted_and_ends_the_execution(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store(sleeper(120))
    identifier = api.post("/executions/team.a/sleeper").json()["id"]
    while api.get(f"/executions/{identifier}").status_code == 404:  # what was just started is stored a little later
        time.sleep(0.05)

    answer = api.delete(kill_path(identifier, is_2x=is_2x))

    if is_2x:  # answered when the executor has heard of it
        assert (answer.status_code, answer.json()["id"]) == (200, identifier)
    else:
        assert (answer.status_code, answer.content) == (202, b"")
    assert end_of(api, identifier) == "KILLED"


def runs_its_task(execution: dict[str, Any]) -> bool:
    """Whether the only task of an execution is under way."""
    return [run["state"]["current"] for run in execution.get("taskRunList") or []] == ["RUNNING"]


def test_a_kill_takes_subflows_along(api: httpx.Client, store: Store, is_2x: bool) -> None:
    store(sleeper(120))
    store(
        "id: parent\nnamespace: team.a\ntasks:\n  - id: sub\n    type: io.kestra.plugin.core.flow.Subflow\n"
        "    namespace: team.a\n    flowId: sleeper\n"
    )
    parent = api.post("/executions/team.a/parent").json()["id"]
    query = f"/executions/search?filters[triggerExecutionId][EQUALS]={parent}"
    while not (children := api.get(query).json()["results"]):
        time.sleep(0.05)
    for each in (parent, *(child["id"] for child in children)):  # one that has not begun can escape: a race of Kestra's
        when(api, each, runs_its_task)

    api.delete(kill_path(parent, is_2x=is_2x))

    assert end_of(api, parent) == "KILLED"
    assert [end_of(api, child["id"]) for child in children] == ["KILLED"]


def test_a_kill_of_what_is_over_is_accepted_unless_it_could_not_reach_anything(
    api: httpx.Client, store: Store, is_2x: bool
) -> None:
    store(flow())
    path = kill_path(api.post("/executions/team.a/hello", params=WAIT).json()["id"], is_2x=is_2x)

    assert api.delete(path).status_code == (200 if is_2x else 202)
    alone = api.delete(path, params={"isOnKillCascade": "false"})
    assert alone.status_code == 409
    assert alone.json()["message"] == (
        "Conflict: Cannot kill execution: execution is already terminated."
        if is_2x
        else "Illegal state: Execution is already finished, can't kill it"
    )


def test_a_kill_of_an_unknown_execution_is_404(api: httpx.Client, is_2x: bool) -> None:
    assert api.delete(kill_path("none", is_2x=is_2x)).status_code == 404


def test_the_other_lines_path_for_a_kill_is_not_there(api: httpx.Client, is_2x: bool) -> None:
    answer = api.delete(kill_path("none", is_2x=not is_2x))

    assert answer.status_code == (405 if is_2x else 404)  # in 2.x it is the path of starting a flow called `kill`


def test_a_check_of_the_flow_can_block_its_execution(api: httpx.Client, store: Store, since: Since) -> None:
    check = (
        "checks:\n  - condition: \"{{ inputs.go == 'yes' }}\"\n    message: not today\n    behavior: BLOCK_EXECUTION\n"
    )
    text = flow(extra=f"inputs:\n  - id: go\n    type: STRING\n{check}")
    if not since("1.2"):
        answer = api.post("/flows", content=text, headers={"content-type": "application/x-yaml"})
        assert 'Unrecognized field "checks"' in answer.json()["message"]
        return
    store(text)

    blocked = api.post("/executions/team.a/hello", files={"go": (None, "no")})
    passed = api.post("/executions/team.a/hello", files={"go": (None, "yes")})

    assert blocked.status_code == 422
    assert "Failed checks: not today" in blocked.json()["message"]
    assert passed.status_code == 200
