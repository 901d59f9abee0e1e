"""A tenant for one request: its flows, a key, and an execution in the state that the request needs."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
from engine.http.flow_texts import GREETER as _GREETER
from engine.http.flow_texts import sleeper
from specification.steps import TEXT, YAML, Step

from deployer.engine.process.launch import RunningEngine

_AT_ONCE = 4  # requests, as many as the engine's worker has threads
_LONGEST = 30.0  # seconds until an execution is in its state, which only a failure takes
_PATIENT = 180.0  # seconds for an answer: an execution that sleeps for 60 can keep a thread of the worker busy
_TIMES = 3  # Kestra 2.0.0 was seen to leave one in thousands behind, on a busy machine
_FAIL = "io.kestra.plugin.core.execution.Fail"
_PAUSE = "io.kestra.plugin.core.flow.Pause"
LASTING = ("RUNNING", "QUEUED", "PAUSED")
WRITE = "  - id: write\n    type: io.kestra.plugin.core.storage.Write\n    content: hi\n    extension: .txt\n"
GREETER = (
    _GREETER.replace("outputs:\n  - id", WRITE + "outputs:\n  - id")
    + """labels:
  team: a
description: greets
variables:
  tone: kind
triggers:
  - id: nightly
    type: io.kestra.plugin.core.trigger.Schedule
    cron: 0 3 * * *
    disabled: true
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: colour
errors:
  - id: sorry
    type: io.kestra.plugin.core.log.Log
    message: sorry
"""
)
_FLOWS = {
    "SUCCESS": GREETER,
    "BREAKPOINT": GREETER,
    "RUNNING": sleeper(60),
    "FAILED": f"id: failing\nnamespace: team.a\ntasks:\n  - id: fail\n    type: {_FAIL}\n",
    "PAUSED": f"id: halt\nnamespace: team.a\ntasks:\n  - id: halt\n    type: {_PAUSE}\n",
    "QUEUED": sleeper(60, "limited") + "concurrency:\n  limit: 1\n  behavior: QUEUE\n",
}


def ask(engine: RunningEngine, steps: Sequence[Step]) -> list[httpx.Response]:
    """Return what the engine answers to each step: those that only read share a tenant, any other has its own."""
    reading: dict[str, list[Step]] = {}
    for step in steps:
        if step.method == "GET":
            reading.setdefault(step.run, []).append(step)
    groups = [*reading.values(), *([step] for step in steps if step.method != "GET")]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(partial(_asked, engine), groups))
    found = {
        id(step): answer
        for group, of in zip(groups, answers, strict=True)
        for step, answer in zip(group, of, strict=True)
    }
    return [found[id(step)] for step in steps]


def _asked(engine: RunningEngine, steps: Sequence[Step]) -> list[httpx.Response]:
    """Make a new tenant as the steps need it, and return what the engine answers to each there."""
    tenant, run = f"t{uuid.uuid4().hex[:12]}", steps[0].run
    with httpx.Client(base_url=f"{engine.url}/api/v1/{tenant}", timeout=_PATIENT) as client:
        world = _made(client, run)
        answers = []
        for step in steps:
            path = _filled(step.path, world)
            url = engine.url + path if path.startswith("/") else path
            arguments = {"params": _filled(step.query, world), **_filled(step.sent, world)}
            with client.stream(step.method, url, **arguments) as answer:
                answers.append(_read(answer))
        if run in LASTING:  # or it keeps a thread of the engine's worker busy
            client.delete("executions/kill/by-query", params={"filters[state][IN]": ",".join(LASTING)})
        return answers


def _read(answer: httpx.Response) -> httpx.Response:
    """Return an answer that has been read: whole, or up to its first news where it is a stream that does not end."""
    if not answer.headers.get("content-type", "").startswith("text/event-stream"):
        answer.read()
        return answer
    text = ""
    for line in answer.iter_lines():
        text += f"{line}\n"
        if not line and "id: progress\n" in text:
            break
    return httpx.Response(answer.status_code, headers=answer.headers, text=text, request=answer.request)


def _made(client: httpx.Client, run: str) -> Mapping[str, str]:
    """Store what every tenant has, start an execution where `run` names its state, and return what all is called."""
    for text in {GREETER, _FLOWS.get(run, GREETER)}:
        client.post("flows", content=text, headers=YAML).raise_for_status()
    client.put("namespaces/team.a/kv/colour", content='"red"', headers=TEXT).raise_for_status()
    file = {"fileContent": ("a.txt", "a")}
    client.post("namespaces/team.a/files", params={"path": "/a.txt"}, files=file).raise_for_status()
    flow = _FLOWS.get(run, GREETER).split("\n")[0].removeprefix("id: ")
    world = {
        "namespace": "team.a",
        "id": flow,
        "flowId": flow,
        "key": "colour",
        "state": run,
        "taskId": "say",
        "type": "task",
        "path": "x",
    }
    if not run:
        return world
    execution = _started(client, flow, run)
    runs = execution.get("taskRunList", [])
    world = {**world, "executionId": execution["id"], "taskRunId": runs[0]["id"] if runs else ""}
    written = [each for each in runs if each["taskId"] == "write"]
    return {**world, "uri": _written(client, execution["id"], written[0])} if run == "SUCCESS" else world


def _written(client: httpx.Client, execution: str, task_run: Mapping[str, Any]) -> str:
    """Return the place of the file that a task run wrote; 2.x tells it apart from the execution."""
    outputs = task_run.get("outputs") or client.get(f"outputs/tasks/{execution}/{task_run['id']}").json()
    return str(outputs["uri"])


def _started(client: httpx.Client, flow: str, state: str) -> dict[str, Any]:
    """Return an execution that has come to its state."""
    if state == "QUEUED":
        _started(client, flow, "RUNNING")
    stuck = []
    for _ in range(_TIMES):
        execution, came = _start(client, flow, state)
        if came:
            return execution
        stuck.append(execution)
    raise TimeoutError(f"{flow} did not become {state}: {stuck}")


def _start(client: httpx.Client, flow: str, state: str) -> tuple[dict[str, Any], bool]:
    """Start an execution; return it as it was seen last, and whether it has come to its state."""
    query = {"breakpoints": "say"} if state == "BREAKPOINT" else {}
    identifier = client.post(f"executions/team.a/{flow}", params=query).json()["id"]
    deadline = time.monotonic() + _LONGEST
    execution: dict[str, Any] = {}
    while time.monotonic() < deadline:
        execution = client.get(f"executions/{identifier}").json()
        states = [
            each["state"]["current"] for each in (execution, *execution.get("taskRunList", [])) if "state" in each
        ]
        if states[:1] == [state] and (state != "RUNNING" or states[1:] == ["RUNNING"]):
            return execution, True
        time.sleep(0.05)
    return execution, False


def _filled(value: Any, world: Mapping[str, str]) -> Any:
    """Return a value with the world's names in place of `{...}`, in every text that is in it."""
    if isinstance(value, str):
        for name, called in world.items():
            value = value.replace(f"{{{name}}}", called)
        return value
    if isinstance(value, Mapping):
        return {key: _filled(each, world) for key, each in value.items()}
    return type(value)(_filled(each, world) for each in value) if isinstance(value, list | tuple) else value
