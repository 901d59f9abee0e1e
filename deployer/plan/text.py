"""A change as people read it: the difference of two texts, and whether it is one of comments and layout only."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from deployer.model.change import Action, Change
from deployer.plan.stops import Meaning, alike

_SECRET = re.compile(
    r"(?P<head>[+\- ]?\s*(?:- )?[\w.-]*(?:password|passwd|secret|token|api-?key|private-?key)\s*:\s*)(?P<value>\S.*)",
    re.IGNORECASE,
)
_TOLD_ELSEWHERE = re.compile(r"\{\{.*\}\}")
MASK = "••••••"


def difference(change: Change) -> Iterator[str]:
    """Yield the lines of a unified diff, from what is live to what is sent, with what looks like a secret masked."""
    before = change.live.body if change.live else ""
    after = change.desired.body if change.desired else ""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{change.key.path} (live)", change.origin or "(deleted)", lineterm=""
    )
    for line in lines:
        yield _masked(line)


def counts(change: Change) -> tuple[int, int]:
    """Return how many lines are added and how many removed."""
    lines = [line for line in difference(change) if not line.startswith(("+++", "---"))]
    return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)


def only_layout(change: Change, meaning: Meaning) -> bool:
    """Whether both texts say the same, so that only comments and layout differ."""
    if change.action is not Action.UPDATE or change.live is None or change.desired is None:
        return False
    return alike(meaning(change.live.body), meaning(change.desired.body))


def _masked(line: str) -> str:
    match = _SECRET.fullmatch(line)
    if not match or _TOLD_ELSEWHERE.search(match["value"]):
        return line
    return f"{match['head']}{MASK}"
