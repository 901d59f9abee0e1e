"""Whether lists hold nothing that is empty.

Why: Kestra stumbles over an input or an output that is not there, and refuses the flow.

Bad:  a `-` without anything behind it in `inputs`
Good: the list without it
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Finding, Folder
from deployer.check.constraints import Asked
from deployer.check.faults import Fault, findings
from deployer.check.types import Types

_LISTS = ("inputs", "outputs")


def check(folder: Folder) -> Iterator[Finding]:
    """Yield a finding for everything that this check is about."""
    return findings(folder, FlowValidation=faults)


def faults(asked: Asked, types: Types) -> Iterator[Fault]:  # noqa: ARG001
    """Yield a fault at every empty item of the flow's inputs and outputs."""
    for name in _LISTS:
        listed = asked.part.value.get(name)
        for at, one in enumerate(listed if isinstance(listed, list) else ()):
            if one is None:
                yield Fault((name, at), f"an item of `{name}` is empty", "remove the `-`")
