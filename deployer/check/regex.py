"""Whether patterns can be read.

Why: Kestra holds an input's value to its pattern; a pattern that Java cannot read is refused.

Bad:  `validator: "[a-z"`
Good: `validator: "[a-z]+"`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Finding, Folder
from deployer.check.constraints import Asked
from deployer.check.faults import Fault, findings
from deployer.check.java_pattern import problem
from deployer.check.leaves import as_text
from deployer.check.types import Types


def check(folder: Folder) -> Iterator[Finding]:
    """Yield a finding for everything that this check is about."""
    return findings(folder, Regex=faults)


def faults(asked: Asked, types: Types) -> Iterator[Fault]:  # noqa: ARG001
    """Yield a fault where a pattern cannot be read."""
    if asked.value is not None and (wrong := problem(as_text(asked.value))):
        yield Fault(asked.route, f"the pattern cannot be read: {wrong}")
