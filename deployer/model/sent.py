"""The text that is sent for a file: the file's own, or one made from it. A problem in it is shown in the file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """A text for the server. `lines` maps each of its lines to the file's; empty where they are the same.

    Lines count from 1.
    """

    text: str
    lines: tuple[int, ...] = ()

    def line(self, number: int) -> int:
        """Return the line of the file that a line of the text comes from; past the end, the file's last."""
        return self.lines[min(number, len(self.lines)) - 1] if self.lines else number

    def after(self, earlier: Sent) -> Sent:
        """Return this text, which was made from an earlier one, with its lines mapped to the file that one is from."""
        if not earlier.lines:
            return self
        count = len(self.lines) or len(self.text.splitlines())
        return Sent(self.text, tuple(earlier.line(self.line(number)) for number in range(1, count + 1)))
