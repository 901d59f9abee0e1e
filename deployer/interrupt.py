"""^C without loss: work goes on in a thread of its own until it has come to a sound end."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import TypeVar

_Result = TypeVar("_Result")
_LOOK = 0.2  # seconds; a signal that another thread received is noticed no later than this


def finish(work: Callable[[], _Result], stop: Callable[[], None]) -> tuple[_Result, bool]:
    """Return what `work` returns, and whether ^C came meanwhile; each one calls `stop`, which asks `work` to end soon.

    Work runs in a thread because Python raises ^C in the main thread, wherever that one is at the moment. What `work`
    raises is raised here.
    """
    results: list[_Result] = []
    errors: list[BaseException] = []
    done = Event()  # not Thread.join: interrupted, that takes a running thread for an ended one (Python before 3.13)

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  handed over to the main thread, whatever it is
            errors.append(error)
        finally:
            done.set()

    thread, interrupted, begun = Thread(target=run, name="work"), False, False
    while not done.is_set():
        try:
            if not begun:
                begun = True
                thread.start()
            done.wait(_LOOK)
        except KeyboardInterrupt:
            interrupted = True
            stop()
    if errors:
        raise errors[0]
    return results[0], interrupted
