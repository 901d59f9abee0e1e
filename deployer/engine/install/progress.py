"""What a start tells whoever waits for it: which stage it is in and how far. Drawing it is the command line's job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What the engine is doing before it answers. All but START happen once for a machine and a version or plugin."""

    PLUGINS = "fetching plugins"
    FETCH = "fetching"
    PREPARE = "preparing"
    START = "starting"


@dataclass(frozen=True, slots=True)
class Progress:
    """One message: `done` of `total` jars and their `size` in bytes so far; zero where there is nothing to count."""

    stage: Stage
    done: int = 0
    total: int = 0
    size: int = 0


Listener = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Listen to nothing."""
