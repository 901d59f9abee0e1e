"""What the benchmark of deploys has measured, and its tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

AT_ONCE = 4  # as `sync` writes by default
OURS, SDK, HTTPX, FLOOR = (
    "`sync`",
    "kestrapy, one by one",
    "httpx, one by one",
    f"creating {AT_ONCE} at a time",
)
FIRST, NOTHING, ONE = "first deploy", "nothing changed", "one changed"
SCHEDULED = "first deploy, 70 % with a schedule"
ONE_BY_ONE = "`sync --no-wait`"  # which writes flows with triggers one by one, and looks at none
HEAD = ("wall time", "requests", "processor time", "peak memory")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a side took: seconds on the clock and of the processor, requests, and megabytes at most."""

    wall: float
    requests: int
    processor: float
    megabytes: float

    @property
    def cells(self) -> tuple[str, ...]:
        """What is said of it in a table, as HEAD names it."""
        wall, processor = f"{self.wall:.2f} s", f"{self.processor:.2f} s"
        return wall, f"{self.requests:,}", processor, f"{self.megabytes:.0f} MB"


Costs = dict[tuple[str, str], list[Cost]]
"""The runs of each case and side, in their order: those in the same place were made next to each other."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure that is to be reached: its values by the column they stand in, and the bound."""

    name: str
    bound: float
    values: dict[str, float]
    least: bool = False  # the bound is the least that is wanted, else the most
    counts: tuple[str, ...] = ()  # the columns in which it is wanted; none for all

    def row(self, columns: Iterable[str]) -> list[str]:
        """Return the row of the last table."""
        shown = [f"{self.values[column]:.2f}" if column in self.values else "" for column in columns]
        where = f" at {' and '.join(self.counts)}" if self.counts else ""
        return [self.name, f"{'at least' if self.least else 'at most'} {self.bound:g}{where}", *shown, self.met]

    @property
    def met(self) -> str:
        """Whether it is reached in every column that counts, or else in which of them."""
        wanted = {column: value for column, value in self.values.items() if not self.counts or column in self.counts}
        good = [name for name, value in wanted.items() if (value >= self.bound if self.least else value <= self.bound)]
        if not wanted:
            return "not measured"
        return "yes" if len(good) == len(wanted) else f"at {', '.join(good)} only" if good else "no"


def typical(runs: Sequence[Cost]) -> Cost:
    """Return the run that took the median time."""
    return sorted(runs, key=lambda cost: cost.wall)[len(runs) // 2]


def ratio(runs: Sequence[Cost], others: Sequence[Cost]) -> float:
    """Return how much longer runs took than others that were made next to them: the median."""
    return median(run.wall / other.wall for run, other in zip(runs, others, strict=True))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)) + "\n"


def said(flows: int, loops: int, by_delay: dict[int, Costs]) -> str:
    """Return the table of all sides."""
    rows = [
        (f"{delay} ms", case, side, *typical(runs).cells)
        for delay, costs in by_delay.items()
        for (case, side), runs in sorted(
            costs.items(), key=lambda each: (FIRST, SCHEDULED, NOTHING, ONE).index(each[0][0])
        )
    ]
    fewer = f" They had {loops:,} flows; what that took beyond their start is scaled up." if loops < flows else ""
    return table(("delay", f"{flows:,} flows", "by", *HEAD), rows) + (
        f"\nThe loops write every flow whatever has changed: to them, {ONE} is the same as {NOTHING}.{fewer}\n"
    )


def said_of_large(large: dict[int, Costs]) -> str:
    """Return the table of `sync` alone; its last column compares a flow's time to that among the fewest."""
    fewest = min(large)
    rows = []
    for count, costs in large.items():
        for case in (FIRST, NOTHING):
            cost, base = typical(costs[case, OURS]), typical(large[fewest][case, OURS])
            per_flow = cost.wall / count
            rows.append(
                (f"{count:,}", case, *cost.cells, f"{per_flow * 1000:.2f} ms", f"{per_flow / base.wall * fewest:.2f}")
            )
    return table(("flows", "`sync`, no delay", *HEAD, "a flow", f"to a flow of {fewest:,}"), rows)


def said_of_aims(by_delay: dict[int, Costs], large: Costs, most: int) -> str:
    """Return the table of what is aimed at."""
    columns = {f"{delay} ms": costs for delay, costs in by_delay.items()}
    slowest = f"{max(by_delay)} ms"

    def ratios(case: str, side: str, other_case: str, other: str) -> dict[str, float]:
        return {name: ratio(costs[case, side], costs[other_case, other]) for name, costs in columns.items()}

    sdk = {
        name: typical(costs[NOTHING, SDK]).wall / typical(costs[NOTHING, OURS]).wall for name, costs in columns.items()
    }
    aims = [
        Aim(f"{NOTHING}: the kestrapy loop to `sync`", 50, sdk, least=True, counts=(slowest,)),
        Aim(f"{FIRST}: `sync` to creating {AT_ONCE} at a time", 1.15, ratios(FIRST, OURS, FIRST, FLOOR)),
        Aim(f"`sync`: {ONE} to {NOTHING}", 1.2, ratios(ONE, OURS, NOTHING, OURS)),
    ]
    if large:
        memory = max(cost.megabytes for runs in large.values() for cost in runs)
        aims.append(Aim(f"peak memory with {most:,} flows, in MB", 300, {"0 ms": memory}))
    names = sorted({*columns, *(["0 ms"] if large else [])}, key=lambda name: int(name.split()[0]))
    return table(("", "aim", *names, "met"), [aim.row(names) for aim in aims])
