"""Whether the tags of a worker selector are valid.

Why: since 2.0 tasks choose workers by tags, which follow the rules of DNS names; Kestra refuses others.

Bad:  `tags: [GPU_large]`
Good: `tags: [gpu-large]`
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.types import Types

_TAG = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?")


def faults(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for an invalid tag."""
    if asked.value is not None and not _TAG.fullmatch(as_text(asked.value)):
        yield Finding(
            asked.route, "a tag must have at most 64 lowercase letters, digits and `-`, and no `-` at either end"
        )


def check_assertion(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for a property that needs tags if there are none (`matchOnlyWithTags` names it)."""
    name, found, _ = str(asked.route[-1]).partition("OnlyWithTags")
    if found and asked.part.value.get(name) is not None and not asked.part.value.get("tags"):
        yield Finding((*asked.part.route, name), f"`{name}` needs `tags`, but there are none")


CHECK = Check("worker-tags", __doc__, on={"AssertTrue": check_assertion, "Rfc1123Label": faults})
