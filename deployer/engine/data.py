"""The folder an engine keeps its data in: claimed for one process, and marked with the release that wrote it."""

from __future__ import annotations

import re
from pathlib import Path

from filelock import FileLock, Timeout

from deployer.errors import EngineError

MARK = "kestra-version"
LOCK = ".lock"


def claim(folder: Path, release: str) -> FileLock:
    """Make `folder` this process's own and mark it with `release`; it is free again when the returned lock is dropped.

    Raises EngineError when the folder cannot be written, is in use, holds other things, or was written by a newer
    release: Kestra upgrades its tables when it starts and has no way back.
    """
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
        _check(folder, release)
        (folder / MARK).write_text(release + "\n")
    except Timeout as error:
        raise EngineError(
            f"the data folder {folder} is in use by another engine", hint="end that one, or name another folder"
        ) from error
    except OSError as error:
        raise EngineError(
            f"the data folder {folder} cannot be written: {error.strerror or error}",
            hint="name a folder that this user may write to",
        ) from error
    return lock


def _check(folder: Path, release: str) -> None:
    mark = folder / MARK
    if mark.exists():
        written_by = mark.read_text().strip()
        if _order(written_by) > _order(release):
            raise EngineError(
                f"the data folder {folder} was written by Kestra {written_by}, which is newer than {release}",
                hint="start that version, or name another folder",
            )
    elif any(entry.name != LOCK for entry in folder.iterdir()):
        raise EngineError(
            f"the folder {folder} holds something other than an engine's data",
            hint="name an empty folder, or a new one",
        )


def _order(release: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", release)))
