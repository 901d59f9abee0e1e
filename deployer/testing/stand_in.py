"""A flow's text in which something else stands for some of its values, and the rest is as it was written. Pure.

Kestra reads some scalars as they are written (`1.10`, `017`, `yes`), which data has forgotten: so the text is changed
where it has to be and nowhere else, and no line moves. What is made is read once more; where it does not say what it
should, the whole flow is written anew, with each scalar as it was.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from deployer.model.document import Document, Marks
from deployer.model.problem import Route
from deployer.model.sent import Sent
from deployer.parsing.parse import parse
from deployer.parsing.reader import BOM
from deployer.parsing.scalars import plain

_BREAKS = "\r\n\x85\u2028\u2029"
_BREAK = re.compile(rf"\r\n|[{_BREAKS}]")
_COMMENT = re.compile(rf"(?:[ \t]+#[^{_BREAKS}]*|[ \t]*)(?![^{_BREAKS}])")  # up to the end of the line
_BETWEEN = re.compile(rf"(?:[ \t{_BREAKS}]|#[^{_BREAKS}]*)*")
_PROPERTIES = re.compile(rf"(?:[&!][^ \t{_BREAKS}]*{_BETWEEN.pattern})*")  # anchor and tag
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Change:
    """What stands for the values at some routes, none inside of another, and which items of lists are left out.

    A value in `stands` that is also in the flow, under the same key, keeps its own spelling.
    """

    stands: Mapping[Route, Mapping[str, Any]]
    gone: Collection[Route]

    def items(self, value: list[_Item], route: Route) -> Iterator[tuple[Route, _Item]]:
        """Yield those items of a list that stay, each with its route."""
        routes = ((*route, number) for number in range(len(value)))
        return ((at, item) for at, item in zip(routes, value, strict=True) if at not in self.gone)


@dataclass(frozen=True, slots=True)
class _Edit:
    """A stretch of a text, and what is written at its start; its line breaks stay."""

    start: int
    end: int
    text: str = ""


class _NoPlace(Exception):  # noqa: N818  caught here
    """Where a value is in the text cannot be told."""


def change(document: Document, wanted: Change) -> Sent:
    """Return the flow's text with a change made."""
    try:
        text = _edited(document, wanted)
    except _NoPlace:
        return _anew(document, wanted)
    again, _ = parse(document.file, text)
    alike = again is not None and json.dumps(again.data) == json.dumps(_data(document.data, wanted))
    return Sent(text) if alike else _anew(document, wanted)


def _anew(document: Document, wanted: Change) -> Sent:
    return Sent(_written(document.data, document.marks, wanted), (1,))


def _data(value: Any, wanted: Change, route: Route = ()) -> Any:
    """Return the data that the text is to have."""
    if route in wanted.stands:
        return wanted.stands[route]
    if isinstance(value, Mapping):
        return {name: _data(each, wanted, (*route, name)) for name, each in value.items()}
    if isinstance(value, list):
        return [_data(each, wanted, at) for at, each in wanted.items(value, route)]
    return value


def _written(value: Any, marks: Marks, wanted: Change, route: Route = ()) -> str:
    """Return a value in one line: strings quoted, other scalars as they are in the file."""
    value = wanted.stands.get(route, value)
    if isinstance(value, Mapping):
        pairs = (f"{_quoted(name)}: {_written(each, marks, wanted, (*route, name))}" for name, each in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_written(each, marks, wanted, at) for at, each in wanted.items(value, route))}]"
    if isinstance(value, str):
        return _quoted(value)
    source = marks.scalar(route)
    return source if source and _means(source, value) else _scalar(value)


def _means(source: str, value: Any) -> bool:
    """Whether a scalar without quotes or tag is read as this value."""
    try:
        found = plain(source)
    except ValueError:
        return False
    return type(found) is type(value) and bool(found == value)


def _quoted(text: str) -> str:
    """Return a text in double quotes, in which whatever is not ASCII is an escape."""
    return re.sub("[^ -~]", lambda found: f"\\U{ord(found[0]):08x}", json.dumps(text, ensure_ascii=False))


def _scalar(value: Any) -> str:
    endless = isinstance(value, float) and not math.isfinite(value)
    return f"{'!!float ' if endless else ''}{json.dumps(value)}"


def _edited(document: Document, wanted: Change) -> str:
    """Return the text, changed in place. Raises _NoPlace."""
    page = _Page(document)
    edits = [_stand(page, route, _written({}, document.marks, wanted, route)) for route in wanted.stands]
    for listed in {route[:-1] for route in wanted.gone}:
        edits += _removals(page, listed, wanted)
    text = page.text
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        breaks = "".join(_BREAK.findall(text, edit.start, edit.end))
        text = f"{text[: edit.start]}{edit.text}{breaks}{text[edit.end :]}"
    return f"{page.before}{text}"


def _stand(page: _Page, route: Route, text: str) -> _Edit:
    start, end = page.place(route)
    return _Edit(start, page.with_comment(end), text)


def _removals(page: _Page, listed: Route, wanted: Change) -> Iterator[_Edit]:
    """Yield what takes items out of a list. Of a list in brackets, a comma may be left at its end, as YAML allows."""
    items = page.data(listed)
    at = _after(_PROPERTIES, page.text, page.place(listed)[0])
    block = page.text.startswith("-", at)
    # in the column of its key, a list in brackets would be a key
    instead = " []" if block and not any(wanted.items(items, listed)) else ""
    for number in range(len(items)):
        dash = _after(_BETWEEN, page.text, at)
        start, at = page.place((*listed, number))
        if (*listed, number) not in wanted.gone:
            continue
        if block:
            if not page.text.startswith("-", dash):
                raise _NoPlace
            yield _Edit(dash, page.with_comment(at), "" if number else instead)
        else:
            comma = _after(_BETWEEN, page.text, at)
            yield _Edit(start, comma + 1 if page.text.startswith(",", comma) else at)


def _after(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Return where a pattern ends that matches at a place, or the place."""
    found = pattern.match(text, start)
    return found.end() if found else start


class _Page:
    """A document's text with offsets of its values. A byte order mark in front is none of any line."""

    def __init__(self, document: Document) -> None:
        self.text = document.text.removeprefix(BOM)
        self.before = document.text[: len(document.text) - len(self.text)]
        self._document = document
        self._lines = [0, *(found.end() for found in _BREAK.finditer(self.text))]

    def data(self, route: Route) -> Any:
        """Return the value at a route."""
        value: Any = self._document.data
        for step in route:
            value = value[step]
        return value

    def place(self, route: Route) -> tuple[int, int]:
        """Return where the value at a route begins and ends, without the blanks behind it. Raises _NoPlace."""
        span = self._document.marks.at(route)
        if span is None:
            raise _NoPlace
        start, end = self._offset(span.line, span.column), self._offset(span.end_line, span.end_column)
        return start, start + len(self.text[start:end].rstrip(f" \t{_BREAKS}"))

    def with_comment(self, end: int) -> int:
        """Return the end of the line if there is nothing more in it than a comment, else the place itself."""
        return _after(_COMMENT, self.text, end)

    def _offset(self, line: int, column: int) -> int:
        """Return the offset of a place; the reader may end a last line that has no end."""
        return self._lines[line - 1] + column - 1 if line <= len(self._lines) else len(self.text)
