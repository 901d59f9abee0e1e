"""The folder for everything that is worth keeping between runs."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

VARIABLE = "KESTRA_DEPLOYER_CACHE"


def cache_folder() -> Path:
    """Return the folder, which need not exist: the user's own cache, or the one that the environment names."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser().absolute() if named else user_cache_path("kestra-deployer")
