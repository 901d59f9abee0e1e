"""Which files below a folder declare a flow: used before a flow is deleted, so only git's own files are skipped.

Hidden, ignored and oddly named files (`x.YAML`, `x.yaml.bak`) count as well: they may be there on purpose.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from deployer.model.resource import Key
from deployer.parsing.parse import LARGEST, parse

_PASSED = (".git", ".kestra-deployer")
"""Folders whose files declare nothing: git's, and the backups of deleted flows."""
_MARKS = (".yaml", ".yml")


def find_declarations(folder: Path, keys: Collection[Key]) -> dict[Key, str]:
    """Return each of these flows that a file below `folder` declares or may declare, with the reason.

    A file that names the flow but cannot be read, or is too large, may declare it.
    """
    found: dict[Key, str] = {}
    for file in _files(folder) if keys else ():
        name = Path(os.path.relpath(file)).as_posix()
        try:
            info = file.stat()
            if not stat.S_ISREG(info.st_mode):
                continue
            text = "" if info.st_size > LARGEST else file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        if not text:
            found |= {key: f"{name} cannot be read, and may declare it" for key in keys if key not in found}
            continue
        for key in keys:
            if key not in found and key.name in text and key.namespace in text and (what := _does(name, text, key)):
                found[key] = what
    return found


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if each not in _PASSED)
        for name in sorted(names):
            if any(mark in name.lower() for mark in _MARKS):
                yield Path(place) / name


def _does(name: str, text: str, key: Key) -> str:
    document, _ = parse(name, text)
    if document is None:
        return f"{name} names it, but cannot be read"
    identity = (document.data.get("namespace"), document.data.get("id"))
    return f"{name} declares it" if identity == (key.namespace, key.name) else ""
