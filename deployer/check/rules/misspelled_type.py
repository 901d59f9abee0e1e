"""Whether a `type` outside Kestra's core is one that no plugin has: a misspelled core type, or not a type name at all.

Why: Kestra refuses it. No plugin has such a name, so that this is certain enough without knowing the plugins.

Bad:  `type: core.log.Log`
Good: `type: io.kestra.plugin.core.log.Log`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.language.nearest import core_type, is_class_name
from deployer.model.problem import Severity


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every type that is close to a core type, or cannot be the name of a class."""
    for route, name in flow.read.unverified:
        if meant := core_type(name, flow.types):
            message, hint = f"no plugin has a type `{name}`", f"did you mean `{meant}`?"
        elif not is_class_name(name):
            message, hint = (
                f"`{name}` cannot be the name of a type",
                "write the full name of a class",
            )
        else:
            continue
        yield Finding(route, message, hint)


CHECK = Check("misspelled-type", __doc__, level=Severity.WARNING, each=check)
