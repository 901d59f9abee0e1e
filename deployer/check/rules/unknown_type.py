"""Whether every `type` is one that Kestra has: of tasks and triggers, and of inputs, retries and the like.

Why: Kestra refuses a flow with a type it does not know. Types of plugins that are not part of Kestra's core are not
judged here, see `unverified-type`.

Bad:  `type: io.kestra.plugin.core.log.Logg`
Good: `type: io.kestra.plugin.core.log.Log`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.language.families import is_of
from deployer.language.gone import WORDS, type_instead
from deployer.language.parts import Misread
from deployer.language.types import Types
from deployer.language.words import gone_since, meant, needs, short
from deployer.model.problem import Effort

_SCRIPTS = "io.kestra.core.tasks.scripts."
_BEFORE_1_0 = {
    f"{_SCRIPTS}Bash": "io.kestra.plugin.scripts.shell.Commands",
    f"{_SCRIPTS}Node": "io.kestra.plugin.scripts.node.Script",
    f"{_SCRIPTS}Python": "io.kestra.plugin.scripts.python.Script",
}
"""Types that no version known here has, whose nearest names would mislead: scripts are plugins of their own."""


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a finding for every type that is missing or not known."""
    for misread in flow.read.misreads:
        if misread.kind == "unknown-type":
            message, hint, effort = _explained(misread, flow.types)
            yield Finding(misread.route, message, hint, effort=effort)


def _explained(misread: Misread, types: Types) -> tuple[str, str, Effort | None]:
    known = misread.known or _family(misread.owner, types)
    if not misread.name:
        hint = f"one of {', '.join(known)}" if misread.known else "give the plugin's full name"
        return f"{_kind(misread.owner)} has no `type`", hint, None

    def has(other: Types) -> bool:
        return misread.name in (other.polys[misread.owner]["of"] if misread.known else other.plugins)

    if since := gone_since(types, has):
        instead = WORDS.get(misread.name) if misread.known else type_instead(misread.name, types)
        return f"type `{misread.name}` is gone since Kestra {since}", *(instead or ("", None))
    if first := needs(types, has):
        return f"type `{misread.name}` needs Kestra {first} or later", "", None
    if now := _BEFORE_1_0.get(misread.name):
        return f"there is no type `{misread.name}` of {_kind(misread.owner)} any more", f"use `{now}`", None
    same = [name for name in known if name.rpartition(".")[2] == misread.name]
    hint = f"did you mean `{same[0]}`?" if same else meant(misread.name, known)
    if not hint and misread.known:
        hint = f"one of {', '.join(known)}"
    return f"there is no type `{misread.name}` of {_kind(misread.owner)}", hint, None


def _family(base: str, types: Types) -> tuple[str, ...]:
    """Return the names of all types of a family: one of another would be as wrong."""
    return tuple(name for name, cls in types.plugins.items() if is_of(cls, base, types))


def _kind(owner: str) -> str:
    name = short(owner).removeprefix("Abstract").lower()
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


CHECK = Check("unknown-type", __doc__, each=check)
