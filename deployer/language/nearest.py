"""Which of Kestra's own types a name outside its core was meant to be."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from deployer.language.types import Types

_FAR = 2  # characters that differ; what differs more may be another plugin: `fs.http.Download` and `core.http.Download`
_CLASS = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)+", re.ASCII)


def is_class_name(name: str) -> bool:
    """Whether Java could call a class so, in a package."""
    return bool(_CLASS.fullmatch(name))


@lru_cache(maxsize=1024)
def core_type(name: str, types: Types) -> str:
    """Return the core type that a name outside the core is the end of, or nearly is; empty if there is none."""
    plain = re.sub(r"[^\w.$]", "", name).strip(".")
    known = [each for each in types.plugins if each.startswith("io.kestra.plugin.core.")]
    ends = [each for each in known if each == plain or each.endswith(f".{plain}")]
    if len(ends) == 1:
        return ends[0]
    near = [each for each in known if abs(len(each) - len(plain)) <= _FAR and _differing(each, plain) <= _FAR]
    return min(near, key=lambda each: _differing(each, plain), default="")


def _differing(one: str, other: str) -> int:
    """Return how many characters have to be changed."""
    changes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return sum(max(end - begin, last - first) for kind, begin, end, first, last in changes if kind != "equal")
