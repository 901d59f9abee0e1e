"""Jars from Maven Central: fetched once into the user's cache, checked on every start, shared between versions.

Every jar is hashed every time: the 85 MB of 1.3.31 take 0.1 s. A truncated or altered jar is fetched again. The lock of
the engine says what the hash must be; for a jar that is in no lock (a plugin's), a file beside it records the hash of
the first download. No dependencies are resolved here, and the network is not used when all jars are sound.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from threading import Event

from filelock import FileLock, Timeout

from deployer.background import ahead
from deployer.cache import VARIABLE, cache_folder
from deployer.engine.install.lock import Jar, lock_of, read
from deployer.engine.install.progress import Listener, Progress, Stage, silent
from deployer.errors import EngineError
from deployer.model.version import KestraVersion

AT_ONCE = 8  # more does not help: Maven Central sends a small jar in the time of a round trip
_WAYS = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that set the proxy to Maven Central and the certificates to trust."""
ATTEMPTS = 3
_UNFINISHED = ".fetching-"
_CHANGED = "something on the way from Maven Central alters downloads (a proxy, a mirror); try another network"

Download = Callable[[Jar, Path], Path]
"""Fetches a jar into an empty folder and returns its path. OSError when that fails, RuntimeError for an unknown jar."""


def class_path(version: KestraVersion, *, progress: Listener = silent) -> tuple[Path, ...]:
    """Return every jar of `version`, in the order of its lock, after fetching those that are missing or damaged.

    Raises EngineError when a jar cannot be fetched or does not match its lock, or the cache cannot be written.
    """
    return fetch(read(lock_of(version).read_text()), cache_folder() / "jars", progress=progress)


def fetch(
    jars: Sequence[Jar],
    folder: Path,
    *,
    stage: Stage = Stage.FETCH,
    progress: Listener = silent,
    download: Download | None = None,
) -> tuple[Path, ...]:
    """Return the path of each jar below `folder`, after fetching what is missing. Several processes may do so at once.

    A jar is fetched to a temporary folder, checked and renamed into place, so a file with its name is complete. A jar
    without a hash of its own must have the hash of its first download. `stage` is reported to `progress`.
    """
    try:
        if _missing(jars, folder):
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(folder, progress), nullcontext(download) if download else _maven_central() as source:
                _fetch_missing(jars, folder, lambda *counts: progress(Progress(stage, *counts)), source)
    except OSError as error:
        raise EngineError(
            f"jars cannot be stored in {folder}: {error.strerror or error}",
            hint=f"free some space there, or set {VARIABLE} to another folder",
        ) from error
    return tuple(folder / jar.path for jar in jars)


def _locked(folder: Path, progress: Listener) -> AbstractContextManager[object]:
    lock = FileLock(folder / ".lock")
    try:
        return lock.acquire(blocking=False)
    except Timeout:
        progress(Progress(Stage.WAIT))
        return lock.acquire()


def sha256(path: Path) -> str:
    """Return the hex digest of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _maven_central() -> AbstractContextManager[Download]:
    from deployer.engine.install.maven import maven_central  # noqa: PLC0415  (slow to import, and needed only to fill the cache)

    return maven_central(AT_ONCE)


def _missing(jars: Sequence[Jar], folder: Path) -> list[Jar]:
    return [jar for jar in jars if not (folder / jar.path).is_file() or sha256(folder / jar.path) != _hash(jar, folder)]


def _hash(jar: Jar, folder: Path) -> str:
    """Return the hash a jar must have: from its lock, else from its first download; empty when there is neither."""
    memory = _memory(folder / jar.path)
    return jar.sha256 or (memory.read_text().strip() if memory.is_file() else "")


def _memory(jar: Path) -> Path:
    return jar.with_name(jar.name + ".sha256")


def _fetch_missing(jars: Sequence[Jar], folder: Path, progress: Callable[..., None], download: Download) -> None:
    for left_over in folder.glob(f"{_UNFINISHED}*"):  # of a killed process: we hold the lock, so no one is using it
        shutil.rmtree(left_over, ignore_errors=True)
    missing, size = _missing(jars, folder), 0  # checked again: another process may have fetched some
    over = Event()
    with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=folder, ignore_cleanup_errors=True) as work:
        place = partial(_place, folder=folder, work=Path(work), download=download, over=over)
        try:
            progress(0, len(missing))
            for done, path in enumerate(ahead(place, missing, AT_ONCE), start=1):
                size += path.stat().st_size
                progress(done, len(missing), size)
        finally:
            over.set()  # after an error or ^C, what is under way is left behind and not tried again


def _place(jar: Jar, *, folder: Path, work: Path, download: Download, over: Event) -> Path:
    target, expected = folder / jar.path, _hash(jar, folder)
    fetched = _fetch_sound(jar, expected, work, download, over)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not expected:
        _memory(fetched).write_text(sha256(fetched) + "\n")
        _memory(fetched).replace(_memory(target))
    return fetched.replace(target)


def _fetch_sound(jar: Jar, expected: str, work: Path, download: Download, over: Event) -> Path:
    """Fetch a jar with the expected content, trying a few times: a cut connection leaves half a jar."""
    problem = EngineError("")
    for attempt in range(ATTEMPTS):
        if over.wait(attempt):
            break
        try:
            path = download(jar, Path(tempfile.mkdtemp(dir=work)))
        except RuntimeError as error:
            raise _unknown(jar) from error
        except OSError as error:
            problem = _unreachable(jar, error)
            continue
        found = sha256(path)
        if found == expected or (not expected and _is_whole(path)):
            return path
        problem = _mismatch(jar, expected, found)
    raise problem


def _is_whole(jar: Path) -> bool:
    """Whether every entry of a jar can be read: checked where there is no hash to compare with."""
    try:
        with zipfile.ZipFile(jar) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError):
        return False


def _unreachable(jar: Jar, error: OSError) -> EngineError:
    answer = getattr(error, "response", None)  # set when a repository refuses
    why = type(error).__name__ if answer is None else f"HTTP {answer.status_code}"
    ways = " and ".join(name for name in _WAYS if os.environ.get(name))
    return EngineError(
        f"{jar} could not be fetched from Maven Central ({why})",
        hint="only the first use needs the network" + (f"; {ways} apply to it" if ways else ""),
    )


def _unknown(jar: Jar) -> EngineError:
    return EngineError(
        f"Maven Central has no {jar}",
        hint="check its name and version; a jar from elsewhere can be given as a file",
    )


def _mismatch(jar: Jar, expected: str, found: str) -> EngineError:
    if not expected:
        return EngineError(f"the download of {jar} from Maven Central is not a complete jar", hint=_CHANGED)
    origin = "the lock" if jar.sha256 else "the first download"
    return EngineError(f"{jar} does not match {origin}: sha256 {found} instead of {expected}", hint=_CHANGED)
