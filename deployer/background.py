"""Calls that go on beside what their caller does: for requests that need not wait for each other's answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from threading import Thread
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def started(call: Callable[[], _Result]) -> Future[_Result]:
    """Begin a call in a thread; the future gives what it returns or raises.

    Nothing waits for the thread but who asks for the result: ^C, or an error of the caller, leaves it behind. Python's
    own pools wait for theirs, so a server that does not answer would keep a run from ending. Not for writes, therefore.
    """
    future: Future[_Result] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  handed over, whatever it is
            future.set_exception(error)

    Thread(target=copy_context().run, args=(run,), name="background", daemon=True).start()
    return future


def ahead(call: Callable[[_Item], _Result], items: Iterable[_Item], at_once: int) -> Iterator[_Result]:
    """Yield what a call returns for each item, in their order, with so many calls under way at once."""
    under_way: deque[Future[_Result]] = deque()
    for item in items:
        if len(under_way) == at_once:
            yield under_way.popleft().result()
        under_way.append(started(partial(call, item)))
    while under_way:
        yield under_way.popleft().result()
