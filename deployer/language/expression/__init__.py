"""Expressions, as Kestra's template engine (Pebble) reads them: `tokens.py` is the lexer, `grammar.py` the parser.

Nothing is evaluated. What variables there are is for others to know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from deployer.language.expression.grammar import Named, Reading, Use, read
from deployer.language.expression.tokens import Lexer, Malformed

__all__ = ["Expressions", "Malformed", "Named", "Reading", "Use"]

_RAW = re.compile(r"\{%-*\s*raw\s*-*%}([^\n\r\u0085\u2028\u2029]*?)\{%-*\s*endraw\s*-*%}")
_OPENED = re.compile(r"\{[{%#]")


class Expressions:
    """The expressions of one version of Kestra, whose `words` are those of `deployer/engine/describe/words.py`."""

    def __init__(self, words: Mapping[str, list[str]]) -> None:
        self._words = words
        self._known: dict[str, Reading] = {}  # strings that were read: many flows have the same
        self._lexer = Lexer([*words["unary"], *words["binary"]])
        signs = {word for each in (*words["unary"], *words["binary"]) for word in each.split()}
        operators = "|".join(sorted(sign for sign in signs if sign.isalpha()))
        name = rf"(?!(?:{operators})\b)[A-Za-z_]\w*"
        self._simple = re.compile(rf"(?<!\{{)\{{\{{\s*({name}(?:\.{name})*)\s*}}}}", re.ASCII)

    def read(self, text: str) -> Reading:
        """Return what a string uses. Raises Malformed if Kestra cannot read it."""
        if (known := self._known.get(text)) is not None:
            return known
        if _OPENED.search(self._simple.sub(" ", text)):
            reading = read(self._lexer.tokens(_RAW.sub(" ", text)), self._words)
        else:  # most strings have no more than `{{ inputs.day }}` in them
            reading = Reading(uses=[Use(tuple(each.split("."))) for each in self._simple.findall(text)])
        self._known[text] = reading
        return reading
