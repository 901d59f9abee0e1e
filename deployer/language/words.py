"""How findings speak: short names of classes, what was probably meant, which version has what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from deployer.language.types import DESCRIBED, FLOW, Types, types_of
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
    """Return the first version that has something which this one and those before it lack, empty where none has."""
    having = _having(has)
    return NAMES[min(having)] if having and min(having) > NAMES.index(types.version) else ""


def gone_since(types: Types, has: Callable[[Types], bool]) -> str:
    """Return the version from which on something that this version lacks is gone, empty where none before had it."""
    having = _having(has)
    return NAMES[max(having) + 1] if having and max(having) < NAMES.index(types.version) else ""


def _having(has: Callable[[Types], bool]) -> list[int]:
    return [at for at, name in enumerate(NAMES) if name in DESCRIBED and has(types_of(name))]
