"""Locks: which jars make up a release of the engine, each with the hash of its content. Pure but for reading the file.

A lock is `locks/kestra-RELEASE.lock`, written by `scripts/lock-engine`: a comment header, then one line
`group:artifact:version[:classifier] sha256` per jar, in the order of the class path.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from deployer.model.version import KestraVersion

LOCKS = Path(__file__).with_name("locks")
_PARTS = (3, 4)  # group:artifact:version, and a classifier where there is one


@dataclass(frozen=True, slots=True)
class Jar:
    """A jar by its Maven coordinate. `sha256` is the hex digest of its content, empty only while a lock is made."""

    group: str
    artifact: str
    version: str
    classifier: str = ""
    sha256: str = ""

    def __str__(self) -> str:
        return ":".join(part for part in (self.group, self.artifact, self.version, self.classifier) if part)

    @property
    def path(self) -> PurePosixPath:
        """Where the jar is in a folder laid out as a Maven repository."""
        ending = f"-{self.classifier}" if self.classifier else ""
        folder = PurePosixPath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}{ending}.jar"


def jar(coordinate: str, sha256: str = "") -> Jar:
    """Return the jar of `group:artifact:version[:classifier]`; ValueError for any other shape."""
    parts = coordinate.rstrip(":").split(":")
    if len(parts) not in _PARTS or not all(parts):
        raise ValueError(f"not a coordinate group:artifact:version[:classifier]: {coordinate!r}")
    group, artifact, version, classifier = [*parts, ""][:4]
    return Jar(group, artifact, version, classifier, sha256)


def lock_of(version: KestraVersion) -> Path:
    """Return the path of the lock of a version."""
    return LOCKS / f"kestra-{version.engine}.lock"


def read(text: str) -> tuple[Jar, ...]:
    """Return the jars of a lock, in its order, from its content; ValueError for a malformed line."""
    lines = (line.split("#")[0].split() for line in text.splitlines())
    return tuple(jar(coordinate, sha256) for coordinate, sha256 in filter(None, lines))


def write(jars: Iterable[Jar], *, header: str) -> str:
    """Return the content of a lock; every line of `header` becomes a comment."""
    comments = [f"# {line}".rstrip() for line in header.splitlines()]
    return "\n".join([*comments, *(f"{jar} {jar.sha256}" for jar in jars), ""])
