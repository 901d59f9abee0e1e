"""Whether regular expressions are valid.

Why: Kestra matches the value of an input against its pattern; it refuses a pattern that Java cannot compile.

Bad:  `validator: "[a-z"`
Good: `validator: "[a-z]+"`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.java_pattern import problem
from deployer.language.leaves import as_text
from deployer.language.types import Types


def faults(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding if a pattern is not valid."""
    if asked.value is not None and (wrong := problem(as_text(asked.value))):
        yield Finding(asked.route, f"the pattern is not valid: {wrong}")


CHECK = Check("regex", __doc__, on={"Regex": faults})
