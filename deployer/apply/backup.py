"""Keeps the texts of what is about to be deleted in a folder, each run in one of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from deployer.errors import UsageError
from deployer.model.change import Action, Change

_IGNORED = "# made by kestra-deployer, for this machine alone\n*\n"


def save(changes: Iterable[Change], folder: Path, now: datetime) -> str:
    """Write the live text of each thing to delete into a new folder below; return it, empty where there is none.

    The folder is kept out of git. Raises UsageError where it cannot be written.
    """
    going = [change.live for change in changes if change.action is Action.PRUNE and change.live]
    if not going:
        return ""
    here = folder / now.strftime("%Y%m%dT%H%M%S.%fZ")
    try:
        here.mkdir(parents=True)
        (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
        for each in going:
            file = here / str(each.key.kind) / each.key.namespace / f"{each.key.name}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(each.body.encode())
    except OSError as error:
        message = f"the texts of what is to be deleted cannot be kept in {folder}: {error.strerror}"
        raise UsageError(message, hint="nothing was written: name another folder with --backup") from error
    return str(here)
