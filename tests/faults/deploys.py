"""Deploys that are killed at a request, and deploys that run at once."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from threading import Barrier, Event
from typing import Any

from faults.changing import DEPLOYER, LONGEST, SYNC
from proxy import Fault, Passing, Proxy, pass_on

Chosen = Callable[[int, str], object]


class Halt:
    """A fault that stops at one request, before or after it was passed on, until it is let go.

    The request is named by its number, or chosen by its number and what it asks.
    """

    def __init__(self, chosen: int | Chosen, *, done: bool) -> None:
        self.reached, self.go = Event(), Event()
        self._chosen: Chosen = chosen if callable(chosen) else lambda at, _: at == chosen
        self._done = done

    def __call__(self, at: int, request: str) -> Fault | None:
        return self._halt if self._chosen(at, request) else None

    def _halt(self, request: Passing) -> None:
        if self._done:
            with request.passed() as answer:
                answer.read()
        self.reached.set()
        self.go.wait(LONGEST)
        request.close_connection = True


def kill_at(server: Proxy, chosen: int | Chosen, *, done: bool, command: Sequence[str] = SYNC) -> str:
    """Start a deploy and kill it at a request; return what it wrote where it ended before."""
    halt = Halt(chosen, done=done)
    with server.failing(halt):
        process = subprocess.Popen([*DEPLOYER, *command], stdout=subprocess.PIPE, text=True)
        while not halt.reached.wait(0.05) and process.poll() is None:
            pass
        process.kill()
        written, _ = process.communicate(timeout=LONGEST)
        halt.go.set()
        while server.under_way:  # what was sent before is done all the same
            time.sleep(0.01)
    return "" if halt.reached.is_set() else written


def both(server: Proxy, command: Sequence[str] = SYNC) -> list[tuple[int, dict[str, Any]]]:
    """Run two deploys that both have read what is live before either of them writes; how each ended and its report."""
    barrier = Barrier(2)

    def together(request: Passing) -> None:
        barrier.wait(LONGEST)
        pass_on(request)

    with server.failing(lambda _, request: together if "/flows/export/" in request else None):
        running = [subprocess.Popen([*DEPLOYER, *command], stdout=subprocess.PIPE, text=True) for _ in range(2)]
        written = [process.communicate(timeout=LONGEST)[0] for process in running]
    return [(process.returncode, json.loads(text)) for process, text in zip(running, written, strict=True)]
