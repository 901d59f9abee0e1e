"""The jars of a locked engine: fetched once into the user's cache, checked on every start, shared between versions.

Every jar is hashed every time: the 81 MB of 1.3.31 take 0.1 s, and what is truncated or altered is fetched again.
Nothing is ever resolved here: a lock names each jar. Nothing is asked of the network when all jars are sound.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from deployer.engine.lock import Jar, lock_of, read
from deployer.engine.progress import Listener, Progress, Stage, silent
from deployer.errors import EngineError
from deployer.model.version import KestraVersion

CACHE_VARIABLE = "KESTRA_DEPLOYER_CACHE"
AT_ONCE = 8  # more does not help: Maven Central answers a small jar in the time of a round trip
ATTEMPTS = 3
_UNFINISHED = ".fetching-"
_TIMEOUT = 30  # seconds without a byte

Download = Callable[[Jar, Path], Path]
"""Fetch a jar into an empty folder and return where it lies; OSError or RuntimeError when that fails."""


def cache_folder() -> Path:
    """Return the folder for everything that is worth keeping between runs."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser().absolute() if named else user_cache_path("kestra-deployer")


def class_path(version: KestraVersion, *, progress: Listener = silent) -> tuple[Path, ...]:
    """Return every jar of `version`, in the order of its lock, having fetched those that are not there or not sound.

    Raises EngineError when a jar cannot be fetched, does not match its lock, or the cache cannot be written.
    """
    return fetch(read(lock_of(version).read_text()), cache_folder() / "jars", progress=progress)


def fetch(
    jars: Sequence[Jar], folder: Path, *, progress: Listener = silent, download: Download | None = None
) -> tuple[Path, ...]:
    """Return the path of each jar below `folder`, having fetched what is missing. Safe with several processes at once.

    A jar is fetched to a folder beside the others, checked and renamed into place, so what has its name is whole.
    """
    try:
        if _missing(jars, folder):
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / ".lock"):
                _fetch_missing(jars, folder, progress, download or from_maven)
    except OSError as error:
        raise EngineError(
            f"the engine's jars cannot be kept in {folder}: {error.strerror or error}",
            hint=f"free space there, or name another folder in {CACHE_VARIABLE}",
        ) from error
    return tuple(folder / jar.path for jar in jars)


def sha256(path: Path) -> str:
    """Return the hex digest of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def from_maven(jar: Jar, folder: Path) -> Path:
    """Fetch one jar from Maven Central, as jgo is set up to reach it, into the empty `folder`."""
    from jgo.maven import MavenContext  # noqa: PLC0415  (slow to import, and needed once in the life of a cache)

    logging.getLogger("jgo").addHandler(logging.NullHandler())  # its warnings are our errors, said once
    project = MavenContext(repo_cache=folder, timeout=_TIMEOUT).project(jar.group, jar.artifact)
    return Path(project.at_version(jar.version).artifact(classifier=jar.classifier).resolve())


def _missing(jars: Sequence[Jar], folder: Path) -> list[Jar]:
    return [jar for jar in jars if not (folder / jar.path).is_file() or sha256(folder / jar.path) != jar.sha256]


def _fetch_missing(jars: Sequence[Jar], folder: Path, progress: Listener, download: Download) -> None:
    for left_over in folder.glob(f"{_UNFINISHED}*"):  # of a process that was killed: we hold the lock, it is nobody's
        shutil.rmtree(left_over, ignore_errors=True)
    missing, size = _missing(jars, folder), 0  # asked again: another process may have been faster
    with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=folder) as work, ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            progress(Progress(Stage.FETCH, 0, len(missing)))
            fetched = pool.map(lambda jar: _place(jar, folder, Path(work), download), missing)
            for done, path in enumerate(fetched, start=1):
                size += path.stat().st_size
                progress(Progress(Stage.FETCH, done, len(missing), size))
        finally:
            pool.shutdown(cancel_futures=True)  # after an error or ^C, what has not begun never begins


def _place(jar: Jar, folder: Path, work: Path, download: Download) -> Path:
    target = folder / jar.path
    fetched = _fetch_sound(jar, work, download)
    target.parent.mkdir(parents=True, exist_ok=True)
    return fetched.replace(target)


def _fetch_sound(jar: Jar, work: Path, download: Download) -> Path:
    """Fetch a jar whose content is what the lock says, trying a few times: a cut connection leaves half a jar."""
    problem = EngineError("")
    for attempt in range(ATTEMPTS):
        time.sleep(attempt)
        try:
            path = download(jar, Path(tempfile.mkdtemp(dir=work)))
        except (OSError, RuntimeError) as error:
            problem = _unreachable(jar, error)
            continue
        found = sha256(path)
        if found == jar.sha256:
            return path
        problem = _mismatch(jar, found)
    raise problem


def _unreachable(jar: Jar, error: Exception) -> EngineError:
    return EngineError(
        f"{jar} could not be fetched from Maven Central ({type(error).__name__})",
        hint="the first start of the embedded engine needs the network; after it, none",
    )


def _mismatch(jar: Jar, found: str) -> EngineError:
    return EngineError(
        f"{jar} is not what the lock says: sha256 {found} instead of {jar.sha256}",
        hint="something between here and Maven Central changes downloads (a proxy, a mirror); try another network",
    )
