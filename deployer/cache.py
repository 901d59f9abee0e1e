"""The user's own folders: for data that is worth keeping between runs, and for decisions of the user."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_config_path

from deployer.errors import UsageError

VARIABLE = "KESTRA_DEPLOYER_CACHE"


def cache_folder() -> Path:
    """Return the cache folder, which need not exist: the user's own, or the one set in the environment.

    Raises UsageError if the user has no home folder and sets no other.
    """
    named = os.environ.get(VARIABLE)
    try:
        folder = Path(named).expanduser().absolute() if named else user_cache_path("kestra-deployer")
    except (RuntimeError, ValueError) as error:  # the user has no home folder
        raise _homeless(f"{VARIABLE} is set to {named}, which is not a folder" if named else "") from error
    if not folder.is_absolute():
        raise _homeless()
    return folder


def config_folder() -> Path:
    """Return the folder for decisions of the user, which need not exist. Raises UsageError if there is no home."""
    try:
        folder = user_config_path("kestra-deployer")
    except (RuntimeError, ValueError) as error:
        raise _homeless() from error
    if not folder.is_absolute():
        raise _homeless()
    return folder


def _homeless(why: str = "") -> UsageError:
    hint = f"set {VARIABLE} to a folder, or HOME"
    return UsageError(why or "the user has no home folder for a cache", hint=hint)
