"""Progress on stderr: one line that changes on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.status import Status

from deployer.model.result import Outcome
from deployer.model.smoke import SmokeResult


@dataclass(slots=True)
class Progress:
    """Hears what is under way, and every result, and shows it."""

    _status: Status
    _doing: str = ""
    _count: int = 0

    def __call__(self, event: str | Outcome | SmokeResult) -> None:
        """Show what is done now, or how many results there are."""
        if isinstance(event, str):
            self._doing, self._count = event, 0
            self._status.update(self._doing)
        else:
            self._count += 1
            self._status.update(f"{self._doing}: {self._count} done")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Show nothing while the context lasts, so that a person can be asked."""
        self._status.stop()
        try:
            yield
        finally:
            self._status.start()


@contextmanager
def progress() -> Iterator[Progress]:
    """Give a listener that shows what is under way while the context lasts."""
    with Console(stderr=True).status("Reading files") as status:
        yield Progress(status)
