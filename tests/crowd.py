"""How many threads do something at once."""

from __future__ import annotations

import threading


class Crowd:
    """A place where each thread waits until there are so many; `most` says how many were there at the same time."""

    def __init__(self, size: int) -> None:
        self.most = 0
        self._inside = 0
        self._lock = threading.Lock()
        self._full = threading.Barrier(size)

    def visit(self) -> None:
        """Come, wait for the others, and go."""
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        self._full.wait(10)
        with self._lock:
            self._inside -= 1
