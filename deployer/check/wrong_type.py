"""Whether every value is of a kind that its property takes.

Why: Kestra cannot read a flow with a list where it takes a text, or a word where it takes a number. Numbers are fine as
texts, and texts as numbers where they are one.

Bad:  `maxAttempts: many`
Good: `maxAttempts: 3`
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deployer.check import identity
from deployer.check.base import Finding, Folder

_LONGEST = 40  # characters of a value that are shown


def check(folder: Folder) -> Iterator[Finding]:
    """Yield a finding for every value of the wrong kind."""
    for flow in folder.flows:
        for misread in flow.read.misreads:
            if misread.kind == "wrong-type" and not _told_by_identity(flow.document.data, misread.route):
                name = next((str(step) for step in reversed(misread.route) if isinstance(step, str)), "the flow")
                found = _shown(_at(flow.document.data, misread.route))
                yield flow.finding(misread.route, f"`{name}` is to be {misread.wanted}, and is {found}")


def _told_by_identity(data: Any, route: tuple[str | int, ...]) -> bool:
    return route in identity.ROUTES and isinstance(_at(data, route), list | dict)


def _at(data: Any, route: tuple[str | int, ...]) -> Any:
    for step in route:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _shown(value: Any) -> str:
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case None:
            return "empty"
        case bool():
            return f"`{str(value).lower()}`"
        case _:
            text = str(value)
            return f"`{text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}`"
