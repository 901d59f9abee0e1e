"""Where each value is in a text. Computed only on demand: most files never need it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from deployer.model.problem import Route, Span
from deployer.parsing.reader import reading


@dataclass(slots=True)
class Node:
    """A value and its place. `text` is set for a scalar; in a mapping, `below` alternates keys and values."""

    first: yaml.NodeEvent
    end: Any  # PyYAML's mark, as in its events
    below: list[Node] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        """The content of a scalar, as it is written."""
        return self.first.value if isinstance(self.first, yaml.ScalarEvent) else None

    @property
    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """The keys of a mapping, each with its value."""
        if isinstance(self.first, yaml.MappingStartEvent):
            yield from zip(self.below[::2], self.below[1::2], strict=True)

    @property
    def span(self) -> Span:
        """The place of the node."""
        return span(self.first.start_mark, self.end)


def span(start: Any, end: Any) -> Span:
    """Return the span between two of PyYAML's marks, which count from 0."""
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def tree(text: str, *, exact: bool) -> Node | None:
    """Return the first document of a readable text, None if there is none."""
    with reading(text, exact=exact) as reader:
        return _tree(iter(reader.get_event, None))


def _tree(events: Iterator[yaml.Event]) -> Node | None:
    """Read events until the first node is complete; without recursion, as nesting may be deep."""
    unfinished: list[Node] = []
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            node = Node(event, event.end_mark)
            if unfinished:
                unfinished[-1].below.append(node)
            if not isinstance(event, yaml.CollectionStartEvent):
                if not unfinished:
                    return node
                continue
            unfinished.append(node)
        elif isinstance(event, yaml.CollectionEndEvent):
            node = unfinished.pop()
            block = not getattr(node.first, "flow_style", True)
            # PyYAML reports the end of a block on a later line
            node.end = node.below[-1].end if block and node.below else event.end_mark
            if not unfinished:
                return node
    return None


class Places:
    """The places in a text, from the fast reader or the exact one."""

    def __init__(self, text: str, *, exact: bool) -> None:
        self._text, self._exact = text, exact

    @cached_property
    def root(self) -> Node | None:
        """The outermost value."""
        return tree(self._text, exact=self._exact)

    def at(self, route: Route) -> Span | None:
        """Return the place of the value at `route`, or of its key if it has no value; None if there is none."""
        pair = self._find(route)
        return (pair[1] if pair[1].text or pair[1].below else pair[0]).span if pair else None

    def key(self, route: Route) -> Span | None:
        """Return the place of the key of the value at `route`, None if there is none."""
        pair = self._find(route)
        return pair[0].span if pair else None

    def outside(self, line: int, column: int) -> bool:
        """Return whether a place is outside every value and key, as comments are."""
        place = (line - 1, column - 1)
        return not any(
            (token.start_mark.line, token.start_mark.column) <= place < (token.end_mark.line, token.end_mark.column)
            for token in self._scalars
        )

    def scalar(self, route: Route) -> str | None:
        """Return the scalar at `route` as it is written (`010`, not 8); None if there is no scalar."""
        pair = self._find(route)
        return pair[1].text if pair else None

    @cached_property
    def _scalars(self) -> list[yaml.ScalarToken]:
        found: list[yaml.ScalarToken] = []
        # after the first document there may be anything
        with suppress(yaml.YAMLError), reading(self._text, exact=self._exact) as reader:
            while reader.check_token():
                token = reader.get_token()
                if isinstance(token, yaml.ScalarToken):
                    found.append(token)
        return found

    def _find(self, route: Route) -> tuple[Node, Node] | None:
        """Return the key (or item) and the value at `route`."""
        key = value = self.root
        for step in route:
            found = _step(value, step) if value else None
            if found is None:
                return None
            key, value = found
        return (key, value) if key is not None and value is not None else None


def _step(node: Node, step: str | int) -> tuple[Node, Node] | None:
    if isinstance(node.first, yaml.MappingStartEvent):
        named = [pair for pair in node.pairs if pair[0].text == str(step)]
        return named[-1] if named else None  # of a repeated key, the data has the last value
    if isinstance(step, int) and step < len(node.below):
        return node.below[step], node.below[step]
    return None
