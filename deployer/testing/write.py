"""A drafted test becomes the text of a suite, and the file that it goes to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from deployer.parsing.dump import dump
from deployer.testing.draft import Draft

SUFFIX = ".smoke.yaml"
HEAD = "# Left out, or to be filled in:\n"
_OTHER = ".smoke.yml"
_MOST = 1000  # files for one flow


def text(draft: Draft, name: str) -> str:
    """Return a suite with this one test, and its notes in comments above it. `name` is what the suite is called."""
    suite = {"id": name, "namespace": draft.flow.namespace, "flowId": draft.flow.name, "testCases": [draft.case]}
    notes = [f"# - {_comment(note)}\n" for note in draft.notes]
    head = [HEAD, *notes] if notes else []
    return f"{''.join(head)}{dump(suite)}"


def free_file(folder: Path, flow: str) -> Path:
    """Return where a suite of a flow goes: beside its file, and over nothing."""
    names = (flow, *(f"{flow}-{number}" for number in range(2, _MOST)))
    return next(folder / f"{name}{SUFFIX}" for name in names if not any(map(os.path.lexists, _taken(folder, name))))


def name_of(file: Path) -> str:
    """Return what the suite in a file is called."""
    return file.name.removesuffix(SUFFIX)


def write(file: Path, content: str) -> None:
    """Write a new file. Raises OSError, also where there is one by now."""
    with file.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(content)


def _taken(folder: Path, name: str) -> Iterator[Path]:
    yield folder / f"{name}{SUFFIX}"
    yield folder / f"{name}{_OTHER}"


def _comment(note: str) -> str:
    """Return a note on one line; whatever would not be seen is written as an escape."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in note)
