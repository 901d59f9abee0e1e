"""Saves what is about to be deleted in a folder, a new one for each run, which only its owner can read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from deployer.errors import UsageError
from deployer.kinds import kind_of
from deployer.model.change import Action, Change

_IGNORED = "# made by kestra-deployer, for this machine alone\n*\n"
_HINT = "nothing was written: name another folder with --backup"


def save(changes: Iterable[Change], folder: Path, now: datetime, within: Path | None = None) -> str:
    """Write what is live of each resource to delete into a new folder below; return it, empty where nothing is deleted.

    The folder is kept out of git. Where it is to lie `within` another, no link may lead out of that. Raises UsageError
    where it cannot be written.
    """
    deleted = [change.live for change in changes if change.action is Action.PRUNE and change.live]
    if not deleted:
        return ""
    here = folder / now.strftime("%Y%m%dT%H%M%S.%fZ")
    try:
        if within and not folder.resolve().is_relative_to(within.resolve()):
            raise UsageError(f"{folder} is a link that leads out of {within}", hint=_HINT)
        here.mkdir(mode=0o700, parents=True)
        (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8")
        for each in deleted:
            file = here / each.key.kind / kind_of(each.key).file_of(each.key)
            if not kind_of(each.key).is_sound(each.key) or not file.resolve().is_relative_to(here.resolve()):
                raise UsageError(f"{each.key.path} cannot name a file", hint=_HINT)
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with open(number, "wb") as stream:  # noqa: PTH123
                stream.write(each.body if isinstance(each.body, bytes) else each.body.encode())
    except OSError as error:
        message = f"what would be deleted cannot be saved in {folder}: {error.strerror}"
        raise UsageError(message, hint=_HINT) from error
    return str(here)
