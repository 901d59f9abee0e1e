"""Changing one execution over HTTP: restart, replay, pause, resume and the like. Against the real engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import GREETER, LOG, flow, sleeper
from engine.http.states import when, when_in

from deployer.engine.process.launch import RunningEngine

Store = Callable[[str], dict[str, Any]]
Since = Callable[[str], bool]
Act = Callable[..., httpx.Response]
WAIT = {"wait": "true"}
YAML = {"content-type": "application/x-yaml"}
FAIL = "id: bad\nnamespace: team.a\ntasks:\n  - id: stop\n    type: io.kestra.plugin.core.execution.Fail\n"
PAUSE = (
    "id: pausing\nnamespace: team.a\ntasks:\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n"
    "    onResume:\n      - id: reason\n        type: STRING\n"
    f'  - id: after\n    type: {LOG}\n    message: "{{{{ outputs.wait.onResume.reason }}}}"\n'
)
QUEUE = "concurrency:\n  behavior: QUEUE\n  limit: 1\n"


@pytest.fixture
def act(api: httpx.Client, is_2x: bool) -> Act:
    """Do something to an execution at the path that its version has for it."""

    def act(identifier: str, path: str, method: str = "POST", **sent: Any) -> httpx.Response:
        return api.request(method, f"/executions/{identifier}/{'actions/' if is_2x else ''}{path}", **sent)

    return act


def run(api: httpx.Client, name: str, **params: str) -> dict[str, Any]:
    """Start a flow and wait until it is over and stored."""
    ended = api.post(f"/executions/team.a/{name}", params={**WAIT, **params}).json()
    return when(api, ended["id"], lambda execution: "endDate" in execution["state"])


def search(api: httpx.Client, count: int) -> list[dict[str, Any]]:
    """Return the executions of this tenant as soon as there are so many."""
    deadline = time.monotonic() + 60
    while len(found := api.get("/executions/search").json()["results"]) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return list(found)


def queued(api: httpx.Client, store: Store) -> tuple[str, str]:
    """Start a flow that sleeps twice, one at a time: one that runs and one that waits."""
    store(sleeper(120).replace("tasks:", f"{QUEUE}tasks:"))
    first = api.post("/executions/team.a/sleeper").json()["id"]
    when_in(api, first, "RUNNING")
    second = api.post("/executions/team.a/sleeper").json()["id"]
    when_in(api, second, "QUEUED")
    return first, second


def test_a_restart_runs_again_what_failed(api: httpx.Client, store: Store, act: Act) -> None:
    store(FAIL)
    failed = run(api, "bad")

    answer = act(failed["id"], "restart")

    assert (answer.status_code, answer.json()["id"]) == (200, failed["id"])
    again = when(api, failed["id"], lambda execution: len(execution["taskRunList"][0].get("attempts", [])) == 2)
    assert {"key": "system.restarted", "value": "true"} in again["labels"]


def test_a_restart_with_a_revision_is_a_new_execution(api: httpx.Client, store: Store, act: Act) -> None:
    store(FAIL)
    failed = run(api, "bad")
    api.put("/flows/team.a/bad", content=f"{FAIL}    errorMessage: two\n", headers=YAML)

    assert act(failed["id"], "restart", params={"revision": 2}).status_code == 200

    (new,) = (each["id"] for each in search(api, 2) if each["id"] != failed["id"])
    ended = when_in(api, new, "FAILED")
    assert (ended["flowRevision"], ended["originalId"]) == (2, failed["id"])


def test_a_restart_with_a_revision_that_is_not_there_is_404(api: httpx.Client, store: Store, act: Act) -> None:
    store(FAIL)

    answer = act(run(api, "bad")["id"], "restart", params={"revision": 9})

    assert answer.status_code == 404
    assert answer.json()["message"] == "Not Found: Unable to find revision 9 on flow team.a.bad"


def test_what_runs_cannot_be_restarted(api: httpx.Client, store: Store, act: Act) -> None:
    store(sleeper(120))
    identifier = api.post("/executions/team.a/sleeper").json()["id"]
    when_in(api, identifier, "RUNNING")

    answer = act(identifier, "restart")

    assert (answer.status_code, "must be terminated" in answer.text or "expected terminated" in answer.text) == (
        409,
        True,
    )
    act(identifier, "kill", "DELETE")


def test_a_replay_is_a_new_execution_with_the_same_inputs(api: httpx.Client, store: Store, act: Act) -> None:
    store(GREETER)
    first = api.post("/executions/team.a/greeter", files={"who": (None, "ann")}, params=WAIT).json()
    when_in(api, first["id"], "SUCCESS")

    again = act(first["id"], "replay").json()

    ended = when_in(api, again["id"], "SUCCESS")
    assert ended["id"] != first["id"]
    assert (ended["originalId"], ended["inputs"]["who"]) == (first["id"], "ann")
    replayed = {"key": "system.replayed", "value": "true"}
    when(api, first["id"], lambda execution: replayed in execution["labels"])


def test_a_replay_can_start_at_a_task_run(api: httpx.Client, store: Store, act: Act) -> None:
    store(GREETER)
    first = run(api, "greeter")
    second_run = first["taskRunList"][1]["id"]

    again = act(first["id"], "replay", params={"taskRunId": second_run}).json()

    ended = when_in(api, again["id"], "SUCCESS")
    runs = {each["taskId"]: each for each in ended["taskRunList"]}
    assert (
        runs["say"]["attempts"][0]["state"]["histories"] == first["taskRunList"][0]["attempts"][0]["state"]["histories"]
    )
    assert act(first["id"], "replay", params={"taskRunId": "none"}).status_code in (404, 422)


def test_a_replay_can_have_other_inputs(api: httpx.Client, store: Store, act: Act) -> None:
    store(GREETER)
    first = run(api, "greeter")

    again = act(first["id"], "replay-with-inputs", files={"who": (None, "bob")}).json()

    assert when_in(api, again["id"], "SUCCESS")["inputs"]["who"] == "bob"
    wrong = act(first["id"], "replay-with-inputs", files={"count": (None, "11")})
    assert (wrong.status_code, "it must be less than `10`" in wrong.text) == (422, True)


def test_what_runs_can_be_paused_and_goes_on(api: httpx.Client, store: Store, act: Act, is_2x: bool) -> None:
    store(sleeper(2))
    identifier = api.post("/executions/team.a/sleeper").json()["id"]
    when_in(api, identifier, "RUNNING")

    paused = act(identifier, "pause")
    when_in(api, identifier, "PAUSED")
    assert act(identifier, "pause").status_code == (409 if is_2x else 422)
    resumed = act(identifier, "resume", headers={"content-type": "multipart/form-data; boundary=x"}, content=b"--x--")

    if is_2x:
        assert [paused.status_code, resumed.status_code] == [200, 200]
        assert paused.json()["id"] == resumed.json()["id"] == identifier
    else:
        assert [(each.status_code, each.content) for each in (paused, resumed)] == [(200, b""), (204, b"")]
    assert when_in(api, identifier, "SUCCESS")


def test_a_resume_takes_the_inputs_that_the_pause_asks_for(
    api: httpx.Client, store: Store, act: Act, since: Since
) -> None:
    store(PAUSE)
    identifier = api.post("/executions/team.a/pausing").json()["id"]
    when_in(api, identifier, "PAUSED")

    missing = act(identifier, "resume/validate", files={"other": (None, "x")}).json()
    refused = act(identifier, "resume", files={"other": (None, "x")})
    act(identifier, "resume", files={"reason": (None, "go")})

    assert (missing["id"], missing.get("checks"), missing["inputs"][0]["enabled"]) == (
        "pausing",
        [] if since("1.2") else None,
        True,
    )
    words = "Missing required input:reason" if since("1.2") else "Invalid input for `reason`, missing required input"
    assert missing["inputs"][0]["errors"][0]["message"].startswith(words)
    assert (refused.status_code, words in refused.json()["message"]) == (422, True)
    assert when_in(api, identifier, "SUCCESS")
    over = act(identifier, "resume", files={"reason": (None, "go")})
    assert over.status_code == 409


def test_a_breakpoint_holds_an_execution_until_it_is_resumed(api: httpx.Client, store: Store, act: Act) -> None:
    store(GREETER)
    identifier = api.post("/executions/team.a/greeter", params={"breakpoints": "warn"}).json()["id"]
    when_in(api, identifier, "BREAKPOINT")

    assert act(identifier, "resume-from-breakpoint").status_code == 200

    assert when_in(api, identifier, "SUCCESS")
    over = act(identifier, "resume-from-breakpoint")
    assert (over.status_code, "is not suspended" in over.text) == (409, True)


def test_what_is_over_can_be_given_another_end(api: httpx.Client, store: Store, act: Act) -> None:
    store(flow())
    identifier = run(api, "hello")["id"]

    answer = act(identifier, "change-status", params={"status": "WARNING"})

    assert (answer.status_code, answer.json()["state"]["current"]) == (200, "WARNING")
    assert when_in(api, identifier, "WARNING")


@pytest.mark.parametrize(
    ("query", "answered"),
    [
        ({}, "400 Bad Request: Required QueryValue [status] not specified"),
        ({"status": "RUNNING"}, "422 Illegal argument: You can only change the state of an execution to a terminal"),
        ({"status": "NONE"}, "422 Internal server error: Failed to convert argument [status] for value [NONE] due to"),
    ],
    ids=["none", "no end", "no state"],
)
def test_another_state_must_be_an_end(act: Act, query: dict[str, str], answered: str) -> None:
    answer = act("none", "change-status", params=query)

    assert f"{answer.status_code} {answer.json()['message']}".startswith(answered)


def test_what_is_killed_stays_killed(api: httpx.Client, store: Store, act: Act, engine: RunningEngine) -> None:
    store(sleeper(120))
    identifier = api.post("/executions/team.a/sleeper").json()["id"]
    when_in(api, identifier, "RUNNING")
    act(identifier, "kill", "DELETE")
    when_in(api, identifier, "KILLED")

    answer = act(identifier, "change-status", params={"status": "SUCCESS"})

    expected = {"1.1": 200, "2.0": 409}  # 1.1 makes no difference between killed and over
    assert answer.status_code == expected.get(engine.version.name, 422)


def test_a_task_run_can_be_given_another_state(api: httpx.Client, store: Store, act: Act) -> None:
    store(FAIL + f"  - id: after\n    type: {LOG}\n    message: after all\n")
    failed = run(api, "bad")
    wanted = {"taskRunId": failed["taskRunList"][0]["id"], "state": "SUCCESS"}

    assert act(failed["id"], "state", json=wanted).status_code == 200

    ended = when_in(api, failed["id"], "SUCCESS")
    assert [each["taskId"] for each in ended["taskRunList"]] == ["stop", "after"]
    unknown = act(failed["id"], "state", json={**wanted, "taskRunId": "none"})
    assert unknown.status_code in (404, 409, 422, 500)


@pytest.mark.parametrize("path", ["unqueue", "force-run"])
def test_what_waits_in_a_queue_can_be_made_to_run(api: httpx.Client, store: Store, act: Act, path: str) -> None:
    first, second = queued(api, store)

    answer = act(second, path)

    assert (answer.status_code, answer.json()["id"]) == (200, second)
    assert when_in(api, second, "RUNNING")
    for identifier in (first, second):
        act(identifier, "kill", "DELETE")
        when_in(api, identifier, "KILLED")
    assert act(second, path).status_code in (409, 422)


def test_labels_of_what_is_over_are_replaced(api: httpx.Client, store: Store, act: Act) -> None:
    store(flow())
    identifier = run(api, "hello", labels="old:1")["id"]

    answer = act(identifier, "labels", json=[{"key": "new", "value": "2"}])

    labels = {label["key"]: label["value"] for label in answer.json()["labels"]}
    assert (answer.status_code, labels["new"], "old" in labels) == (200, "2", False)
    assert labels["system.correlationId"] == identifier
    own = act(identifier, "labels", json=[{"key": "system.x", "value": "2"}])
    assert (own.status_code, "offending label: system.x=2" in own.text) == (422, True)


def test_labels_of_what_runs_stay(api: httpx.Client, store: Store, act: Act) -> None:
    store(sleeper(120))
    identifier = api.post("/executions/team.a/sleeper").json()["id"]
    when_in(api, identifier, "RUNNING")

    answer = act(identifier, "labels", json=[{"key": "new", "value": "2"}])

    assert answer.status_code == 400
    act(identifier, "kill", "DELETE")


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("restart", {}),
        ("replay", {}),
        ("pause", {}),
        ("force-run", {}),
        ("unqueue", {}),
        ("resume", {"files": {"a": (None, "b")}}),
        ("resume-from-breakpoint", {}),
        ("change-status", {"params": {"status": "FAILED"}}),
        ("state", {"json": {"taskRunId": "x", "state": "FAILED"}}),
        ("labels", {"json": []}),
        ("eval", {"content": b"x", "headers": {"content-type": "text/plain"}}),
    ],
)
def test_an_unknown_execution_cannot_be_changed(act: Act, path: str, sent: dict[str, Any]) -> None:
    assert act("none", path, **sent).status_code == 404


def test_a_body_of_another_shape_is_422(api: httpx.Client, store: Store, act: Act) -> None:
    store(flow())

    answer = act(run(api, "hello")["id"], "labels", json=[["new"]])

    assert (answer.status_code, answer.json()["message"]) == (422, "Invalid json mapping")
    assert answer.json()["_embedded"]["errors"][0]["message"].startswith("Failed to convert argument [labels]")


def test_an_expression_is_evaluated(api: httpx.Client, store: Store, act: Act) -> None:
    store(GREETER)
    ended = run(api, "greeter")
    text = {"content-type": "text/plain"}

    of_execution = act(ended["id"], "eval", content=b"{{ execution.id }} {{ inputs.who }}", headers=text)
    of_run = act(ended["id"], f"eval/{ended['taskRunList'][0]['id']}", content=b"{{ taskrun.id }}", headers=text)
    wrong = act(ended["id"], "eval", content=b"{{ inputs.none }}", headers=text).json()

    assert of_execution.json() == {"result": f"{ended['id']} you"}
    assert of_run.json() == {"result": ended["taskRunList"][0]["id"]}
    assert "inputs.none" in wrong["error"] or "none" in wrong["error"]
    assert wrong["stackTrace"].startswith("io.kestra.core.exceptions.IllegalVariableEvaluationException")
