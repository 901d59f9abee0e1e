"""Whether every `type` is one that Kestra has: of tasks and triggers, and of inputs, retries and the like.

Why: Kestra refuses a flow with a type it does not know. Types of plugins that are not part of Kestra's core are not
judged here, see `unverified-type`.

Bad:  `type: io.kestra.plugin.core.log.Logg`
Good: `type: io.kestra.plugin.core.log.Log`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Finding, Folder
from deployer.check.reading import Misread
from deployer.check.types import Types
from deployer.check.words import meant, needs, short


def check(folder: Folder) -> Iterator[Finding]:
    """Yield a finding for every type that is missing or not known."""
    for flow in folder.flows:
        for misread in flow.read.misreads:
            if misread.kind == "unknown-type":
                yield flow.finding(misread.route, *_explained(misread, folder.types))


def _explained(misread: Misread, types: Types) -> tuple[str, str]:
    known = misread.known or tuple(types.plugins)
    if not misread.name:
        hint = f"one of {', '.join(known)}" if misread.known else "give the plugin's full name"
        return f"{_kind(misread.owner)} has no `type`", hint
    if not misread.known and (elsewhere := needs(types, lambda other: misread.name in other.plugins)):
        return f"Kestra {types.version} has no type `{misread.name}`: it {elsewhere}", "use what replaces it"
    same = [name for name in known if name.rpartition(".")[2] == misread.name]
    hint = f"did you mean `{same[0]}`?" if same else meant(misread.name, known)
    if not hint and misread.known:
        hint = f"one of {', '.join(known)}"
    return f"there is no type `{misread.name}` of {_kind(misread.owner)}", hint


def _kind(owner: str) -> str:
    name = short(owner).removeprefix("Abstract").lower()
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
