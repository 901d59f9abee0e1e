"""Characters that look like others, or like nothing: they make a name or a value another one, and nobody sees why."""

from __future__ import annotations

import unicodedata

_QUOTES = frozenset("\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a\u2032\u2033\uff02\uff07")
"""Quotation marks and primes that are not the two that YAML and expressions know."""
_CONFUSABLE = ("CYRILLIC", "GREEK", "ARMENIAN", "FULLWIDTH", "MATHEMATICAL")
"""Alphabets with letters that look like Latin ones: where a word has letters of both, one was pasted by mistake."""
_SPACES = frozenset({"Zs", "Zl", "Zp", "Cf"})


def explain(text: str) -> str:
    """Return which character of a name does not belong there, by its name and code point; empty if none is odd."""
    latin = any(one.isascii() and one.isalpha() for one in text)
    for one in text:
        if one.isascii():
            continue
        called = unicodedata.name(one, "")
        if unicodedata.category(one) in _SPACES or one in _QUOTES:
            return f"it contains a {called.lower() or 'character'} (U+{ord(one):04X}): delete it, or type it again"
        if latin and called.startswith(_CONFUSABLE):
            return f"`{one}` in it is a {called.lower()} (U+{ord(one):04X}): type it again"
    return ""
