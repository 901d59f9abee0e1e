"""The expressions of a flow: the strings that Kestra renders, and what they use. Each string is read once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from deployer.language.expression import Expressions, Malformed, Reading
from deployer.language.types import Types
from deployer.model.problem import Route

_NOT_RENDERED = ("description", "documentation", "displayName", "validator", "prefill")
_RENDERS = re.compile(r"\brender(?:Once)?\(")


@dataclass(frozen=True, slots=True)
class Template:
    """A string with expressions, and what they use; or why Kestra cannot read them."""

    route: Route
    text: str
    reading: Reading
    fault: Malformed | None = None


def templates(texts: Sequence[tuple[Route, str]], source: str, types: Types) -> Iterator[Template]:
    """Yield the strings of a flow that Kestra renders, except for those that are nested too deeply to be read.

    `source` is the text of the whole flow.
    """
    if "{{" not in source and "{%" not in source and "{#" not in source:
        return
    read = _expressions(types).read
    for route, text in texts:
        if ("{{" in text or "{%" in text or "{#" in text) and _is_rendered(route, text, source):
            try:
                yield Template(route, text, read(text))
            except Malformed as error:
                yield Template(route, text, Reading(), error)
            except RecursionError:
                continue


@lru_cache(maxsize=8)
def _expressions(types: Types) -> Expressions:
    return Expressions(types.words)


def _is_rendered(route: Route, text: str, source: str) -> bool:
    """Whether Kestra renders a string before the flow or a task uses it. Tested by running flows on 1.3.31."""
    match route:
        case ("variables", *_):
            return bool(_RENDERS.search(source))
        case (*_, "cases", key) if key == text:
            return False
        case (*_, last):
            return last not in _NOT_RENDERED
    return True
