"""A change as people read it: the difference of two texts, and whether it is one of comments and layout only."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from deployer.model.change import Action, Change
from deployer.plan.stops import Meaning, alike

_SECRET = re.compile(
    r"(?P<head>[+\- ]?\s*(?:- )?[\w.-]*(?:password|passwd|secret|token|api-?key|private-?key)\s*:\s*)(?P<value>\S.*)",
    re.IGNORECASE,
)
_TOLD_ELSEWHERE = re.compile(r"\{\{.*\}\}")
MASK = "••••••"


def difference(change: Change) -> tuple[str, ...]:
    """Return the lines of a unified diff, from what is live to what is sent, with what looks like a secret masked."""
    before = change.live.body if change.live else ""
    after = change.desired.body if change.desired else ""
    return _unified(before, after, f"{change.key.path} (live)", change.origin or "(deleted)")


def edits(change: Change, deployed: str) -> tuple[str, ...]:
    """Return the same from what was deployed last to what is live: what somebody edited since."""
    live, path = change.live, change.key.path
    now = f", revision {live.revision}" if live and live.revision else ""
    return _unified(
        deployed, live.body if live else "", f"{path} (deployed, revision {change.since})", f"{path} (live{now})"
    )


def counts(lines: Iterable[str]) -> tuple[int, int]:
    """Return how many lines of a diff are added and how many removed."""
    marks = [line[:1] for line in lines if not line.startswith(("+++", "---"))]
    return marks.count("+"), marks.count("-")


def _unified(before: str, after: str, old: str, new: str) -> tuple[str, ...]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), old, new, lineterm="")
    return tuple(map(_masked, lines))


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
