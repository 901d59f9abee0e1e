"""Calls that run beside their caller: for requests and downloads that need not wait for each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextvars import copy_context
from functools import partial
from threading import Thread
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def start(call: Callable[[], _Result]) -> Future[_Result]:
    """Start a call in a thread; the future has its result or exception.

    Only a caller that asks for the result waits for the thread: ^C, or an error of the caller, leaves it behind.
    Python's own pools wait for their threads, so a server that does not answer would keep a run from ending. For the
    same reason this is not for writes.
    """
    future: Future[_Result] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  passed on, whatever it is
            future.set_exception(error)

    Thread(target=copy_context().run, args=(run,), name="background", daemon=True).start()
    return future


def ahead(call: Callable[[_Item], _Result], items: Iterable[_Item], at_once: int) -> Iterator[_Result]:
    """Yield the result of a call for each item, in order, with at most `at_once` calls running.

    A call that takes long holds up the results after it, but not the calls.
    """
    begun: deque[Future[_Result]] = deque()
    running: set[Future[_Result]] = set()
    for item in items:
        if len(running) == at_once:
            running = wait(running, return_when=FIRST_COMPLETED).not_done
        while begun and begun[0].done():
            yield begun.popleft().result()
        begun.append(start(partial(call, item)))
        running.add(begun[-1])
    while begun:
        yield begun.popleft().result()
