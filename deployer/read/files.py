"""Finds and reads the files under a path. Knows nothing of what they hold; what is too large is not read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from deployer.errors import UsageError
from deployer.model.problem import Problem, Severity
from deployer.parsing.parse import CHECK, LARGEST, LONGEST

_KINDS = ((stat.S_ISFIFO, "named pipe"), (stat.S_ISSOCK, "socket"), (stat.S_ISDIR, "folder"))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's content, under the name that people see: relative to the current folder where it is below that."""

    name: str
    content: bytes


def read_files(
    path: Path, root: Path, ignore: Sequence[str], wanted: Callable[[str], bool]
) -> tuple[list[SourceFile], list[Problem]]:
    """Return every file under `path` with a `wanted` name, in a stable order, and a problem for each unreadable one.

    Hidden files and folders are skipped, and so is what `ignore` matches (gitignore syntax, relative to `root`). A link
    to a file is read when the file lies under `path` or `root`; a link to a folder is not followed, and a warning says
    so. Raises UsageError when `path` is not there.
    """
    if not os.path.lexists(path):
        raise UsageError(
            f"no such file or folder: {path}",
            hint="paths count from the current folder: run it in the project's root, or name the folder of your flows",
        )
    found = _Found(path, root, GitIgnoreSpec.from_lines(ignore) if ignore else None)
    for file in found.walk(wanted):
        found.read(file)
    return found.sources, found.problems


class _Found:
    """What one walk finds."""

    def __init__(self, path: Path, root: Path, ignored: GitIgnoreSpec | None) -> None:
        self.sources: list[SourceFile] = []
        self.problems: list[Problem] = []
        self._path, self._root, self._ignored = path, os.path.abspath(root), ignored
        self._inside = tuple(os.path.join(os.path.realpath(each), "") for each in (path, root))
        self._here = os.path.join(Path.cwd(), "")

    def walk(self, wanted: Callable[[str], bool]) -> Iterator[str]:
        """Give the names of the files, and note what cannot be walked into."""
        if not self._path.is_dir():
            yield str(self._path)
            return
        for folder, folders, files in os.walk(self._path, onerror=self._unlisted):
            folders[:] = sorted(name for name in folders if not self._skipped(folder, name, "/"))
            for name in folders:
                if os.path.islink(inner := os.path.join(folder, name)):
                    self._say(inner, "is a link to a folder, which is not followed", Severity.WARNING)
            for name in sorted(files):
                if wanted(name) and not self._skipped(folder, name):
                    yield os.path.join(folder, name)

    def read(self, file: str) -> None:
        """Read one file, or note why not."""
        try:
            if os.path.islink(file) and not os.path.realpath(file, strict=True).startswith(self._inside):
                self._say(file, "is a link that leads out of the folder", hint="put the file itself into the folder")
            elif (content := self._bytes(file)) is not None:
                self.sources.append(SourceFile(self._shown(file), content))
        except OSError as error:
            self._say(file, f"cannot be read: {error.strerror}")

    def _bytes(self, file: str) -> bytes | None:
        """Return what is in a regular file of a sensible size; nothing else is opened, as that may never end."""
        about = os.stat(file)
        if not stat.S_ISREG(about.st_mode):
            kind = next((word for test, word in _KINDS if test(about.st_mode)), "device")
            self._say(file, f"is a {kind}, not a file")
        elif about.st_size > LARGEST:
            words = f"is {about.st_size:,} bytes large, and Kestra reads {LONGEST:,} characters"
            self._say(file, words, hint="move what is large into a namespace file")
        else:
            with open(file, "rb") as opened:
                return opened.read(LARGEST + 1)
        return None

    def _unlisted(self, error: OSError) -> None:
        self._say(str(error.filename), f"cannot be listed: {error.strerror}")

    def _skipped(self, folder: str, name: str, end: str = "") -> bool:
        if name.startswith("."):
            return True
        place = os.path.join(os.path.abspath(folder), name)
        return self._ignored is not None and self._ignored.match_file(os.path.relpath(place, self._root) + end)

    def _shown(self, file: str) -> str:
        """Return a name that can be printed whatever its bytes are."""
        name = os.path.abspath(file).removeprefix(self._here) if os.path.isabs(file) or ".." in file else file
        name = os.path.normpath(name)
        return os.fsencode(Path(name).as_posix()).decode(errors="backslashreplace")

    def _say(self, file: str, words: str, severity: Severity = Severity.ERROR, hint: str = "") -> None:
        self.problems.append(Problem(CHECK, words, self._shown(file), severity=severity, hint=hint))
