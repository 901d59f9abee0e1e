"""Explains why a text is not YAML, or not YAML that Kestra can read: what is wrong, where, and what to do.

The reader reports a place, often some lines after the mistake. `_MISTAKES` lists common mistakes: each looks at the
line where reading stopped, then at the line before it and at the one where the broken value begins.
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
    """A place in a text, and why Kestra's reader stops there."""

    def __init__(self, place: Span | None, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.place, self.message, self.hint = place, message, hint

    def problem(self, file: str, text: str) -> Problem:
        """Return the problem to report."""
        return Problem(CHECK, self.message, file, self.place, hint=self.hint, excerpt=excerpt(text, self.place))


@dataclass(frozen=True, slots=True)
class _Mistake:
    """A common mistake: what the line looks like up to `here`, the reader's message, and our message and hint."""

    looks: str
    said: str
    message: str
    hint: str


_MISTAKES = (
    _Mistake(r"^[ ]*(?P<here>\t)", "", "a tab, but YAML allows only spaces here", "indent with spaces"),
    _Mistake(r"(?:^|\s)[:-]\s+(?P<here>\{\{)", "", "`{{` begins a mapping here, not an expression", QUOTE_EXPRESSION),
    _Mistake(r"(?P<here>\t)", r"\\t|tab", "a tab, but YAML allows only spaces here", "replace the tab with spaces"),
    _Mistake(
        r"^[ -]*[\w.-]+: +[^\"'|>\s#][^#]*?(?P<here>:)(?: |$)",
        "mapping values",
        "a second `: ` in one line: is it part of the value?",
        "quote the whole value",
    ),
    _Mistake(r"^\s*(?P<here>-)[^\s-]", "", "no space after `-`", "write `- ` with a space before the item"),
    _Mistake(
        r"^[ -]*[\w.-]+(?P<here>:)[^\s:/]",
        "mapping values|expected ':'|<block end>|expected key",
        "no space after `:`",
        "write `key: value` with a space in between",
    ),
    _Mistake(
        r"[:-] +\"[^\"]*\"\s*(?P<here>[^\s,\]}#:])[^\"]*\".*\"\s*$",
        "<block end>|expected key|expected ','",
        "the value ends at the second quote, and the line goes on",
        "use single quotes inside of double quotes, or double quotes inside of single quotes",
    ),
    _Mistake(
        r"[:-] +(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*')\s*(?P<here>[^\s,\]}#:])",
        "<block end>|expected key|expected ','",
        "the line goes on after the closing quote",
        "quote the whole value, or none of it",
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
        "`*`, `&` and `!` have a special meaning at the start of a value",
        "quote the value",
    ),
)
_SAID = (
    (
        r"quoted scalar.*end of stream|quoted scalar.*document separator",
        "this quote is never closed",
        "close it; inside quotes, double a ' ('') and escape a \" (\\\")",
    ),
    (
        r"unknown escape|hexadecimal|hexdecimal|is not a character",
        "",
        "in double quotes write the backslash twice; in single quotes once",
    ),
    (r"flow node", "a list or mapping in brackets ends too early here", "close it with `]` or `}`"),
    (r"flow sequence", "this list is not closed, or a comma is missing", "close it with `]`"),
    (
        r"flow mapping",
        "this mapping is not closed, or a comma is missing",
        "close it with `}`, or quote the string",
    ),
    (
        r"mapping values",
        "`key: value` cannot begin here: the line above already has a value",
        "check the indentation, and look for a missing quote or `|` above",
    ),
    (r"sequence entries", "a list cannot begin here", "put it on its own line, below its key"),
    (r"expected ':'", "expected `key: value`, but there is no `: `", "look for a missing colon or `- `"),
    (
        r"<block end>|expected key|'-' indicator|block collection",
        "this line does not belong to any list or mapping above it",
        "check the indentation: it must match a line above, or be deeper below a key",
    ),
    (r"block scalar", "", "after `|` or `>` there can only be `-` or `+`, one digit, and a line break"),
)
_BEGINNINGS = re.compile(r"quoted|flow sequence|flow mapping")
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def short(text: str) -> str:
    """Return a value in a form that fits in a sentence."""
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 3]}..."


def not_a_mapping(text: str, data: Any) -> Refused:
    """Return why readable YAML is not a flow."""
    lines = enumerate(text.splitlines(), 1)
    number, first = next(((at, one) for at, one in lines if one.strip(" -.\ufeff") and one.strip()[0] != "#"), (1, ""))
    kind = "list" if isinstance(data, list) else "single value"
    hint = "write `key: value` with a space in between" if ":" in first and kind != "list" else ""
    place = Span(number, 1, number, len(first) + 1)
    return Refused(place, f"is a {kind}, but must be a mapping of `key: value` lines", hint)


def explain(text: str, error: Exception) -> Refused:
    """Return the explanation for a text that the YAML reader refuses."""
    if unprintable := _UNPRINTABLE.search(text):
        before = text[: unprintable.start()]
        number, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        place = Span(number, column, number, column + 1)
        words = f"contains the control character U+{ord(unprintable[0]):04X}"
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
    return _original(said, stopped, began, lines)


def _suspects(lines: list[str], stopped: yaml.Mark | None, began: yaml.Mark | None) -> Iterator[int]:
    """Yield the lines that may contain the mistake: where reading stopped, the last one above, where it began."""
    if stopped:
        above = (at for at in range(min(stopped.line, len(lines)) - 1, -1, -1) if lines[at].strip())
        yield from (at for at in (stopped.line, next(above, -1)) if 0 <= at < len(lines))
    if began and began.line < len(lines):
        yield began.line


def _original(said: str, stopped: yaml.Mark | None, began: yaml.Mark | None, lines: list[str]) -> Refused:
    mark = began if began and _BEGINNINGS.search(said) and "escape" not in said else stopped or began
    place = None
    if mark:
        number = min(mark.line + 1, max(len(lines), 1))
        column = mark.column + 1 if mark.line < len(lines) else len(lines[-1]) + 1 if lines else 1
        place = Span(number, column, number, column + 1)
    for sign, message, hint in _SAID:
        if re.search(sign, said):
            return Refused(place, message or said, _lost_dash(said, stopped, lines) or hint)
    return Refused(place, said or "is not YAML")


def _lost_dash(said: str, stopped: yaml.Mark | None, lines: list[str]) -> str:
    """Return what to do where an item of a list seems to have lost its `- `; "" where none has."""
    if not stopped or stopped.line >= len(lines) or not re.search("<block end>|expected key|indicator", said):
        return ""
    if not lines[stopped.line].lstrip(" ").startswith("- "):  # what begins here stands below items
        return "an item of a list begins with `- `" if "block collection" in said else ""
    first = None
    for number in range(stopped.line - 1, -1, -1):
        line = lines[number]
        text = line.lstrip(" ")
        if text and not text.startswith("#"):
            if len(line) - len(text) < stopped.column or text.startswith("- "):
                break
            first = number
    lost = first is not None and number >= 0 and lines[number].rstrip().endswith(":")
    return f"write `- ` in front of line {first + 1}, where the first item of the list begins" if lost and first else ""
