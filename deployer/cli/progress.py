"""Progress on stderr: one line that changes on a terminal, nothing elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.model.result import Outcome
from deployer.model.smoke import SmokeResult
from deployer.report.harmless import one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status


@dataclass(slots=True)
class Progress:
    """Shows what is being done, and how many results there are."""

    _status: Status
    _doing: str = ""
    _count: int = 0

    def __call__(self, event: str | Outcome | SmokeResult) -> None:
        """Show what is being done now, or the number of results."""
        if isinstance(event, str):
            self._doing, self._count = event, 0
            self._show(self._doing)
        else:
            self._count += 1
            self._show(f"{self._doing}: {self._count} done")

    def _show(self, text: str) -> None:
        from rich.text import Text  # noqa: PLC0415  see `console`

        self._status.update(Text(one_line(text)))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Show nothing while the context lasts, so that the user can be asked a question."""
        self._status.stop()
        try:
            yield
        finally:
            self._status.start()


def console() -> Console:
    """Return the console for progress. Its width comes from the terminal: variables may say anything."""
    from rich.console import Console  # noqa: PLC0415  it takes a tenth of the start of a command that needs no progress

    environ = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    return Console(stderr=True, soft_wrap=True, highlight=False, _environ=environ)


@contextmanager
def progress() -> Iterator[Progress]:
    """Give a listener that shows progress while the context lasts."""
    with console().status("Reading files") as status:
        yield Progress(status)
