"""Virtual environments for the SDK's tests, made once and kept in the user's cache."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from deployer.cache import cache_folder

_EVERY_FILE_IS_WHOLE = """
import importlib.metadata as metadata, sys
files = [file for found in metadata.distributions() for file in found.files or () if file.size is not None]
sys.exit(not files or not all(file.locate().is_file() and file.locate().stat().st_size == file.size for file in files))
"""


def environment(requirements: Sequence[str]) -> Path:
    """Return the Python of an environment in which pip has installed exactly these.

    Safe for several processes at once; what is not whole is made anew. Raises CalledProcessError when pip cannot.
    """
    name = hashlib.sha256("\n".join([sys.version, *requirements]).encode()).hexdigest()[:16]
    folder = cache_folder() / "sdk" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    python = folder / "bin/python"
    with FileLock(f"{folder}.lock"):
        if not _sound(folder, python):
            _make(folder, python, requirements)
    return python


def _sound(folder: Path, python: Path) -> bool:
    if not (_complete(folder).exists() and python.exists()):
        return False
    return subprocess.run([python, "-I", "-c", _EVERY_FILE_IS_WHOLE], check=False).returncode == 0


def _make(folder: Path, python: Path, requirements: Sequence[str]) -> None:
    venv.create(folder, clear=True, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", *requirements], check=True)
    _complete(folder).touch()


def _complete(folder: Path) -> Path:
    return folder / ".complete"
