"""Following the executions of flows that depend on one. Against the real engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
from engine.http.callers import CALLER, once_known
from engine.http.flow_texts import flow

Store = Callable[[str], dict[str, Any]]
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
    store(CALLER)
    identifier = api.post("/executions/team.a/caller").json()["id"]

    events = once_known(api, lambda: followed(api, identifier, expandAll="true"), lambda told: len(told) > NOTHING)

    ends = {data["flowId"]: data for name, data in events if name == "end"}
    assert (events[0][0], events[-1][0], sorted(ends)) == ("start", "end-all", ["caller", "hello"])
    assert (ends["hello"]["tenantId"], ends["hello"]["state"]["current"]) == (tenant, "SUCCESS")
    assert ends["caller"]["executionId"] == identifier
