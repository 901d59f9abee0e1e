"""Server-sent events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event: `id` is `start`, `progress` or `end`; `data` is JSON."""

    id: str
    data: str

    def encode(self) -> bytes:
        """Return the event as it is sent, in the form recorded from Kestra."""
        return f"id: {self.id}\ndata: {self.data}\n\n".encode()
