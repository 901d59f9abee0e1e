"""Whether Kestra has every `type`: of tasks and triggers, and of inputs, retries and the like.

Why: Kestra refuses a flow with an unknown type. Types of plugins outside Kestra's core are not judged here, see
`unverified-type`.

Bad:  `type: io.kestra.plugin.core.log.Logg`
Good: `type: io.kestra.plugin.core.log.Log`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.language.families import FAMILIES, is_of
from deployer.language.gone import WORDS, type_instead
from deployer.language.parts import Misread
from deployer.language.types import Types
from deployer.language.words import did_you_mean, gone_since, needs, short
from deployer.model.problem import Effort


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a finding for every missing or unknown type."""
    for misread in flow.misread("unknown-type"):
        message, hint, effort = _explain(misread, flow.types)
        yield Finding(misread.route, message, hint, effort=effort)


def _explain(misread: Misread, types: Types) -> tuple[str, str, Effort | None]:
    known = misread.known or _family(misread.owner, types)
    if not misread.name:
        hint = f"one of {', '.join(known)}" if misread.known else "use the full name of the plugin"
        return f"{_kind(misread.owner)} has no `type`", hint, None

    def has(other: Types) -> bool:
        return misread.name in (other.polys[misread.owner]["of"] if misread.known else other.plugins)

    if since := gone_since(types, has):
        instead = WORDS.get(misread.name) if misread.known else type_instead(misread.name, types)
        return f"type `{misread.name}` is gone since Kestra {since}", *(instead or ("", None))
    if first := needs(types, has):
        return f"type `{misread.name}` needs Kestra {first} or later", "", None
    same = [name for name in known if name.rpartition(".")[2] == misread.name]
    hint = f"did you mean `{same[0]}`?" if same else did_you_mean(misread.name, known)
    if not hint and misread.known:
        hint = f"one of {', '.join(known)}"
    return f"there is no type `{misread.name}` of {_kind(misread.owner)}", hint, None


def _family(base: str, types: Types) -> tuple[str, ...]:
    """Return the names of all types of a family; suggesting a type of another family would be wrong."""
    return tuple(name for name, cls in types.plugins.items() if is_of(cls, base, types))


def _kind(owner: str) -> str:
    if owner in FAMILIES:
        return FAMILIES[owner]
    name = short(owner).removeprefix("Abstract").lower()
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


CHECK = Check("unknown-type", __doc__, each=check)
