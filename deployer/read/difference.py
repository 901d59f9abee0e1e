"""What of the files of a request has changed since an earlier commit, committed or not: contents are compared.

So a file that was only moved is the same, and so is one with other line ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from deployer.model.difference import Difference
from deployer.model.document import Document
from deployer.model.request import Request
from deployer.model.resource import Body, Key
from deployer.read.baseline import Baseline, baseline
from deployer.read.everything import Files, add, is_suite, is_wanted
from deployer.read.files import SourceFile, would_read


def find_difference(files: Files, request: Request) -> Difference:
    """Return what has changed since the commit that a request names. Raises UsageError.

    Files that are ignored, hidden or elsewhere did not count then either: what was copied from there is new.
    """
    before = baseline(Path(os.path.realpath(request.paths[0])), request.since or "")
    declared = {each.resource.key: _bytes(each.resource.body) for each in files.declarations if each.resource}
    suites = {each.file: _bytes(each.text) for each in files.suites}
    now = {before.hash(content) for content in (*declared.values(), *suites.values())}
    then = {str(place): before.blobs[name] for place, name in _read_then(before, request)}
    gone = {place: blob for place, blob in then.items() if blob not in now}
    contents = before.contents(sorted({*gone.values()}))
    known, texts = {*then.values()}, {_unified(content) for content in contents.values()}

    def is_new(content: bytes) -> bool:
        return before.hash(content) not in known and _unified(content) not in texts

    deleted = _declared({place: contents[blob] for place, blob in gone.items()}) - files.declared
    passing = (each for each in files.suites if _passes_changed(each, before, request.checkout.root))
    return Difference(
        since=before.called,
        is_head=before.is_head,
        flows=frozenset({key for key, content in declared.items() if is_new(content)} | deleted),
        suites=frozenset(
            {file for file, content in suites.items() if is_new(content)} | {each.file for each in passing}
        ),
    )


def _read_then(before: Baseline, request: Request) -> Iterator[tuple[Path, str]]:
    """Yield the files of the commit that this request would have read then, with their names there."""
    top, root = Path(os.path.realpath(before.top)), request.checkout.root
    named = {str(top / name): name for name in before.blobs if is_wanted(name)}
    suites = [place for place in named if is_suite(place)]
    everywhere = [root] if any(path.is_file() for path in request.paths) else []
    for path, places in (*((path, [*named]) for path in request.paths), *((path, suites) for path in everywhere)):
        for place in would_read(places, path, root, request.ignore):
            yield Path(place), named[place]


def _declared(contents: Mapping[str, bytes]) -> frozenset[Key]:
    """Return what these files declared."""
    read = Files()
    for place, content in contents.items():
        add(read, SourceFile(place, content))
    return read.declared


def _passes_changed(suite: Document, before: Baseline, root: Path) -> bool:
    """Whether a suite passes a file to its flow that has changed."""
    top = os.path.realpath(before.top)
    for file in _passed(suite, root):
        content = file.read_bytes()
        if before.blobs.get(os.path.relpath(file, top)) != before.hash(content):
            return True
    return False


def _passed(suite: Document, root: Path) -> Iterator[Path]:
    """Yield the files of the project that inputs of a suite name."""
    folder, inside = Path(suite.file).parent, os.path.realpath(root)
    cases = suite.data.get("testCases")
    for case in cases if isinstance(cases, list) else ():
        fixtures = case.get("fixtures") if isinstance(case, Mapping) else None
        for text in _texts(fixtures.get("inputs")) if isinstance(fixtures, Mapping) else ():
            if "\0" in text or not os.path.isfile(folder / text):  # noqa: PTH113  Path.is_file raises for long names
                continue
            file = Path(os.path.realpath(folder / text))
            if file.is_relative_to(inside):
                yield file


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    below = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [text for each in below for text in _texts(each)]


def _bytes(body: Body) -> bytes:
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body


def _unified(content: bytes) -> bytes:
    """Return a content with the line ends that git keeps: a checkout may have others."""
    return content.replace(b"\r\n", b"\n")
