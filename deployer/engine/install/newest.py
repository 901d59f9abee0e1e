"""Which version of a plugin fits a version of Kestra: the newest one that its engine can load.

Nothing public says it: neither the repository's metadata nor a plugin's jar names the versions of Kestra that it fits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from deployer.errors import EngineError
from deployer.model.plugin import Coordinate, Unfit

MOST = 10  # versions of one plugin that are tried


class Loaded(Protocol):
    """What came of loading plugins."""

    @property
    def left_out(self) -> Sequence[Unfit]:
        """Those that do not fit, each by the name of its jar."""


T = TypeVar("T", bound=Loaded)


@dataclass(frozen=True, slots=True)
class Fitting(Generic[T]):
    """The versions that fit, what loading them gave, and why the newest version of any other plugin does not fit."""

    chosen: tuple[Coordinate, ...] = ()
    loaded: T | None = None
    unfit: Mapping[tuple[str, str], Unfit] = field(default_factory=dict)


def find_fitting(
    versions: Mapping[tuple[str, str], Sequence[str]], load: Callable[[Sequence[Coordinate]], T]
) -> Fitting[T]:
    """Return the newest version of each plugin that can be loaded.

    `versions` has those of each (group, artifact), the newest first. All plugins are loaded together, and those that do
    not fit are tried again in their next version. Raises EngineError where each loads alone, and not with the others.
    """
    left = {plugin: list(those[:MOST]) for plugin, those in versions.items()}
    why: dict[tuple[str, str], Unfit] = {}
    while coordinates := [Coordinate(*plugin, those[0]) for plugin, those in left.items() if those]:
        loaded, misfits = _load(coordinates, load)
        if not misfits:
            unfit = {plugin: each for plugin, each in why.items() if not left[plugin]}
            return Fitting(tuple(coordinates), loaded, unfit)
        for plugin, each in misfits.items():
            why.setdefault(plugin, each)
            left[plugin].pop(0)
    return Fitting(unfit=why)


def _load(
    coordinates: Sequence[Coordinate], load: Callable[[Sequence[Coordinate]], T]
) -> tuple[T | None, dict[tuple[str, str], Unfit]]:
    """Load these plugins; return what that gave, and which of them do not fit."""
    try:
        loaded = load(coordinates)
    except EngineError as error:
        if len(coordinates) == 1:
            [one] = coordinates
            return None, {one.plugin: Unfit(_jar(one), str(error), error.hint)}
        misfits = {plugin: each for one in coordinates for plugin, each in _load([one], load)[1].items()}
        if not misfits:
            raise
        return None, misfits
    left_out = {each.jar: each for each in loaded.left_out}
    return loaded, {each.plugin: left_out[_jar(each)] for each in coordinates if _jar(each) in left_out}


def _jar(coordinate: Coordinate) -> str:
    return f"{coordinate.artifact}-{coordinate.version}.jar"
