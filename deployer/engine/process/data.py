"""The folder with an engine's data: locked for one process, and marked with the release that wrote it."""

from __future__ import annotations

import re
from pathlib import Path

from filelock import FileLock, Timeout

from deployer.errors import EngineError

MARK = "kestra-version"
LOCK = ".lock"


def claim(folder: Path, release: str) -> FileLock:
    """Lock `folder` for this process and mark it with `release`, until the returned lock is released or dropped.

    Raises EngineError when the folder cannot be written, is in use, contains other things, or was written by a newer
    release: Kestra upgrades its tables when it starts and cannot downgrade them.
    """
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(folder)
        lock.acquire(blocking=False)
        folder.chmod(0o700)
        _mark(folder, release)
    except Timeout as error:
        raise EngineError(
            f"the data folder {folder} is in use by another engine", hint="end that engine, or use another folder"
        ) from error
    except OSError as error:
        raise EngineError(
            f"the data folder {folder} cannot be written: {error.strerror or error}",
            hint="use a folder that this user may write to",
        ) from error
    except EngineError:
        lock.release()
        raise
    return lock


def _refuse_foreign(folder: Path) -> None:
    if not (folder / MARK).exists() and any(entry.name != LOCK for entry in folder.iterdir()):
        raise EngineError(
            f"the folder {folder} contains something other than an engine's data", hint="use a new or an empty folder"
        )


def _mark(folder: Path, release: str) -> None:
    mark = folder / MARK
    written_by = mark.read_text().strip() if mark.exists() else release
    if _order(written_by) > _order(release):
        raise EngineError(
            f"the data folder {folder} was written by Kestra {written_by}, which is newer than {release}",
            hint="start that version, or use another folder",
        )
    mark.write_text(release + "\n")


def _order(release: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", release)))
