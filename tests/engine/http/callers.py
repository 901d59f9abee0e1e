"""A flow that calls another, and waiting until the engine has found that out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import httpx

Seen = TypeVar("Seen")

CALLER = """id: caller
namespace: team.a
tasks:
  - id: call
    type: io.kestra.plugin.core.flow.Subflow
    namespace: team.a
    flowId: hello
"""
_LONGEST = 60.0  # seconds, which only a failure takes


def once_known(api: httpx.Client, look: Callable[[], Seen], is_known: Callable[[Seen], bool]) -> Seen:
    """Look until it is known that `CALLER` calls; what is seen when that never happens is returned too.

    Kestra finds out in another thread, after a flow is stored, who starts whom. Of two flows stored right after each
    other, the result for the first can be written last, without the second: a new revision makes it look again.
    """
    deadline = time.monotonic() + _LONGEST
    while not is_known(seen := look()) and time.monotonic() < deadline:
        time.sleep(0.5)
        text = f"# {time.monotonic()}\n{CALLER}"
        api.put("/flows/team.a/caller", content=text, headers={"content-type": "application/x-yaml"})
    return seen
