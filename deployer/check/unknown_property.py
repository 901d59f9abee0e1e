"""Whether every property is one that its task, trigger, input … has.

Why: Kestra refuses a flow with a property it does not know; most are misspelled, at the wrong depth, or of another
version.

Bad:  `mesage: hello` in a Log task
Good: `message: hello`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Finding, Folder
from deployer.check.reading import Misread
from deployer.check.types import Types
from deployer.check.words import meant, needs, short


def check(folder: Folder) -> Iterator[Finding]:
    """Yield a finding for every property that is not known."""
    for flow in folder.flows:
        for misread in flow.read.misreads:
            if misread.kind == "unknown-property":
                message = f"`{misread.name}` is not a property of {short(misread.owner)}"
                message, hint = _explained(message, misread, folder.types)
                yield flow.finding(misread.route, message, hint, at_key=True)


def _explained(message: str, misread: Misread, types: Types) -> tuple[str, str]:
    def has(other: Types) -> bool:
        return misread.name in other.types.get(misread.owner, {}).get("props", {})

    if elsewhere := needs(types, has):
        return (
            f"{message} in Kestra {types.version}: it {elsewhere}",
            "remove it, or check with --kestra for that version",
        )
    hint = meant(misread.name, misread.known) or f"known here: {', '.join(sorted(misread.known))}"
    return message, hint
