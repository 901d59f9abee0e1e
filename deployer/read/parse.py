"""Text to document: the only YAML reader. Reads YAML as Kestra's own reader does, where PyYAML by itself does not.

Asked of Kestra's reader: `yes`, `on` and `TRUE` are true, `010` is 8, but `0o10`, `12:30:00` and `2024-01-01` stay
text; `<<` is a key like any other, not a merge; a key given twice is an error; a second document is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import yaml

from deployer.model.document import Document
from deployer.model.problem import Problem, Route, Severity, Span

EMPTY = "empty-file"
"""The check that names a file without any content."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 400  # levels; the C reader crashes the process at about 100,000, Python's own at about 900
_DEEP_LINE = re.compile(rf"^[ \t\-?:]{{{_DEEPEST},}}", re.MULTILINE)
_NOT_IN_KESTRA = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge", "tag:yaml.org,2002:int"}
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$")
_HINTS = (
    ("mapping values are not allowed", "quote the value: it holds a colon followed by a blank"),
    ("unhashable key", 'quote the expression: "{{ … }}"'),
    ("found unhashable", 'quote the expression: "{{ … }}"'),
    ("while scanning a quoted scalar", "close the quote"),
    ("expected <block end>", "look at the indentation: this line fits no list or mapping above it"),
)


class _Reader(_Base):  # type: ignore[misc]  # the C loader where PyYAML has it
    """PyYAML with Kestra's rules, remembering the keys that are given twice."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.duplicates: list[tuple[yaml.Node, yaml.Node]] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        first: dict[str, yaml.Node] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and first.setdefault(key.value, key) is not key:
                self.duplicates.append((first[key.value], key))
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Leave `<<` as it is."""


_Reader.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] not in _NOT_IN_KESTRA]
    for letter, pairs in _Base.yaml_implicit_resolvers.items()
}
_Reader.add_implicit_resolver("tag:yaml.org,2002:int", _INTEGER, list("-+0123456789"))


def _untagged(reader: Any, node: yaml.Node) -> Any:
    """Read `!foo 5` as "5": Kestra's reader has no use for tags."""
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return reader.construct_sequence(node, deep=True)
    return reader.construct_mapping(node, deep=True)


_Reader.add_constructor(None, _untagged)


def parse(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Return the document in `text`, None when it is not a YAML mapping, and what is wrong with its YAML."""
    if _too_deep(text):
        return None, [Problem("yaml-syntax", f"is nested more than {_DEEPEST} levels deep", file)]
    reader = None
    try:
        reader = _Reader(text.removeprefix("\ufeff"))
        data = reader.get_data() if reader.check_data() else None
        problems = [_duplicate(file, *pair) for pair in reader.duplicates] + list(_second_document(file, reader))
    except yaml.YAMLError as error:
        return None, [_syntax(file, text, error)]
    except (ValueError, OverflowError) as error:
        return None, [Problem("yaml-syntax", f"holds a value that cannot be read: {error}", file)]
    finally:
        if reader:
            reader.dispose()
    problems = [replace(found, excerpt=_line(text, found.span)) for found in problems]
    if data is None:
        return None, [*problems, Problem(EMPTY, "holds nothing but blanks and comments", file, Span(1, 1, 1, 1))]
    if not isinstance(data, dict):
        message = (
            f"holds a {'list' if isinstance(data, list) else 'single value'}, where `key: value` lines are expected"
        )
        return None, [*problems, Problem("yaml-syntax", message, file, Span(1, 1, 1, 1))]
    return Document(file, text, data, _Marks(text)), problems


def _too_deep(text: str) -> bool:
    """Count nesting only where a cheap look makes it possible: events come one by one, at any depth."""
    if text.count("[") + text.count("{") < _DEEPEST and not _DEEP_LINE.search(text):
        return False
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Base):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                return True
    except yaml.YAMLError:
        pass  # the reader itself finds it again, and says where
    return False


def _syntax(file: str, text: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    span = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2) if mark else None
    words = [getattr(error, "context", None), getattr(error, "problem", None)]
    message = ", ".join(word for word in words if word) or str(error).splitlines()[0]
    hint = next((hint for sign, hint in _HINTS if sign in message), "")
    if (
        mark
        and text.splitlines()[mark.line : mark.line + 1]
        and "\t" in text.splitlines()[mark.line][: mark.column + 1]
    ):
        hint = "indent with spaces: YAML allows no tabs there"
    return Problem("yaml-syntax", message, file, span, hint=hint, excerpt=_line(text, span))


def _line(text: str, span: Span | None) -> str:
    lines = text.splitlines()
    return lines[span.line - 1] if span and span.line <= len(lines) else ""


def _duplicate(file: str, first: yaml.Node, again: yaml.Node) -> Problem:
    message = f"key `{again.value}` is given twice, first in line {first.start_mark.line + 1}"
    return Problem("duplicate-key", message, file, _span(again), hint="remove one of the two: Kestra refuses the file")


def _second_document(file: str, reader: Any) -> Iterator[Problem]:
    if reader.check_event() and not reader.check_event(yaml.StreamEndEvent):
        line = reader.peek_event().start_mark.line + 1
        yield Problem(
            "second-document",
            "everything from this `---` on is ignored: Kestra reads one flow from a file",
            file,
            Span(line, 1, line, 4),
            Severity.WARNING,
            hint="put the second flow into a file of its own",
        )


def _span(node: yaml.Node) -> Span:
    start, end = node.start_mark, _end(node)
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _end(node: yaml.Node) -> yaml.Mark:
    """Return where a node really ends: PyYAML's own end of a block collection lies on a later line."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node.end_mark


class _Marks:
    """The places of a text, from a second reading that happens when the first place is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _root(self) -> yaml.Node | None:
        reader = _Reader(self._text.removeprefix("\ufeff"))
        try:
            return reader.get_node() if reader.check_node() else None
        finally:
            reader.dispose()

    def at(self, route: Route) -> Span | None:
        pair = self._find(route)
        return _span(pair[1] if pair[1].value not in ("", []) else pair[0]) if pair else None

    def key(self, route: Route) -> Span | None:
        pair = self._find(route)
        return _span(pair[0]) if pair else None

    def outside(self, line: int, column: int) -> bool:
        place = (line - 1, column - 1)
        return not any(
            (token.start_mark.line, token.start_mark.column) <= place < (token.end_mark.line, token.end_mark.column)
            for token in yaml.scan(self._text.removeprefix("\ufeff"), Loader=_Base)
            if isinstance(token, yaml.ScalarToken)
        )

    def scalar(self, route: Route) -> str | None:
        pair = self._find(route)
        return pair[1].value if pair and isinstance(pair[1], yaml.ScalarNode) else None

    def _find(self, route: Route) -> tuple[yaml.Node, yaml.Node] | None:
        """Return the key (or item) and the value at `route`."""
        key = value = self._root
        for step in route:
            if isinstance(value, yaml.MappingNode):
                found = next((pair for pair in value.value if pair[0].value == str(step)), None)
            elif isinstance(value, yaml.SequenceNode) and isinstance(step, int) and step < len(value.value):
                found = (value.value[step], value.value[step])
            else:
                found = None
            if found is None:
                return None
            key, value = found
        return (key, value) if key is not None and value is not None else None
