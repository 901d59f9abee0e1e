"""Following the executions of flows that depend on one. Against the real engine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
from engine.http.flow_texts import flow

Store = Callable[[str], dict[str, Any]]
PARENT = (
    "id: parent\nnamespace: team.a\ntasks:\n  - id: sub\n    type: io.kestra.plugin.core.flow.Subflow\n"
    "    namespace: team.a\n    flowId: hello\n"
)


NOTHING = 2  # events: start and end-all


def followed(api: httpx.Client, identifier: str, **query: str) -> list[tuple[str, dict[str, Any]]]:
    """Every event of a stream that ends, by id and data."""
    lines = api.get(f"/executions/{identifier}/follow-dependencies", params=query).text.splitlines()
    names = [line.partition(": ")[2] for line in lines if line.startswith("id: ")]
    return list(zip(names, (json.loads(line[6:]) for line in lines if line.startswith("data: ")), strict=True))


def test_nothing_depends_on_a_flow_alone(api: httpx.Client, store: Store) -> None:
    store(flow())
    identifier = api.post("/executions/team.a/hello").json()["id"]

    events = followed(api, identifier)

    assert events == [("start", {"executionId": identifier}), ("end-all", {"executionId": identifier})]


def test_a_subflow_is_followed_to_its_end(api: httpx.Client, store: Store, tenant: str) -> None:
    store(flow())
    store(PARENT)
    identifier = api.post("/executions/team.a/parent").json()["id"]
    deadline = time.monotonic() + 60  # seconds, which only a failure takes
    while len(events := followed(api, identifier, expandAll="true")) == NOTHING:  # found out a little later
        assert time.monotonic() < deadline
        time.sleep(0.1)

    ends = {data["flowId"]: data for name, data in events if name == "end"}
    assert (events[0][0], events[-1][0], sorted(ends)) == ("start", "end-all", ["hello", "parent"])
    assert (ends["hello"]["tenantId"], ends["hello"]["state"]["current"]) == (tenant, "SUCCESS")
    assert ends["parent"]["executionId"] == identifier
