"""Text in Markdown as GitHub shows it: what others wrote makes no heading, no link, no table and no HTML there.

Code between single backticks stays code.
"""

from __future__ import annotations

import re

from deployer.report.harmless import harmless

_CODE = re.compile(r"(?<!`)(`[^`\n]+`)(?!`)")
_MEANS_MORE = re.compile(r"[\\`*~]|^#|\](?=[(\[:])|(?<![^\W_])_|_(?![^\W_])")
"""Not each `_`, `#` and `]` does: names are full of them."""
_ENTITIES = {"&": "&amp;", "<": "&lt;"}


def markdown(text: str) -> str:
    """Return a text as Markdown that reads like it, on one line."""
    parts = _CODE.split(harmless(text.strip()))
    # of three parts the second is code: nothing in it means more, but `|` in a table
    shown = [part if place % 2 else _plain(part) for place, part in enumerate(parts)]
    return "".join(shown).replace("|", "\\|").replace("\n", "<br>")


def cell(text: str, longest: int) -> str:
    """Return the text for a table's cell, cut where it is longer than so many characters."""
    return markdown(text if len(text) <= longest else f"{text[:longest]}…")


def _plain(text: str) -> str:
    for character, entity in _ENTITIES.items():
        text = text.replace(character, entity)
    return _MEANS_MORE.sub(r"\\\g<0>", text)
