"""Finds and reads the YAML files under a path. Knows nothing of what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from deployer.errors import UsageError
from deployer.model.problem import Problem

SUFFIXES = (".yml", ".yaml")
SMOKE_SUFFIXES = tuple(f".smoke{suffix}" for suffix in SUFFIXES)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's text, under the name that is shown to people: relative to the current folder where it lies below it."""

    name: str
    text: str

    @property
    def is_smoke_suite(self) -> bool:
        """Whether the file holds smoke tests, not a flow."""
        return self.name.endswith(SMOKE_SUFFIXES)


def read_files(path: Path, root: Path, ignore: Sequence[str] = ()) -> tuple[list[SourceFile], list[Problem]]:
    """Return every YAML file under `path` in a stable order, and a problem for each that cannot be read.

    Hidden files and folders are skipped, and so is what `ignore` matches (gitignore syntax, relative to `root`).
    Raises UsageError when `path` is not there.
    """
    if not path.exists():
        raise UsageError(f"{path} is not there", hint="name the folder of your flows: kestra-deployer sync PATH")
    sources, problems = [], []
    for file in _walk(path, root, GitIgnoreSpec.from_lines(ignore)):
        name = _shown(file)
        try:
            sources.append(SourceFile(name, file.read_bytes().decode()))
        except OSError as error:
            problems.append(Problem("unreadable-file", f"cannot be read: {error.strerror}", name))
        except UnicodeDecodeError as error:
            message = f"is not UTF-8 text: byte {error.object[error.start]:#04x} at offset {error.start}"
            problems.append(Problem("unreadable-file", message, name, hint="save the file as UTF-8"))
    return sources, problems


def _walk(path: Path, root: Path, ignored: GitIgnoreSpec) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, folders, files in os.walk(path):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not _skipped(here / name, root, ignored, "/"))
        for name in sorted(files):
            if name.endswith(SUFFIXES) and not _skipped(here / name, root, ignored):
                yield here / name


def _skipped(path: Path, root: Path, ignored: GitIgnoreSpec, end: str = "") -> bool:
    return path.name.startswith(".") or ignored.match_file(os.path.relpath(path, root) + end)


def _shown(path: Path) -> str:
    absolute = path.absolute()
    return (absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else path).as_posix()
