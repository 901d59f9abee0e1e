"""Flows with mistakes in them: the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from differential.misfits import MISFITS, misfitted
from differential.mistakes import MISTAKES, mistaken
from differential.samples import Base

from deployer.language.types import Types

_SEVERAL = ((0.75, 1), (0.93, 2), (1.0, 3))
"""How many mistakes a flow has: a share of all, up to which it is that many."""
_FAVOURED = {"a property": 8, "wrong type": 3, "value by name": 3, "a plugin default": 2, "other plugin": 2}
"""Kinds of mistakes that have many sorts within, and how often they are made for one of any other."""
KINDS = [kind for kind in (*MISTAKES, *MISFITS) for _ in range(_FAVOURED.get(kind, 1))]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A flow, what it was made of, and the mistakes in it."""

    origin: str
    kinds: tuple[str, ...]
    text: str


def mutants(bases: Sequence[Base], types: Types, seed: int, count: int) -> list[Mutant]:
    """Return that many flows with mistakes, no two alike."""
    rng = random.Random(seed)  # noqa: S311  (nothing is kept secret by it)
    sound = {base.text for base in bases}
    found: dict[str, Mutant] = {}
    while len(found) < count:
        base = rng.choice(bases)
        chance = rng.random()
        mistakes = next(many for share, many in _SEVERAL if chance <= share)
        mutant = Mutant(base.name, (), base.text)
        for _ in range(mistakes):
            mutant = _with_mistake(mutant, types, rng)
        if mutant.text not in sound:
            found.setdefault(mutant.text, mutant)
    return list(found.values())


def unspoilt(bases: Sequence[Base]) -> list[Mutant]:
    """Return the flows as they are, to be judged like the others."""
    return [Mutant(base.name, (), base.text) for base in bases]


def _with_mistake(mutant: Mutant, types: Types, rng: random.Random) -> Mutant:
    while True:
        kind = rng.choice(KINDS)
        make = mistaken(mutant.text, kind, rng) if kind in MISTAKES else misfitted(mutant.text, kind, types, rng)
        if make is not None and make != mutant.text:
            return Mutant(mutant.origin, (*mutant.kinds, kind), make)
        if not mutant.text.strip():
            return mutant
