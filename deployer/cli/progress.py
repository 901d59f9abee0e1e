"""Progress on stderr: one line that changes on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from deployer.model.result import Outcome
from deployer.model.smoke import SmokeResult
from deployer.pipeline import Listen


@contextmanager
def progress() -> Iterator[Listen]:
    """Give a listener that shows what is under way, and how many results there are, while the context lasts."""
    console = Console(stderr=True)
    with console.status("Reading files") as status:
        doing, count = "", 0

        def listen(event: str | Outcome | SmokeResult) -> None:
            nonlocal doing, count
            if isinstance(event, str):
                doing, count = event, 0
                status.update(doing)
            else:
                count += 1
                status.update(f"{doing}: {count} done")

        yield listen
