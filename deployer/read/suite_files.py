"""Finds the files that smoke tests pass to inputs of type FILE: in the suite, beside it, or in Kestra's storage.

Kestra's own suites have the content of a file under `fixtures: files` and refer to it as `{{ files['data.csv'] }}`, and
to a namespace file as `{{ fileURI('data.csv') }}`. In addition, a path is a file of the project, relative to the suite.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.model.smoke import SUITE, Prepared, SmokeCase
from deployer.model.upload import Upload

_INLINE = re.compile(r"""\{\{\s*files(?:\[\s*(?P<quote>['"])(?P<name>[^'"]+)(?P=quote)\s*\]|\.(?P<word>\w+))\s*\}\}""")
_OF_NAMESPACE = re.compile(r"""\{\{\s*fileURI\(\s*(?P<quote>['"])(?P<name>[^'"]+)(?P=quote)\s*\)\s*\}\}""")
_URI = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):/")
_STORED = ("kestra", "nsfile", "file")
_HOW = (
    "use the path of a file beside the suite, or `{{ files['NAME'] }}` with its content under `fixtures: files: NAME`"
)


def with_files(
    cases: Sequence[Prepared], suites: Sequence[Document], root: Path
) -> tuple[list[SmokeCase], list[Problem]]:
    """Return the cases with their files, and a problem for each that does not exist or is outside `root`.

    A file of the project stays a `Path`, which is read when it is sent.
    """
    documents = {each.file: each for each in suites}
    found: list[SmokeCase] = []
    problems: list[Problem] = []
    for each in cases:
        case, inputs = each.case, dict(each.case.inputs)
        for name, route in each.files.items():
            try:
                inputs[name] = _file(inputs[name], case, root)
            except ValueError as error:
                document = documents[case.file]
                span = document.marks.at(route)
                excerpt = document.excerpt(span)
                problems.append(Problem(SUITE, str(error), case.file, span, hint=_HOW, excerpt=excerpt))
        found.append(replace(case, inputs=inputs))
    return found, problems


def _file(value: Any, case: SmokeCase, root: Path) -> Upload | Path | str:
    """Return the file that a value names; a URI in Kestra's storage stays unchanged. ValueError has a sentence."""
    if not isinstance(value, str):
        raise ValueError("an input of type FILE needs the path of a file")  # noqa: TRY004  as for any other invalid path
    if inline := _INLINE.fullmatch(value.strip()):
        name = inline["name"] or inline["word"]
        if name not in case.files:
            raise ValueError(f"`{name}` is not under `files` of the case")
        return Upload(name, case.files[name].encode())
    if stored := _OF_NAMESPACE.fullmatch(value.strip()):
        return f"nsfile:///{stored['name'].lstrip('/')}"
    if "{{" in value:
        raise ValueError("the only expressions here are `files[…]` and `fileURI(…)`")
    if uri := _URI.match(value):
        if uri["scheme"] in _STORED:
            return value
        raise ValueError(f"Kestra accepts no file from {uri['scheme']}:")
    return _path(value, case, root)


def _path(value: str, case: SmokeCase, root: Path) -> Path:
    path = Path(os.path.realpath(Path(case.file).parent / value))
    if not path.is_relative_to(os.path.realpath(root)):
        raise ValueError(f"{value} is outside the project's root")
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        raise ValueError(f"there is no file {value} beside the suite") from None
    if not regular:
        raise ValueError(f"{value} is not a file")
    return path
