"""The log of an engine, in its folder: where it is, and what it ends with."""

from __future__ import annotations

from pathlib import Path

LOG = "engine.log"
_LINES = 15
_LONGEST = 300  # characters of a line
_READ = 1 << 16  # bytes from the end; one stack trace takes a few thousand


def tell_end(folder: Path) -> str:
    """Return the last lines of the log in an engine's folder, without the frames of stack traces, for a hint."""
    try:
        with (folder / LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _READ))
            text = file.read().decode(errors="replace")
    except OSError:
        text = ""
    lines = [line[:_LONGEST] for line in text.splitlines() if line and not line.startswith("\t")]
    return "\n".join(("the last lines of its log:", *lines[-_LINES:])) if lines else "its log is empty"
