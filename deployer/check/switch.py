"""Whether a `Switch` has anything to do.

Why: without a case and without defaults it could never run a task; Kestra refuses it.

Bad:  a `Switch` with `value` alone
Good: a `Switch` with `cases` or `defaults`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Finding, Folder
from deployer.check.constraints import Asked
from deployer.check.faults import Fault, findings
from deployer.check.types import Types


def check(folder: Folder) -> Iterator[Finding]:
    """Yield a finding for everything that this check is about."""
    return findings(folder, SwitchTaskValidation=faults)


def faults(asked: Asked, types: Types) -> Iterator[Fault]:  # noqa: ARG001
    """Yield a fault at a `Switch` with neither cases nor defaults."""
    cases = asked.part.value.get("cases")
    there = isinstance(cases, dict) and any(tasks is not None for tasks in cases.values())
    if not there and not asked.part.value.get("defaults"):
        yield Fault(asked.part.route, "the `Switch` has no tasks", "give it `cases` or `defaults`")
