"""Whether a value that must be one of a few words is one of them.

Why: Kestra accepts no other word, nor the same word in another case.

Bad:  `behavior: skip` in a `concurrency`
Good: `behavior: QUEUE`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.language.gone import WORDS
from deployer.language.parts import Misread
from deployer.language.types import Types
from deployer.language.words import did_you_mean, gone_since
from deployer.model.problem import Effort


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a finding for every word that is not allowed."""
    for misread in flow.misread("unknown-word"):
        message, hint, effort = explain(misread, flow.types)
        yield Finding(misread.route, message, hint, effort=effort)


def explain(misread: Misread, types: Types) -> tuple[str, str, Effort | None]:
    """Return what is wrong with a word, what to write instead, and the effort of that."""
    since = gone_since(types, lambda other: misread.name in other.enums.get(misread.owner, ()))
    if since and (instead := WORDS.get(misread.name)):
        return f"`{misread.name}` is gone since Kestra {since}", instead.hint, instead.effort
    hint = did_you_mean(misread.name, misread.known) or f"one of {', '.join(misread.known)}"
    return f"`{misread.name}` is not allowed here", hint, None


CHECK = Check("unknown-value", __doc__, each=check)
