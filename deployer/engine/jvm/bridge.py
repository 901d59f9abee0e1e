"""The jar with which JPype joins Java and Python, at one place for all installations of one JPype.

Java keeps to a cache of loaded classes (see `prepare`) only while every jar of the class path lies where it did and is
as old as it was (asked of 25.0.2 with `-Xlog:class+path`). JPype adds the jar that was installed with it, and each
virtual environment has one of its own.
"""

from __future__ import annotations

import shutil
import tempfile
from importlib.metadata import distribution
from pathlib import Path

from deployer.cache import cache_folder
from deployer.engine.install.jars import sha256

NAME = "org.jpype.jar"
_FIRST = 12  # digits of a hash that tell one from all others


def bridge() -> Path:
    """Return the copy in the user's cache, made now if it is not there; where it cannot be kept, the installed jar."""
    installed = Path(str(distribution("jpype1").locate_file(NAME)))
    wanted = sha256(installed)
    copy = cache_folder() / "jars" / "org" / "jpype" / wanted[:_FIRST] / NAME
    try:
        if not copy.is_file() or sha256(copy) != wanted:
            _place(installed, copy)
    except OSError:  # a cache that can only be read, as in an image: Java starts as well
        return installed
    return copy


def _place(installed: Path, copy: Path) -> None:
    """Copy in one step, as other processes may be doing the same, and may have the one that was there open."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".copying-", dir=copy.parent) as folder:
        Path(shutil.copyfile(installed, Path(folder) / NAME)).replace(copy)
