"""A flow as lines: what belongs to one, and putting another in its place."""

from __future__ import annotations

import random
from collections.abc import Callable

Lines = list[str]
Mistake = Callable[[Lines, int, random.Random], Lines | None]
"""Takes the lines and where, and returns what they become; None where there is no place for it."""


def change(lines: Lines, at: int, line: str) -> Lines:
    return [*lines[:at], line, *lines[at + 1 :]]


def block(lines: Lines, at: int) -> int:
    """Return where what belongs to a line ends."""
    depth = depth_of(lines[at])
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or depth_of(lines[end]) > depth):
        end += 1
    return end


def depth_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
