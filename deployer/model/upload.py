"""A file that is sent as the value of an input: its name, and what is in it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Upload:
    """A file. `name` is what Kestra stores it as, with no folder."""

    name: str
    data: bytes = field(repr=False)
