"""Splits strings as Java does."""

from __future__ import annotations

import re


def java_split(pattern: str, text: str) -> list[str]:
    """Return the parts between the matches of a regular expression; as in Java, trailing empty parts are dropped."""
    texts = re.split(pattern, text)
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return texts
