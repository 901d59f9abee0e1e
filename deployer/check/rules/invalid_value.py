"""Whether values respect the bounds and patterns that Kestra sets for them.

Why: Kestra refuses a flow with invalid characters in an id, or with a number or a duration out of bounds.

Bad:  `id: my task`
Good: `id: my_task`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.rules import identity, missing_property
from deployer.language.words import short


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a finding for every value out of its bounds."""
    for violation in flow.violations:
        if violation.name not in missing_property.NAMES and violation.route not in identity.ROUTES:
            message = f"`{violation.prop}` of {short(violation.owner)} must be {violation.wanted}"
            yield Finding(violation.route, message)


CHECK = Check("invalid-value", __doc__, each=check)
