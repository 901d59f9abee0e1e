"""Server-sent events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event: `id` is start, progress or end; `data` the execution's JSON."""

    id: str
    data: str

    def encode(self) -> bytes:
        """Return the event as it goes over the wire, in the recorded form."""
        return f"id: {self.id}\ndata: {self.data}\n\n".encode()
