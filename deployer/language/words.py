"""Words for findings: short names of classes, suggestions, and which version has what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import lru_cache

from deployer.language.types import DESCRIBED, FLOW, Types, types_of
from deployer.model.version import NAMES

_FEW = 5  # words of a suggestion


def short(cls: str) -> str:
    """Return the short name of a class: the last part of its name, `the flow` for the flow itself."""
    return "the flow" if cls == FLOW else cls.split("<", maxsplit=1)[0].rpartition(".")[2].rpartition("$")[2]


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """Return a question with the word that was probably meant, empty if none is similar."""
    word = meant_word(written, known)
    return f"did you mean `{word}`?" if word else ""


def suggest(written: str, known: Iterable[str]) -> str:
    """Return what may have been meant: the similar word, else a few of those there are, the nearest first."""
    words = list(known)
    if question := did_you_mean(written, words):
        return question
    near = _nearest(written, tuple(words), _FEW, 0)
    return (
        f"use one of {', '.join(f'`{word}`' for word in near)}" + (" …" if len(words) > len(near) else "")
        if near
        else ""
    )


def meant_word(written: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, empty if none is similar."""
    words = {word.lower(): word for word in known}
    near = _nearest(written.lower(), tuple(words), 1, 0.7)
    return words[near[0]] if near else ""


@lru_cache(maxsize=2048)
def _nearest(written: str, words: tuple[str, ...], most: int, cutoff: float) -> list[str]:
    """Return the words that are most similar; a mistake is often made many times, and this takes milliseconds."""
    return get_close_matches(written, words, n=most, cutoff=cutoff)


def needs(types: Types, has: Callable[[Types], bool]) -> str:
    """Return the first version that has something which this one and earlier ones lack, empty if none has."""
    having = _versions_with(has)
    return NAMES[min(having)] if having and min(having) > NAMES.index(types.version) else ""


def gone_since(types: Types, has: Callable[[Types], bool]) -> str:
    """Return the version that removed something which this version lacks, empty if no earlier version had it."""
    having = _versions_with(has)
    return NAMES[max(having) + 1] if having and max(having) < NAMES.index(types.version) else ""


def _versions_with(has: Callable[[Types], bool]) -> list[int]:
    return [at for at, name in enumerate(NAMES) if name in DESCRIBED and has(types_of(name))]
