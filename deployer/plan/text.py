"""A change as people read it: the difference of two texts, and whether it is one of comments and layout only."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from deployer.kinds import kind_of
from deployer.model.change import Action, Change
from deployer.model.ledger import digest
from deployer.model.resource import Body
from deployer.model.secret import kept_elsewhere, masked

_AROUND = 3  # lines of a text around a change


def difference(change: Change) -> tuple[str, ...]:
    """Return the lines of a unified diff, from what is live to what is sent, with what looks like a secret masked."""
    before = change.live.body if change.live else ""
    after = change.desired.body if change.desired else ""
    return _unified(before, after, f"{change.key.path} (live)", change.origin or "(deleted)")


def edits(change: Change, deployed: Body) -> tuple[str, ...]:
    """Return the same from what was deployed last to what is live: what someone edited since."""
    live, path = change.live, change.key.path
    now = f", revision {live.revision}" if live and live.revision else ""
    return _unified(
        deployed, live.body if live else "", f"{path} (deployed, revision {change.since})", f"{path} (live{now})"
    )


def counts(lines: Iterable[str]) -> tuple[int, int]:
    """Return how many lines of a diff are added and how many removed."""
    marks = [line[:1] for line in lines if not line.startswith(("+++", "---"))]
    return marks.count("+"), marks.count("-")


def _unified(one: Body, other: Body, old: str, new: str) -> tuple[str, ...]:
    """Return a unified diff of two bodies, which shows no secret of either: they are compared first, and masked then.

    What one of them takes from `secret(…)`, the other held as it was.
    """
    before, after = _text(one), _text(other)
    kept = kept_elsewhere(before) | kept_elsewhere(after)
    shown = masked(before, kept), masked(after, kept)
    groups = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines()).get_grouped_opcodes(_AROUND)
    lines = [line for group in groups for line in _hunk(group, *shown)]
    return (f"--- {old}", f"+++ {new}", *lines) if lines else ()


def _text(body: Body) -> str:
    """Return the text of a body; of bytes, what tells them from others."""
    return body if isinstance(body, str) else f"({len(body):,} bytes, SHA-256 {digest(body)})\n"


def _hunk(group: Sequence[tuple[str, int, int, int, int]], before: list[str], after: list[str]) -> Iterator[str]:
    first, last = group[0], group[-1]
    yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
    for kind, begin, end, new_begin, new_end in group:
        if kind == "equal":
            yield from (f" {line}" for line in before[begin:end])
            continue
        yield from (f"-{line}" for line in before[begin:end])
        yield from (f"+{line}" for line in after[new_begin:new_end])


def _range(begin: int, end: int) -> str:
    """Return a stretch of lines as a unified diff has it: from 1, an empty one by the line before it."""
    length = end - begin
    return str(begin + 1) if length == 1 else f"{begin + (length > 0)},{length}"


def only_layout(change: Change) -> bool:
    """Whether both sides say the same, so that only comments and layout differ."""
    if change.action is not Action.UPDATE or change.live is None or change.desired is None:
        return False
    kind = kind_of(change.key)
    return kind.same(kind.meaning(change.live.body), kind.meaning(change.desired.body))
