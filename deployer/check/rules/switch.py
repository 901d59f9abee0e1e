"""Whether a `Switch` has any tasks.

Why: without `cases` or `defaults` it could never run a task; Kestra refuses it.

Bad:  a `Switch` with `value` alone
Good: a `Switch` with `cases` or `defaults`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.types import Types


def faults(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for a `Switch` with neither cases nor defaults."""
    cases = asked.part.value.get("cases")
    if isinstance(cases, list):
        return  # `wrong-type` reports it
    there = isinstance(cases, dict) and any(tasks is not None for tasks in cases.values())
    if not there and not asked.part.value.get("defaults"):
        yield Finding(asked.part.route, "the `Switch` has no tasks", "give it `cases` or `defaults`")


CHECK = Check("switch", __doc__, on={"SwitchTaskValidation": faults})
