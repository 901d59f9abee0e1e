"""How findings speak: short names of classes, what was probably meant, which version has what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from deployer.check.types import FLOW, Types, types_of
from deployer.model.version import NAMES


def short(cls: str) -> str:
    """Return a class as people call it: the last part of its name, `the flow` for the whole."""
    return "the flow" if cls == FLOW else cls.split("<", maxsplit=1)[0].rpartition(".")[2].rpartition("$")[2]


def meant(written: str, known: Iterable[str]) -> str:
    """Return a question for what was probably meant, empty where nothing is near."""
    word = meant_word(written, known)
    return f"did you mean `{word}`?" if word else ""


def meant_word(written: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, empty where none is near."""
    words = {word.lower(): word for word in known}
    near = get_close_matches(written.lower(), words, n=1, cutoff=0.7)
    return words[near[0]] if near else ""


def needs(types: Types, has: Callable[[Types], bool]) -> str:
    """Return which other versions have something that this one lacks: `needs Kestra 1.1 or later`, or empty."""
    having = [name for name in NAMES if has(types_of(name))]
    if not having:
        return ""
    here = NAMES.index(types.version)
    later = [name for name in having if NAMES.index(name) > here]
    if later and not any(NAMES.index(name) < here for name in having):
        return f"needs Kestra {later[0]} or later"
    return f"is gone since Kestra {NAMES[NAMES.index(having[-1]) + 1]}" if not later else ""
