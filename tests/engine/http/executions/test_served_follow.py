"""The stream of an execution's states: its events, its end, and many followers at once."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.flow_texts import flow, sleeper

from deployer.engine.http.executions import follow
from deployer.engine.process.launch import RunningEngine

Store = Callable[[str], dict[str, Any]]


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Each event of a stream as (id, data)."""
    blocks = [block.split("\n") for block in text.split("\n\n") if block]
    return [(head.removeprefix("id: "), json.loads(data.removeprefix("data: "))) for head, data in blocks]


def test_a_run_is_streamed_from_start_to_end(api: httpx.Client, store: Store) -> None:
    store(sleeper(1))
    identifier = api.post("/executions/team.a/sleeper").json()["id"]

    answer = api.get(f"/executions/{identifier}/follow")

    seen = events(answer.text)
    assert answer.headers["content-type"] == "text/event-stream"
    assert [name for name, _ in seen[:2]] == ["start", "progress"]
    assert {name for name, _ in seen[1:-1]} == {"progress"}
    assert "state" not in seen[0][1]
    assert all(data["id"] == identifier for _, data in seen)
    assert (seen[-1][0], seen[-1][1]["state"]["current"]) == ("end", "SUCCESS")


def test_what_is_over_ends_at_once(api: httpx.Client, store: Store) -> None:
    store(flow())
    identifier = api.post("/executions/team.a/hello?wait=true").json()["id"]

    seen = events(api.get(f"/executions/{identifier}/follow").text)

    assert [name for name, _ in seen] == ["start", "end"]
    assert seen[1][1]["state"] == api.get(f"/executions/{identifier}").json()["state"]


@pytest.mark.parametrize("kestra", ["1.3", "2.0"], indirect=True)
def test_of_an_unknown_id_there_is_the_start_and_after_a_while_the_end_of_the_stream(api: httpx.Client) -> None:
    answer = api.get("/executions/none/follow")

    assert answer.status_code == 200
    [(name, data)] = events(answer.text)
    assert (name, data["id"]) == ("start", "none")
    assert answer.elapsed.total_seconds() > follow.SECONDS_FOR_AN_UNKNOWN_ID


@pytest.mark.usefixtures("store")
def test_thirty_executions_are_followed_at_once(engine: RunningEngine, tenant: str, store: Store) -> None:
    store(sleeper(0.2))

    async def run(client: httpx.AsyncClient) -> str:
        identifier = (await client.post("/executions/team.a/sleeper")).json()["id"]
        name, data = events((await client.get(f"/executions/{identifier}/follow")).text)[-1]
        return f"{name} {data['state']['current']}"

    async def all_of_them() -> list[str]:
        limits = httpx.Limits(max_connections=60)
        async with httpx.AsyncClient(base_url=f"{engine.url}/api/v1/{tenant}", timeout=120, limits=limits) as client:
            return await asyncio.gather(*(run(client) for _ in range(30)))

    assert asyncio.run(all_of_them()) == ["end SUCCESS"] * 30


def test_a_paused_execution_does_not_end_its_stream_but_its_kill_does(
    api: httpx.Client, store: Store, is_2x: bool
) -> None:
    store("id: halt\nnamespace: team.a\ntasks:\n  - id: p\n    type: io.kestra.plugin.core.flow.Pause\n")
    identifier = api.post("/executions/team.a/halt").json()["id"]
    while api.get(f"/executions/{identifier}").json().get("state", {}).get("current") != "PAUSED":  # 404 at first
        time.sleep(0.05)

    with api.stream("GET", f"/executions/{identifier}/follow") as stream:
        lines = stream.iter_lines()
        before = list(itertools.takewhile(lambda line: '"PAUSED"' not in line, lines))
        api.delete(f"/executions/{identifier}/{'actions/kill' if is_2x else 'kill'}")
        after = list(lines)

    assert "id: end" not in before
    assert after[-3] == "id: end"
    assert '"current":"KILLED"' in after[-2]


def test_a_follower_who_leaves_does_not_disturb_the_others(api: httpx.Client, store: Store) -> None:
    store(sleeper(0.5))
    identifier = api.post("/executions/team.a/sleeper").json()["id"]
    with api.stream("GET", f"/executions/{identifier}/follow") as leaver:
        next(leaver.iter_lines())

    assert events(api.get(f"/executions/{identifier}/follow").text)[-1][1]["state"]["current"] == "SUCCESS"
