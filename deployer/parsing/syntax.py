"""What is said of a text that is no YAML, or none that Kestra reads: what is wrong, where, and what to do.

The reader tells a place, and often one some lines behind the mistake. `_MISTAKES` knows what people really do wrong:
each looks at the line where reading stopped, then at the line before it and at the one where the broken thing begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from deployer.model.problem import Problem, Span
from deployer.model.secret import excerpt

CHECK = "yaml-syntax"
QUOTE_EXPRESSION = 'quote the expression: "{{ … }}"'
_SHORT = 30


class Refused(Exception):  # noqa: N818  it is the text that is refused
    """A place in a text and why Kestra's reader takes it no further."""

    def __init__(self, place: Span | None, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.place, self.message, self.hint = place, message, hint

    def problem(self, file: str, text: str) -> Problem:
        """Return what is shown."""
        return Problem(CHECK, self.message, file, self.place, hint=self.hint, excerpt=excerpt(text, self.place))


@dataclass(frozen=True, slots=True)
class _Mistake:
    """Something people do: how the line looks, up to `here`; what the reader says then; what we say."""

    looks: str
    said: str
    message: str
    hint: str


_MISTAKES = (
    _Mistake(r"^[ ]*(?P<here>\t)", "", "a tab, where YAML takes blanks only", "indent with blanks"),
    _Mistake(r"(?:^|\s)[:-]\s+(?P<here>\{\{)", "", "`{{` begins a mapping here, not an expression", QUOTE_EXPRESSION),
    _Mistake(r"(?P<here>\t)", r"\\t|tab", "a tab, where YAML takes blanks only", "put blanks in place of the tab"),
    _Mistake(
        r"^[ -]*[\w.-]+: +[^\"'|>\s#][^#]*?(?P<here>:)(?: |$)",
        "mapping values",
        "a second `: ` in one line: is it part of the text?",
        "quote the whole value",
    ),
    _Mistake(
        r"^\s*(?P<here>-)[^\s-]", "", "no blank after `-`", "write `- ` with a blank before what stands in the list"
    ),
    _Mistake(
        r"^[ -]*[\w.-]+(?P<here>:)[^\s:/]",
        "mapping values|expected ':'|<block end>|expected key",
        "no blank after `:`",
        "write `key: value` with a blank between",
    ),
    _Mistake(
        r"[:-] +(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')\s*(?P<here>[^\s,\]}#:])",
        "<block end>|expected key|expected ','",
        "the line goes on after the closing quote",
        "put the whole value in quotes, or begin it without one",
    ),
    _Mistake(
        r"[:,\[-] +(?P<here>[@`%])",
        "cannot start any token",
        "a value cannot begin with this character",
        "quote the value",
    ),
    _Mistake(
        r"[:,\[-] +(?P<here>[*&!])",
        "scanning an? (?:alias|anchor|tag)",
        "`*`, `&` and `!` have a meaning of their own at the beginning of a value",
        "quote the value",
    ),
)
_SAID = (
    (
        r"quoted scalar.*end of stream|quoted scalar.*document separator",
        "this quote is never closed",
        "close it, and write a quote within quotes twice ('') or escaped (\\\")",
    ),
    (
        r"unknown escape|hexadecimal|hexdecimal|is no character",
        "",
        "in \" \" a backslash is written twice; in ' ' it is itself",
    ),
    (r"flow node", "a list or mapping in brackets stops short here", "close it with `]` or `}`"),
    (r"flow sequence", "this list is not closed, or a comma is missing in it", "close it with `]`"),
    (
        r"flow mapping",
        "this mapping is not closed, or a comma is missing in it",
        "close it with `}`, or quote the text",
    ),
    (
        r"mapping values",
        "`key: value` cannot begin here: the line above has its value already",
        "look at the indentation, and for a quote or a `|` that is missing above",
    ),
    (r"sequence entries", "a list cannot begin here", "put it on a line of its own, below its key"),
    (r"expected ':'", "`key: value` is expected, and there is no `: `", "look for a colon or a `- ` that is missing"),
    (
        r"<block end>|expected key|'-' indicator|block collection",
        "this line fits no list or mapping above it",
        "look at the indentation: it has to be that of a line above, or deeper below a key",
    ),
    (r"block scalar", "", "after `|` or `>` come `-` or `+` and one digit at most, then a new line"),
)
_BEGINNINGS = re.compile(r"quoted|flow sequence|flow mapping")
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def short(text: str) -> str:
    """Return a value as it can be shown in a sentence."""
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 3]}..."


def no_mapping(text: str, data: Any) -> Refused:
    """Say of a text that can be read that it is no flow."""
    lines = enumerate(text.splitlines(), 1)
    number, first = next(((at, one) for at, one in lines if one.strip(" -.\ufeff") and one.strip()[0] != "#"), (1, ""))
    kind = "list" if isinstance(data, list) else "single value"
    hint = "write `key: value` with a blank between" if ":" in first and kind != "list" else ""
    place = Span(number, 1, number, len(first) + 1)
    return Refused(place, f"holds a {kind}, where `key: value` lines are expected", hint)


def explained(text: str, error: Exception) -> Refused:
    """Return what is said of a text that the YAML reader refuses."""
    if unprintable := _UNPRINTABLE.search(text):
        before = text[: unprintable.start()]
        number, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        place = Span(number, column, number, column + 1)
        words = f"holds the control character U+{ord(unprintable[0]):04X}"
        return Refused(place, words, "remove it, or escape it in double quotes")
    said = " ".join(str(getattr(error, part, None) or "") for part in ("context", "problem")).strip()
    stopped, began = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    lines = text.removeprefix("\ufeff").splitlines()
    for number in _suspects(lines, stopped, began):
        for mistake in _MISTAKES:
            found = re.search(mistake.looks, lines[number])
            if found and re.search(mistake.said, said):
                place = Span(number + 1, found.start("here") + 1, number + 1, found.end("here") + 1)
                return Refused(place, mistake.message, mistake.hint)
    return _as_said(said, stopped, began, lines)


def _suspects(lines: list[str], stopped: yaml.Mark | None, began: yaml.Mark | None) -> Iterator[int]:
    """Give the lines in which the mistake may be: where reading stopped, the last one above, where it began."""
    if stopped:
        above = (at for at in range(min(stopped.line, len(lines)) - 1, -1, -1) if lines[at].strip())
        yield from (at for at in (stopped.line, next(above, -1)) if 0 <= at < len(lines))
    if began and began.line < len(lines):
        yield began.line


def _as_said(said: str, stopped: yaml.Mark | None, began: yaml.Mark | None, lines: list[str]) -> Refused:
    mark = began if began and _BEGINNINGS.search(said) and "escape" not in said else stopped or began
    place = None
    if mark:
        number = min(mark.line + 1, max(len(lines), 1))
        column = mark.column + 1 if mark.line < len(lines) else len(lines[-1]) + 1 if lines else 1
        place = Span(number, column, number, column + 1)
    for sign, message, hint in _SAID:
        if re.search(sign, said):
            return Refused(place, message or said, hint)
    return Refused(place, said or "is no YAML")
