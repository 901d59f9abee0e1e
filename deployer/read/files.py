"""Finds and reads the files under a path. Knows nothing about their content; large files are not read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from deployer.errors import UsageError
from deployer.model.problem import Problem, Severity
from deployer.parsing.parse import CHECK, LARGEST, LONGEST

_KINDS = ((stat.S_ISFIFO, "named pipe"), (stat.S_ISSOCK, "socket"), (stat.S_ISDIR, "folder"))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The content of a file, and its name for users: relative to the current folder if it is inside it."""

    name: str
    content: bytes


def read_files(
    path: Path, root: Path, ignore: Sequence[str], wanted: Callable[[str], bool]
) -> tuple[list[SourceFile], list[Problem]]:
    """Return every file under `path` with a `wanted` name, in a stable order, and a problem for each unreadable one.

    Hidden files and folders are skipped, and so is everything that `ignore` matches (gitignore syntax, relative to
    `root`). A symbolic link to a file is read if the file is under `path` or `root`; a link to a folder is not
    followed, which is reported as a warning. Raises UsageError if `path` does not exist.
    """
    if not os.path.lexists(path):
        raise UsageError(
            f"no such file or folder: {path}",
            hint="paths are relative to the current folder: run it in the project's root, or give another path",
        )
    found = _Found(path, root, GitIgnoreSpec.from_lines(ignore) if ignore else None)
    for file in found.walk(wanted):
        found.read(file)
    return found.sources, found.problems


def would_read(places: Iterable[str], path: Path, root: Path, ignore: Sequence[str]) -> Iterator[str]:
    """Yield those of these places that `read_files` would look for under `path`, if there were files."""
    ignored = GitIgnoreSpec.from_lines(ignore) if ignore else None
    path, root = (Path(os.path.realpath(each)) for each in (path, root))
    above = os.path.join(path, "")
    for place in places:
        below = place.startswith(above) and f"{os.sep}." not in os.sep + place.removeprefix(above)
        kept = ignored is None or not ignored.match_file(os.path.relpath(place, root))
        if place == str(path) or (below and kept):
            yield place


class _Found:
    """The result of one walk."""

    def __init__(self, path: Path, root: Path, ignored: GitIgnoreSpec | None) -> None:
        self.sources: list[SourceFile] = []
        self.problems: list[Problem] = []
        self._path, self._root, self._ignored = path, os.path.abspath(root), ignored
        self._inside = tuple(os.path.join(os.path.realpath(each), "") for each in (path, root))
        self._here = os.path.join(Path.cwd(), "")

    def walk(self, wanted: Callable[[str], bool]) -> Iterator[str]:
        """Yield the names of the files, and report folders that cannot be entered."""
        if not self._path.is_dir():
            yield str(self._path)
            return
        for folder, folders, files in os.walk(self._path, onerror=self._report_unlisted):
            folders[:] = sorted(name for name in folders if not self._skips(folder, name, "/"))
            for name in folders:
                if os.path.islink(inner := os.path.join(folder, name)):
                    self._report(inner, "is a symbolic link to a folder, which is not followed", Severity.WARNING)
            for name in sorted(files):
                if wanted(name) and not self._skips(folder, name):
                    yield os.path.join(folder, name)

    def read(self, file: str) -> None:
        """Read one file, or report why it cannot be read."""
        try:
            if os.path.islink(file) and not os.path.realpath(file, strict=True).startswith(self._inside):
                self._report(
                    file, "is a symbolic link that leads out of the folder", hint="put the file itself in the folder"
                )
            elif (content := self._bytes(file)) is not None:
                self.sources.append(SourceFile(self._printable(file), content))
        except OSError as error:
            self._report(file, f"cannot be read: {error.strerror}")

    def _bytes(self, file: str) -> bytes | None:
        """Return the content of a regular file of acceptable size; reading anything else might never end."""
        about = os.stat(file)
        if not stat.S_ISREG(about.st_mode):
            kind = next((word for test, word in _KINDS if test(about.st_mode)), "device")
            self._report(file, f"is a {kind}, not a file")
        elif about.st_size > LARGEST:
            words = f"has {about.st_size:,} bytes, but Kestra reads at most {LONGEST:,} characters"
            self._report(file, words, hint="move large content to a namespace file")
        else:
            with open(file, "rb") as opened:
                return opened.read(LARGEST + 1)
        return None

    def _report_unlisted(self, error: OSError) -> None:
        self._report(str(error.filename), f"cannot be listed: {error.strerror}")

    def _skips(self, folder: str, name: str, end: str = "") -> bool:
        if name.startswith("."):
            return True
        place = os.path.join(os.path.abspath(folder), name)
        return self._ignored is not None and self._ignored.match_file(os.path.relpath(place, self._root) + end)

    def _printable(self, file: str) -> str:
        """Return a name in a form that can be printed, whatever its bytes are."""
        name = os.path.abspath(file).removeprefix(self._here) if os.path.isabs(file) or ".." in file else file
        name = os.path.normpath(name)
        return os.fsencode(Path(name).as_posix()).decode(errors="backslashreplace")

    def _report(self, file: str, words: str, severity: Severity = Severity.ERROR, hint: str = "") -> None:
        self.problems.append(Problem(CHECK, words, self._printable(file), severity=severity, hint=hint))
