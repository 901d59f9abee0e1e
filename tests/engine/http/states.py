"""Executions: waiting for one to be stored, to be in a state or to be over; counting those of a flow."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

_LONGEST = 30.0  # seconds, which only a failure takes


def when(api: httpx.Client, identifier: str, ready: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return an execution as soon as it is `ready`; AssertionError with what it was last when that never happens."""
    deadline = time.monotonic() + _LONGEST
    while True:
        answer = api.get(f"/executions/{identifier}")
        if answer.status_code == 200 and ready(answer.json()):
            execution: dict[str, Any] = answer.json()
            return execution
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.05)


def when_in(api: httpx.Client, identifier: str, *states: str) -> dict[str, Any]:
    """Return an execution as soon as it is in one of the states."""
    return when(api, identifier, lambda execution: execution["state"]["current"] in states)


def count_executions(api: httpx.Client, flow_id: str) -> int:
    """Return how many executions of a flow there are.

    The server counts them: while executions of any flow come in, those on a page move to the next.
    """
    query: dict[str, str | int] = {"filters[flowId][EQUALS]": flow_id, "size": 1}
    total: int = api.get("/executions/search", params=query).raise_for_status().json()["total"]
    return total
