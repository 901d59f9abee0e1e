"""Whether the flow's id is a reserved word.

Why: Kestra 1.x refuses a flow whose id is part of one of its own API paths.

Bad:  `id: search`
Good: `id: search_orders`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.types import Types

RESERVED = frozenset(
    [
        "pause",
        "resume",
        "force-run",
        "change-status",
        "kill",
        "executions",
        "search",
        "source",
        "disable",
        "enable",
    ]  # 1.0.36 to 1.3.31
)


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding if the flow's id is a reserved word."""
    if as_text(asked.part.value.get("id")) in RESERVED and not types.since("2.0"):
        yield Finding(("id",), "this id is reserved by Kestra", "give the flow another id")


CHECK = Check("reserved-id", __doc__, on={"FlowValidation": faults})
