"""What a start reports while the user waits: its stage and how far it is. Drawing it is the command line's job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What the engine does before it answers. All but START are needed once per machine and version or plugin."""

    WAIT = "waiting for another process that fetches"
    PLUGINS = "fetching plugins"
    FETCH = "fetching"
    PREPARE = "preparing"
    START = "starting"


@dataclass(frozen=True, slots=True)
class Progress:
    """One report: `done` of `total` jars and their `size` in bytes so far; zero where there is nothing to count."""

    stage: Stage
    done: int = 0
    total: int = 0
    size: int = 0


Listener = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Ignore a report."""
