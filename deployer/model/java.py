"""What Java does with texts and Python does otherwise, where Kestra's verdict or answer depends on it."""

from __future__ import annotations

BLANKS = "".join(map(chr, range(0x21)))
"""What Java's `trim()` takes away: every control character and the space, no other white space such as U+00A0."""
