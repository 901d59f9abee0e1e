"""^C without loss: work continues in a thread of its own until it reaches a clean end."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import TypeVar

_Result = TypeVar("_Result")
_LOOK = 0.2  # seconds; a signal received by another thread is noticed within this time


def finish(work: Callable[[], _Result], stop: Callable[[], None]) -> tuple[_Result, bool]:
    """Return the result of `work`, and whether ^C was pressed; each ^C calls `stop`, which asks `work` to end soon.

    Work runs in a thread because Python raises ^C in the main thread, wherever that is at the moment. An exception of
    `work` is raised here.
    """
    results: list[_Result] = []
    errors: list[BaseException] = []
    done = Event()  # not Thread.join: if interrupted, it takes a running thread for ended (Python before 3.13)

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  passed on to the main thread, whatever it is
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
