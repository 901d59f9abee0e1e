"""What formats say of coverage, in the words of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from deployer.model.coverage import Count, Coverage, FlowCoverage
from deployer.model.result import Report

TOTAL = "total"


class Row(NamedTuple):
    """A line of the table: a flow, how much of it was reached, and what was not."""

    name: str
    reached: str
    percent: str
    missed: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether all of it was reached."""
        return self.percent == percent(Count())


def rows(coverage: Coverage) -> list[Row]:
    """Return a row for each flow, and one for the total."""
    flows = [_row(each.flow.path, each.count, _missed(each)) for each in coverage.flows]
    return [*flows, _row(TOTAL, coverage.count)]


def columns(table: Sequence[Row]) -> list[str]:
    """Return the rows as lines of text, each column as wide as its widest cell."""
    names, reached, percents, _ = (max(map(len, column)) for column in zip(*table, strict=True))
    return [
        f"{row.name:<{names}}  {row.reached:>{reached}}  {row.percent:>{percents}}  {row.missed}".rstrip()
        for row in table
    ]


def verdict(report: Report) -> str:
    """Return how much was reached, and how much has to be where that is more; empty where nobody asked."""
    if report.coverage is None:
        return ""
    found = f"{percent(report.coverage.count)} of tasks and branches reached"
    return f"{found}, less than the {report.request.min_coverage} % that are asked for" if report.uncovered else found


def percent(count: Count) -> str:
    """Return `97.6 %`, and `100 %` only for all."""
    return f"{count.percent:g} %"


def _row(name: str, count: Count, missed: str = "") -> Row:
    return Row(name, f"{count.reached}/{count.all}", percent(count), missed)


def _missed(flow: FlowCoverage) -> str:
    """Return what was not reached, each with its line: `gate.else:12, alert:13`."""
    if flow.missed and not flow.count.reached:
        return "no test reaches it"
    return ", ".join(f"{each.name}:{each.line}" if each.line else each.name for each in flow.missed)
