"""What is sent for a file: its text, or one made from it. A problem in it is shown in the file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """A text for the server. `lines` has for each of its lines that of the file it comes from; none: it is the file's.

    Lines count from 1.
    """

    text: str
    lines: tuple[int, ...] = ()

    def line(self, number: int) -> int:
        """Return the line of the file that a line of the text comes from; of one past the end, the file's last."""
        return self.lines[min(number, len(self.lines)) - 1] if self.lines else number
