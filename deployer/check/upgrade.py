"""What moving a folder of flows to a later version of Kestra takes: a verdict on each, from what both versions find."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deployer.check.rules import deprecated
from deployer.model.problem import Effort, Problem
from deployer.model.upgrade import Verdict


def verdicts(files: Sequence[str], before: Iterable[Problem], after: Iterable[Problem]) -> dict[str, Verdict]:
    """Return a verdict for every file. `before` is what the rules of the version that is left find, `after` the others.

    What runs otherwise than it did counts as well as what is refused: a filter that is gone needs a rename.
    """
    refused = {problem.file for problem in before if problem.stops}
    found: dict[str | None, list[Problem]] = {}
    for problem in after:
        found.setdefault(problem.file, []).append(problem)
    return {file: _verdict(found.get(file, []), refused=file in refused) for file in files}


def _verdict(problems: Sequence[Problem], *, refused: bool) -> Verdict:
    if refused and any(problem.stops for problem in problems):
        return Verdict.REFUSED
    efforts = {problem.effort or Effort.REWRITE for problem in problems if problem.effort or problem.stops}
    if efforts:
        return Verdict.REWRITE if Effort.REWRITE in efforts else Verdict.RENAME
    old = any(problem.check == deprecated.NAME for problem in problems)
    return Verdict.DEPRECATED if old else Verdict.AS_IS
