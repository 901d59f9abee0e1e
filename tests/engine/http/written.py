"""Waiting for logs: Kestra stores them a little after the execution that wrote them is over."""

from __future__ import annotations

import time
from typing import Any

import httpx

_LONGEST = 15.0  # seconds, which only a failure takes


def logs_of(api: httpx.Client, execution: str, count: int = 1) -> list[dict[str, Any]]:
    """Return an execution's log entries as soon as there are `count`, or as they are when that never happens."""
    deadline = time.monotonic() + _LONGEST
    while True:
        entries: list[dict[str, Any]] = api.get(f"/logs/{execution}").json()
        if len(entries) >= count or time.monotonic() > deadline:
            return entries
        time.sleep(0.05)
