"""What moving a folder of flows to a later version of Kestra takes: a verdict on each, from what both versions find."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deployer.check.rules import deprecated, duplicate_flow, unverified_type
from deployer.model.problem import Effort, Problem
from deployer.model.upgrade import Verdict

_OURS = duplicate_flow.CHECK.name
"""Stops a deploy, but no Kestra refuses the flow for it."""


def verdicts(
    files: Sequence[str], before: Iterable[Problem], after: Iterable[Problem], *, verified: bool = False
) -> dict[str, Verdict]:
    """Return a verdict for every file. `before` is what the rules of the earlier version find, `after` of the later.

    What runs differently counts as well as what is refused: a filter that is gone needs a rename. `verified` says that
    a server of the later version was asked, which knows the types that are not described here.
    """
    refused = {problem.file for problem in before if problem.stops and problem.check != _OURS}
    found: dict[str | None, list[Problem]] = {}
    for problem in after:
        if problem.check != _OURS:
            found.setdefault(problem.file, []).append(problem)
    return {file: _verdict(found.get(file, []), refused=file in refused, verified=verified) for file in files}


def _verdict(problems: Sequence[Problem], *, refused: bool, verified: bool) -> Verdict:
    if refused and any(problem.stops for problem in problems):
        return Verdict.REFUSED
    efforts = {problem.effort or Effort.REWRITE for problem in problems if problem.effort or problem.stops}
    if efforts:
        return Verdict.REWRITE if Effort.REWRITE in efforts else Verdict.RENAME
    checks = {problem.check for problem in problems}
    if unverified_type.CHECK.name in checks and not verified:
        return Verdict.UNVERIFIED
    return Verdict.DEPRECATED if deprecated.NAME in checks else Verdict.AS_IS
