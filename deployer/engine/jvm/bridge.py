"""The jar with which JPype connects Java and Python, in one place for all installations of the same JPype.

Java uses a cache of loaded classes (see `process.class_cache`) only while every jar of the class path has the same path
and modification time (seen on 25.0.2 with `-Xlog:class+path`). JPype adds the jar that was installed with it, and each
virtual environment has its own.
"""

from __future__ import annotations

import shutil
import tempfile
from importlib.metadata import distribution
from pathlib import Path

from deployer.cache import cache_folder
from deployer.engine.install.jars import sha256

NAME = "org.jpype.jar"
_FIRST = 12  # digits of a hash, enough to be unique


def bridge() -> Path:
    """Return the copy in the user's cache, made now if needed, or the installed jar where it cannot be copied."""
    installed = Path(str(distribution("jpype1").locate_file(NAME)))
    wanted = sha256(installed)
    copy = cache_folder() / "jars" / "org" / "jpype" / wanted[:_FIRST] / NAME
    try:
        if not copy.is_file() or sha256(copy) != wanted:
            _place(installed, copy)
    except OSError:  # a read-only cache, as in an image: Java starts without the copy too
        return installed
    return copy


def _place(installed: Path, copy: Path) -> None:
    """Replace the copy in one step, as other processes may do the same, or have the previous copy open."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".copying-", dir=copy.parent) as folder:
        Path(shutil.copyfile(installed, Path(folder) / NAME)).replace(copy)
