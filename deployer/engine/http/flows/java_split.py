"""Texts as Java cuts them."""

from __future__ import annotations

import re


def java_split(pattern: str, text: str) -> list[str]:
    """Return what stands between the matches of a regular expression; as in Java, empty ends are dropped."""
    texts = re.split(pattern, text)
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return texts
