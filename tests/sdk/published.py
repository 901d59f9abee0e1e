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
    suites = [_title(suite) for suite in verdicts]
    counts = [[kind.value, *(counted[kind] for counted in kinds.values())] for kind in Kind if kind is not Kind.FAILS]
    rows = [[f"`{row.name}`", row.why, *(counted[row] or "" for counted in excused.values())] for row in table]
    return _table(["a test", *suites], counts) + "\n" + _table(["what excuses a test", "why", *suites], rows)


def without_columns(text: str, suites: Iterable[Suite]) -> str:
    """Return a text without the columns that its tables have for these suites."""
    titles = {*map(_title, suites)}
    lines: list[str] = []
    dropped: set[int] | None = None
    for line in text.splitlines(keepends=True):
        if not line.startswith("|"):
            dropped = None
            lines.append(line)
            continue
        cells = line.split("|")
        if dropped is None:
            dropped = {place for place, cell in enumerate(cells) if cell.strip() in titles}
        lines.append("|".join(cell for place, cell in enumerate(cells) if place not in dropped))
    return "".join(lines)


def _title(suite: Suite) -> str:
    return f"kestrapy {suite.sdk} on {suite.version.engine}"


def _table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)
