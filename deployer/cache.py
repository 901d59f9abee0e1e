"""The user's own folders: for what is worth keeping between runs, and for what the user has decided."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_config_path

from deployer.errors import UsageError

VARIABLE = "KESTRA_DEPLOYER_CACHE"


def cache_folder() -> Path:
    """Return the folder, which need not exist: the user's own cache, or the one that the environment names.

    Raises UsageError where the user has no home and names no other folder.
    """
    named = os.environ.get(VARIABLE)
    try:
        folder = Path(named).expanduser().absolute() if named else user_cache_path("kestra-deployer")
    except (RuntimeError, ValueError) as error:  # the home of nobody
        raise _homeless(f"{VARIABLE} names {named}, which is no folder" if named else "") from error
    if not folder.is_absolute():
        raise _homeless()
    return folder


def config_folder() -> Path:
    """Return the folder for what the user decides, which need not exist. Raises UsageError where there is no home."""
    try:
        folder = user_config_path("kestra-deployer")
    except (RuntimeError, ValueError) as error:
        raise _homeless() from error
    if not folder.is_absolute():
        raise _homeless()
    return folder


def _homeless(why: str = "") -> UsageError:
    hint = f"set {VARIABLE} to a folder, or HOME"
    return UsageError(why or "the user has no home folder to keep a cache in", hint=hint)
