"""One block for many notices that say the same: which plugins are not described, how often their types are used, where.

Only notices are grouped. Where the configuration makes an error or a warning of them, each has its place.
"""

from __future__ import annotations

from collections.abc import Sequence

from deployer.check.rules.unverified_type import CHECK, command
from deployer.model.problem import Problem, Severity

_MOST = 20  # types that are listed


def group(problems: Sequence[Problem]) -> list[Problem]:
    """Return the problems with the notices of unknown types made one; a single one keeps its place."""
    notices = [each for each in problems if _is_one(each)]
    if len(notices) < len(("one", "another")):
        return list(problems)
    by_type: dict[str, list[Problem]] = {}
    for each in notices:
        by_type.setdefault(each.subject, []).append(each)
    most = sorted(by_type.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    lines = [f"{name}: {_count(found)}" for name, found in most[:_MOST]]
    more = [f"and {len(most) - _MOST} more types"] if len(most) > _MOST else []
    types = f"{len(most)} types belong" if len(most) > 1 else "1 type belongs"
    head = f"{types} to plugins that are not described yet, so only common properties were checked:"
    message = "\n".join([head, *lines, *more])
    block = Problem(CHECK.name, message, severity=Severity.NOTICE, hint=command(by_type))
    return [*(each for each in problems if not _is_one(each)), block]


def _is_one(problem: Problem) -> bool:
    return problem.check == CHECK.name and problem.severity is Severity.NOTICE


def _count(found: Sequence[Problem]) -> str:
    first = found[0]
    place = f"{first.file}:{first.span.line}" if first.span else first.file
    return f"{len(found)} times, first in {place}" if len(found) > 1 else f"in {place}"
