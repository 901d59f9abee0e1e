"""Whether the tags of a worker selector are well-formed.

Why: since 2.0 tasks choose workers by tags, which are names as in DNS; Kestra refuses others.

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
    """Yield a fault where a tag is malformed."""
    if asked.value is not None and not _TAG.fullmatch(as_text(asked.value)):
        yield Finding(asked.route, "a tag has small letters, digits and `-`, at most 64, no `-` at either end")


def asserted(asked: Asked, types: Types) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a fault where what chooses among tags is there, but no tags are (`matchOnlyWithTags` names it)."""
    name, found, _ = str(asked.route[-1]).partition("OnlyWithTags")
    if found and asked.part.value.get(name) is not None and not asked.part.value.get("tags"):
        yield Finding((*asked.part.route, name), f"`{name}` chooses among `tags`, and there are none")


CHECK = Check("worker-tags", __doc__, on={"AssertTrue": asserted, "Rfc1123Label": faults})
