"""Expressions, as Kestra's template engine (Pebble) reads them: `tokens.py` is the lexer, `grammar.py` the parser.

Nothing is evaluated, and variables are not checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from deployer.language.expression.grammar import Named, read
from deployer.language.expression.tokens import Lexer, Malformed

__all__ = ["Expressions", "Malformed", "Named"]

_RAW = re.compile(r"\{%-*\s*raw\s*-*%}([^\n\r\u0085\u2028\u2029]*?)\{%-*\s*endraw\s*-*%}")
_OPENED = re.compile(r"\{[{%#]")


class Expressions:
    """The expressions of one version of Kestra, whose `words` are those of `deployer/engine/describe/words.py`."""

    def __init__(self, words: Mapping[str, list[str]]) -> None:
        self._words = words
        self._known: dict[str, list[Named]] = {}  # strings that were read: many flows have the same
        self._lexer = Lexer([*words["unary"], *words["binary"]])
        signs = {word for each in (*words["unary"], *words["binary"]) for word in each.split()}
        operators = "|".join(sorted(sign for sign in signs if sign.isalpha()))
        name = rf"(?!(?:{operators})\b)[A-Za-z_]\w*"
        self._simple = re.compile(rf"(?<!\{{)\{{\{{\s*{name}(?:\.{name})*\s*}}}}", re.ASCII)

    def read(self, text: str) -> list[Named]:
        """Return the filters, functions and tests that a string uses. Raises Malformed if Kestra cannot read it."""
        if not _OPENED.search(self._simple.sub(" ", text)):
            return []  # most strings have no more than `{{ inputs.day }}` in them
        if text not in self._known:
            self._known[text] = read(self._lexer.tokens(_RAW.sub(" ", text)), self._words)
        return self._known[text]
