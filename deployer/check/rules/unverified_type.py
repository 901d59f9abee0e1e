"""Whether the types of plugins beyond Kestra's core could be checked.

Why: what a plugin takes is known only to the plugin. Without a description of it, only what every task has is checked,
and this says so; it is no error.

Bad:  nothing is wrong with `type: io.kestra.plugin.aws.s3.Upload`
Good: the same, with a description of the plugin at hand
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.model.plugin import artifact
from deployer.model.problem import Severity


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a notice for every type that cannot be judged."""
    for route, name in flow.read.unverified:
        message = f"`{name}` belongs to a plugin that is not known yet, so only what every task has was checked"
        plugins = f" --plugins {found}:VERSION" if (found := artifact(name)) else ""
        hint = f"`kestra-deployer schema pull{plugins}` makes it known"
        yield Finding(route, message, hint, severity=Severity.NOTICE)


CHECK = Check("unverified-type", __doc__, level=Severity.NOTICE, each=check)
