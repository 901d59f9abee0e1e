"""The SDK's verdicts as `docs/engine.md` publishes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sdk.exclusions import Row
from sdk.suites import Suite
from sdk.verdict import Kind, Verdict


def published(verdicts: Mapping[Suite, Sequence[Verdict]], table: Iterable[Row]) -> str:
    """Return two tables of Markdown: how many tests of each suite are of each kind, and what excuses how many."""
    kinds = {suite: Counter(verdict.kind for verdict in found) for suite, found in verdicts.items()}
    excused = {suite: Counter(verdict.by for verdict in found) for suite, found in verdicts.items()}
    suites = [f"kestrapy {suite.sdk} on {suite.version.engine}" for suite in verdicts]
    counts = [[kind.value, *(counted[kind] for counted in kinds.values())] for kind in Kind if kind is not Kind.FAILS]
    rows = [[f"`{row.name}`", row.why, *(counted[row] or "" for counted in excused.values())] for row in table]
    return _table(["a test", *suites], counts) + "\n" + _table(["what excuses a test", "why", *suites], rows)


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)
