"""Reads files that users name or that lie where ours would: regular files only, as others may never come to an end."""

from __future__ import annotations

import stat
from pathlib import Path

_KINDS = ((stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))


def content(file: Path) -> bytes:
    """Return what is in a file. Raises OSError where it cannot be read, and where it is something else."""
    mode = file.stat().st_mode
    if not stat.S_ISREG(mode):
        kind = next((word for test, word in _KINDS if test(mode)), "device")
        raise OSError(f"it is a {kind}, not a file")
    return file.read_bytes()


def text(file: Path) -> str:
    """Return the text of a file in UTF-8. Raises as `content` does, and UnicodeDecodeError."""
    return content(file).decode("utf-8")
