"""Which names below `inputs` or `vars` the strings of a flow read, rather one too many than one too few.

So a string counts whether Kestra renders it or not, well-formed or not, and so does what only looks like an expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from deployer.check.base import FlowFile

_STEPS = r"""((?:\s*\.\s*[\w-]+|\s*\[\s*(?:'[^']*'|"[^"]*")\s*\])*)"""
_STEP = re.compile(r"""\.\s*([\w-]+)|'([^']*)'|"([^"]*)\"""")
_ELSEWHERE = re.compile(r"\brender(?:Once)?\s*\((?!\s*vars\b)|\b(?:print|fetch)Context\s*\(|\[\[>|\bflows?\.Template\b")
"""Where a template outside the flow may read anything."""
_SIGNS = ("render", "Context", "[[>", ".Template")  # without one of these, `_ELSEWHERE` need not look


def may_read_elsewhere(flow: FlowFile) -> bool:
    """Whether a template outside the flow may read what the flow declares."""
    text = flow.document.text
    return any(sign in text for sign in _SIGNS) and bool(_ELSEWHERE.search(text))


def reads(flow: FlowFile, root: str) -> set[str]:
    """Return the names that are read below a root, nested ones with dots; an empty string means all of them."""
    return set(_reads(flow, root))


def covers(read: set[str], name: str) -> bool:
    """Whether a name is read, all of a nested one or a part of its value."""
    return any(not path or path == name or path.startswith(f"{name}.") or name.startswith(f"{path}.") for path in read)


def _reads(flow: FlowFile, root: str) -> Iterator[str]:
    pattern = _pattern(root)
    for route, text in flow.texts:
        for match in pattern.finditer(text) if root in text else ():
            path = ".".join(next(filter(None, step), "") for step in _STEP.findall(match[1]))
            if path or "{{" in text or "{%" in text:
                yield path
                yield path.partition("-")[0]  # `inputs.a-b` is `a` less `b`
        if "dependsOn" in route:
            yield text


@lru_cache
def _pattern(root: str) -> re.Pattern[str]:
    return re.compile(rf"\b{root}\b{_STEPS}")
