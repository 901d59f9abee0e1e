"""Progress on stderr: on a terminal lines that change, elsewhere a line for each test that has ended."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from deployer.model.smoke import Awaited, SmokeCase, SmokeResult, UnderWay
from deployer.report.harmless import one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status
    from rich.text import Text

    from deployer.session import Event

_SHOWN = 8  # tests under way


def _key(case: SmokeCase) -> str:
    return f"{case.file}: {case.name}"


@dataclass(slots=True)
class _Test:
    """A test under way, and since when, in `time.monotonic()` seconds."""

    now: UnderWay
    since: float


@dataclass(slots=True)
class View:
    """What is being done, how many results there are, which tests are under way: rich asks for it again and again."""

    doing: str = ""
    total: int = 0  # of tests; 0 where it is not known
    count: int = 0
    tests: dict[str, _Test] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Take in what the run tells."""
        match event:
            case str():
                self.doing, self.total, self.count, self.tests = event, 0, 0, {}
            case Awaited():
                self.total = event.count
            case UnderWay():
                since = self.tests[_key(event.case)].since if _key(event.case) in self.tests else time.monotonic()
                self.tests[_key(event.case)] = _Test(event, since)
            case _:
                self.count += 1
                if isinstance(event, SmokeResult):
                    self.tests.pop(_key(event.case), None)

    def lines(self) -> list[str]:
        """Return the lines to show now."""
        counted = f": {self.count}/{self.total}" if self.total else f": {self.count} done" if self.count else ""
        tests = list(self.tests.values())
        shown = [f"    {self._test(each)}" for each in tests[:_SHOWN]]
        more = [f"    and {len(tests) - _SHOWN} more"] if len(tests) > _SHOWN else []
        return [one_line(each) for each in (f"{self.doing}{counted}", *shown, *more)]

    def _test(self, test: _Test) -> str:
        at = f" {test.now.task}" if test.now.task else ""
        return f"{test.now.case.name}  {test.now.state}{at} {time.monotonic() - test.since:.0f} s"

    def __rich__(self) -> Text:
        from rich.text import Text  # noqa: PLC0415  see `console`

        return Text("\n".join(self.lines()))


@dataclass(slots=True)
class Progress:
    """Shows what is being done, how many results there are, and which tests are under way."""

    _status: Status
    _console: Console
    _view: View = field(default_factory=View)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, event: Event) -> None:
        """Show what the run tells."""
        with self._lock:
            self._view.take(event)
            if self._console.is_terminal:
                self._status.update(self._view)
            elif isinstance(event, SmokeResult):
                self._console.print(one_line(line(event, self._view)), markup=False)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Show nothing while the context lasts, so that the user can be asked a question."""
        self._status.stop()
        try:
            yield
        finally:
            self._status.start()


def line(result: SmokeResult, view: View) -> str:
    """Return a line for a test that has ended: `12/40 passed company.shop/orders: orders/many-rows (1.2 s)`."""
    took = f" ({result.seconds:.1f} s)" if result.execution else ""
    return f"{view.count}/{view.total} {result.verdict} {result.case.name}{took}"


def console() -> Console:
    """Return the console for progress. Its width comes from the terminal: variables may say anything."""
    from rich.console import Console  # noqa: PLC0415  it takes a tenth of the start of a command that needs no progress

    environ = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    return Console(stderr=True, soft_wrap=True, highlight=False, _environ=environ)


@contextmanager
def progress() -> Iterator[Progress]:
    """Give a listener that shows progress while the context lasts."""
    shown = console()
    with shown.status("Reading files") as status:
        yield Progress(status, shown)
