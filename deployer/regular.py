"""Reads and replaces files that users name or that are in our places.

Only regular files are read, as others may never end; a file is replaced in one step, as another process may read it.
"""

from __future__ import annotations

import json
import stat
import tempfile
from pathlib import Path
from typing import Any

_KINDS = ((stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))


def content(file: Path) -> bytes:
    """Return the content of a file. Raises OSError if it cannot be read, or is not a regular file."""
    mode = file.stat().st_mode
    if not stat.S_ISREG(mode):
        kind = next((word for test, word in _KINDS if test(mode)), "device")
        raise OSError(f"it is a {kind}, not a file")
    return file.read_bytes()


def text(file: Path) -> str:
    """Return the text of a file in UTF-8. Raises as `content` does, and UnicodeDecodeError."""
    return content(file).decode("utf-8")


def recall(file: Path) -> dict[str, Any]:
    """Return the JSON object in a file that is only a memory: empty if the file is missing or damaged."""
    try:
        found = json.loads(content(file))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def replace(file: Path, data: Any) -> None:
    """Replace a file by data as JSON. Only the owner can read a new file. Raises OSError."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=file.parent, prefix=f".{file.name}.", delete=False
    ) as new:
        json.dump(data, new, indent=1)
    Path(new.name).replace(file)
