"""Whether every required property is set.

Why: Kestra refuses a task, an input or a trigger without a required property. Plugin defaults of a namespace or of the
server are in no file: list them under `plugin-defaults` in kestra-deployer.yaml, by namespace, `*` for all.

Bad:  an `http.Request` without `uri`
Good: an `http.Request` with `uri: https://example.com`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.rules import identity
from deployer.language.gone import RENAMED, property_gone_since
from deployer.language.parts import Misread
from deployer.language.types import Types
from deployer.language.words import meant_word, short

NAMES = ("NotNull", "NotBlank", "NotEmpty")


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield one finding for every property that is missing or empty."""
    seen = {(each.route[:-1], _intended(each, flow.types)) for each in flow.read.misreads}
    for violation in flow.violations:
        place = (violation.route, violation.prop)
        covered = violation.route in ((), *identity.ROUTES) and (violation.prop,) in identity.ROUTES
        if violation.name not in NAMES or place in seen or covered or flow.has_default(*place):
            continue
        seen.add(place)
        there = violation.route and violation.route[-1] == violation.prop
        message = f"`{violation.prop}` of {short(violation.owner)} is {'empty' if there else 'missing'}"
        yield Finding(violation.route, message, f"give it {violation.wanted}")


def _intended(misread: Misread, types: Types) -> str:
    """Return the property that a misspelled or removed name stands for."""
    gone = misread.name in RENAMED and property_gone_since(misread.owner, misread.name, types)
    return RENAMED[misread.name] if gone else meant_word(misread.name, misread.known)


CHECK = Check("missing-property", __doc__, each=check)
