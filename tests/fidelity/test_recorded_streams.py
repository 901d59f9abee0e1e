"""The streams of a genuine server beside ours."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
from fidelity.compared import Names, differences
from fidelity.recorded import Answer, sessions
from fidelity.recorded_reviewed import explaining
from shared import SHARED, needs_shared

from deployer.engine.process.launch import RunningEngine
from deployer.model.version import named

pytestmark = needs_shared

ASKED = named("1.3")
TRIES = 5  # executions; how far one is when a follower or a kill reaches it is a matter of moments

Event = tuple[str, dict[str, Any]]

on_1_3 = pytest.mark.parametrize("kestra", [ASKED.name], indirect=True)


@pytest.fixture
def inside(engine: RunningEngine, tenant: str) -> Iterator[httpx.Client]:
    """A client in a tenant that has the flows whose executions were followed."""
    with httpx.Client(base_url=f"{engine.url}/api/v1/{tenant}", timeout=60) as client:
        for exchange in sessions()[0]:
            if exchange.name in ("89-flow-sleep", "90-flow-long"):
                client.post("/flows", content=exchange.body, headers={"content-type": "application/x-yaml"})
        yield client


def recorded(name: str) -> tuple[str, list[Event]]:
    """Content type and events of a recorded stream."""
    head, _, body = (SHARED / "recordings" / name).read_bytes().decode().partition("\r\n\r\n")
    content_type = re.findall(r"(?im)^content-type: (\S+)", head)[0]
    return content_type, events(body)


def events(text: str) -> list[Event]:
    """Each event as (id, data); nothing but these two lines is allowed."""
    blocks = [block.split("\n") for block in text.split("\n\n") if block.strip()]
    assert all(len(block) == 2 for block in blocks)
    return [(head.removeprefix("id: "), json.loads(data.removeprefix("data: "))) for head, data in blocks]


def states(seen: list[Event]) -> list[str]:
    """The states of the execution in their order, each once while it lasts."""
    every = [data["state"]["current"] for name, data in seen if name != "start"]
    return every[:1] + [after for before, after in pairwise(every) if after != before]


def unexplained(name: str, before: Event, now: Event) -> list[str]:
    """What the reviewed table does not explain between two events."""
    found = differences(Answer(200, "", before[1]), Answer(200, "", now[1]), Names())
    return [str(difference) for difference in found if not explaining(name, difference)]


@on_1_3
def test_a_run_is_streamed_as_recorded(inside: httpx.Client) -> None:
    content_type, before = recorded("follow-running.sse.txt")
    for _ in range(TRIES):
        started = inside.post("/executions/oracle.samples/sleepy", files={"who": (None, "alice")}).json()
        answer = inside.get(f"/executions/{started['id']}/follow")
        now = events(answer.text)
        if states(now) == states(before):
            break  # else it had begun before it was followed

    assert answer.headers["content-type"] == content_type
    assert [name for name, _ in now[:1]] == ["start"]  # of 1.x
    assert {name for name, _ in now[1:-1]} == {name for name, _ in before[:-1]} == {"progress"}
    assert now[-1][0] == before[-1][0] == "end"
    assert states(now) == states(before)
    # the last state came twice; the engine's service sends it once since 1.x
    assert [seen[-2][1]["state"]["current"] for seen in (before, now)] == ["SUCCESS", "RUNNING"]
    assert unexplained("follow-running", before[-1], now[-1]) == []


@on_1_3
def test_what_is_over_is_streamed_as_recorded(inside: httpx.Client) -> None:
    _, before = recorded("follow-finished.sse.txt")
    over = inside.post("/executions/oracle.samples/sleepy?wait=true", files={"who": (None, "alice")}).json()

    start, *now = events(inside.get(f"/executions/{over['id']}/follow").text)

    assert start[0] == "start"  # of 1.x
    assert [name for name, _ in now] == [name for name, _ in before] == ["end"]
    assert unexplained("follow-finished", before[0], now[0]) == []


def killed(inside: httpx.Client) -> list[Event]:
    """Follow an execution that runs, kill it, and return what the stream says after its start."""
    identifier = inside.post("/executions/oracle.samples/longy").json()["id"]
    running = False
    while not running:
        runs = inside.get(f"/executions/{identifier}").json().get("taskRunList", [])
        running = bool(runs) and runs[0]["state"]["current"] == "RUNNING"
        time.sleep(0.05)

    with inside.stream("GET", f"/executions/{identifier}/follow") as stream:
        chunks = stream.iter_text()
        text = next(chunks)
        inside.delete(f"/executions/{identifier}/kill")
        return events(text + "".join(chunks))[1:]


@on_1_3
def test_a_kill_is_streamed_as_recorded(inside: httpx.Client) -> None:
    _, before = recorded("follow-killed.sse.txt")
    for _ in range(TRIES):
        now = killed(inside)
        if states(now) == states(before):
            break  # else the worker had ended before the executor asked it to

    assert (now[0][0], now[-1][0]) == (before[0][0], before[-1][0]) == ("progress", "end")
    assert states(now) == states(before)
    assert unexplained("follow-killed", before[-1], now[-1]) == []
