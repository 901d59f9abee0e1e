"""What the benchmark of databases has measured, and its tables in Markdown."""

from __future__ import annotations

from dataclasses import dataclass

from sync_table import HEAD, OURS, Aim, Cost, ratio, table, typical

EACH = "one GET for each flow"
LEFT_OUT = """
PostgreSQL is left out, as no server was named: Kestra does not publish its library for it, so the embedded engine
cannot have it. `--server PostgreSQL=URL` measures a server that is there.
"""
__all__ = ["EACH", "FORMS", "OURS", "Content", "Form", "Measured", "said"]


@dataclass(frozen=True, slots=True)
class Content:
    """What a store is given: so many flows, each with so many revisions."""

    flows: int
    revisions: int

    def __str__(self) -> str:
        return f"{self.flows:,} flows of {self.revisions} revision{'s' if self.revisions > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Form:
    """One way of asking for all flows: a search or an export, by which operation on namespaces, sorted or not."""

    export: bool
    operation: str = ""
    sort: bool = False

    def __str__(self) -> str:
        what = "export" if self.export else "search"
        return f"{what}, {self.operation or 'no filter'}{', sorted' if self.sort else ''}"


FORMS = (
    *(Form(export=False, operation=each, sort=sort) for each in ("", "STARTS_WITH", "IN") for sort in (False, True)),
    *(Form(export=True, operation=each) for each in ("", "STARTS_WITH", "IN")),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a store took: the runs of both sides, those in the same place next to each other, and seconds by form."""

    costs: dict[str, list[Cost]]
    seconds: dict[Form, float]


def said(found: dict[Content, dict[str, Measured]], namespaces: int, *, servers: bool) -> str:
    """Return all tables of what was found, by what was stored and the name of the store."""
    rows = [
        (str(content), store, side, *typical(runs).cells)
        for content, stores in found.items()
        for store, measured in stores.items()
        for side, runs in measured.costs.items()
    ]
    names = list(next(iter(found.values())))
    parts = [
        table(("nothing changed", "on", "by", *HEAD), rows),
        f"The flows lie in {namespaces} namespaces.\n",
        table(("", "aim", *names, "met"), [_aim(content, stores).row(names) for content, stores in found.items()]),
        *(table((str(content), *names), _forms(stores)) for content, stores in found.items()),
        "In parentheses: to one GET for each flow.\n",
    ]
    return "\n".join(parts) + ("" if servers else LEFT_OUT)


def _aim(content: Content, stores: dict[str, Measured]) -> Aim:
    ratios = {name: ratio(each.costs[OURS], each.costs[EACH]) for name, each in stores.items()}
    return Aim(f"{content}: {OURS} to {EACH}", 0.33, ratios)


def _forms(stores: dict[str, Measured]) -> list[list[str]]:
    return [
        [
            str(form),
            *(
                f"{each.seconds[form]:.2f} s ({each.seconds[form] / typical(each.costs[EACH]).wall:.2f})"
                for each in stores.values()
            ),
        ]
        for form in FORMS
    ]
