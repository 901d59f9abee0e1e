"""What becomes of what an operator disabled, in the text or beside it, when a new body is written. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from deployer.kinds import kind_of
from deployer.model.policy import OnDisabled
from deployer.model.resource import Resource


@dataclass(frozen=True, slots=True)
class Stopped:
    """What becomes of each.

    `written` is what is written into the new text, `off` what stays switched off beside it, `enables` what has to be
    switched on again. `reason` says all of it in words, empty where there is nothing.
    """

    written: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    enables: tuple[str, ...] = ()
    reason: str = ""

    @property
    def kept(self) -> tuple[str, ...]:
        """What stays disabled, one way or the other."""
        return (*self.written, *self.off)


def decide_stops(found: Sequence[str], desired: Resource, live: Resource, on_disabled: OnDisabled) -> Stopped:
    """Return what becomes of the stops `found` in a live text, and of what is switched off beside it."""
    kind = kind_of(desired.key)
    before, after = kind.meaning(live.body), kind.meaning(desired.wanted)
    off = kind.switched_off(live, before)
    names = tuple(dict.fromkeys((*found, *off)))
    said = {name: kind.declares(name, after) for name in names}
    there = kind.lasting_stops(names, after)
    keeps = on_disabled is not OnDisabled.ENABLE
    new = kind.renamed_stops(names, before, after) if keeps else {}
    kept = there if keeps else ()
    left = tuple(name for name in kept if name not in found and kind.stays_off(name, live, before, after))
    enabled = tuple(name for name in names if said[name] is False or (name in there and not keeps))
    gone = [name for name in names if said[name] is None and name not in there and name not in new.values()]
    return Stopped(
        written=(*(name for name in kept if name not in left), *new),
        off=left,
        enables=tuple(name for name in enabled if name in off),
        reason=_words(kept, new.items(), enabled, gone),
    )


def name_stops(names: Iterable[str]) -> str:
    """Return stops in words; the empty one is the flow itself."""
    return " and ".join(f"the trigger `{name}`" if name else "the flow" for name in names)


def stay_disabled(names: Sequence[str]) -> str:
    """Return the sentence that says so."""
    return f"{name_stops(names)} {_verb(names, 'stays', 'stay')} disabled"


def _words(kept: Sequence[str], renamed: Iterable[tuple[str, str]], enabled: Sequence[str], gone: Sequence[str]) -> str:
    def sentences() -> Iterator[str]:
        if kept:
            yield stay_disabled(kept)
        for new, old in renamed:
            yield f"{name_stops([new])} stays disabled, as `{old}` was, which it seems to have been"
        if enabled:
            yield f"{name_stops(enabled)} {_verb(enabled, 'is', 'are')} enabled again"
        if gone:
            yield f"{name_stops(gone)} {_verb(gone, 'was', 'were')} disabled, and the file has no such trigger any more"

    return "; ".join(sentences())


def _verb(names: Sequence[str], one: str, more: str) -> str:
    return one if len(names) == 1 else more
