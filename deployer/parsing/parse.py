"""Text to document: the only YAML reader. Reads YAML as Kestra's own reader does, also where PyYAML does not.

Kestra uses Jackson on top of SnakeYAML, and Jackson reads events one by one: a key is always a string; `<<` is a key
like any other, not a merge; an alias is not followed, but read as a string with its name; a repeated key is an error; a
second document is never read. The meaning of single values is in `scalars`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from deployer.model.document import Document
from deployer.model.problem import Problem, Severity, Span
from deployer.model.secret import excerpt
from deployer.parsing import scalars, syntax
from deployer.parsing.places import Node, Places, span
from deployer.parsing.reader import LONGEST_SLOW, differs, reading

EMPTY = "empty-file"
"""The problem of a file without any content."""

CHECK = "unreadable-file"
"""The check that names a file that cannot be read."""

LONGEST = 3 * 1024 * 1024
"""Characters; Kestra's reader refuses a file that is longer."""

LARGEST = 4 * LONGEST
"""Bytes; no character has more than four."""
_DEEPEST = 1000  # levels; Kestra's reader refuses more


@dataclass(slots=True)
class _Read:
    """The result of reading a text: the data of its first document, and what must be reported about it."""

    exact: bool
    data: Any = None
    empty: bool = False
    repeated: bool = False  # some key is repeated
    aliases: list[yaml.AliasEvent] = field(default_factory=list)
    rest: Span | None = None  # where something begins after the first document


def decode(file: str, content: bytes) -> tuple[str | None, list[Problem]]:
    """Return the text of a file, None when it is not UTF-8, and the problem with it."""
    try:
        return content.decode(), []
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 text: byte {content[error.start]:#04x} at offset {error.start}"
        return None, [Problem(CHECK, message, file, hint="save the file as UTF-8")]


def parse(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Return the document in `text`, None when it is not a YAML mapping, and what is wrong with its YAML."""
    try:
        return _parse(file, text)
    except Exception as error:  # noqa: BLE001  one file must not end the run for all
        message = f"cannot be read: {type(error).__name__}: {error}"
        return None, [Problem(CHECK, message, file, hint="this is a bug in kestra-deployer, please report it")]


def _parse(file: str, text: str) -> tuple[Document | None, list[Problem]]:
    try:
        read = _read(text)
    except syntax.Refused as refused:
        return None, [refused.problem(file, text)]
    except yaml.YAMLError as error:
        return None, [syntax.explain(text, error).problem(file, text)]
    if read.empty:
        return None, [Problem(EMPTY, "is empty but for whitespace and comments", file, Span(1, 1, 1, 1))]
    places = Places(text, exact=read.exact)
    problems = [replace(found, excerpt=excerpt(text, found.span)) for found in _notes(file, read, places)]
    if not isinstance(read.data, dict):
        return None, [*problems, syntax.not_a_mapping(text, read.data).problem(file, text)]
    return Document(file, text, read.data, places), problems


def _read(text: str) -> _Read:
    """Read a text with the fast reader, or the exact one if the result may differ. Raises Refused and YAMLError."""
    if len(text) > LONGEST:
        raise syntax.Refused(None, f"has {len(text):,} characters, but Kestra reads at most {LONGEST:,}")
    short = len(text) <= LONGEST_SLOW
    try:
        read = _first_document(text, exact=short and differs(text))
        if not (short and read.rest and "!" in text):  # a tag right after a document is an error to Kestra's
            return read
    except (yaml.YAMLError, UnicodeEncodeError):  # the latter: half a surrogate pair, which no file can contain
        if not short:
            raise
    return _first_document(text, exact=True)


def _first_document(text: str, *, exact: bool) -> _Read:
    read = _Read(exact=exact)
    with reading(text, exact=exact) as reader:
        reader.get_event()  # the stream begins
        if reader.check_event(yaml.StreamEndEvent):
            read.empty = True
            return read
        reader.get_event()  # the document begins
        first = reader.peek_event()
        read.empty = isinstance(first, yaml.ScalarEvent) and not first.value and not first.style
        read.data = _build(reader, read)
        reader.check_event()  # Kestra's reader reads one event more, without using it
        read.rest = _rest(reader)
    return read


_IN_LIST: Any = object()
_NO_KEY: Any = object()


def _build(reader: Any, read: _Read) -> Any:  # noqa: C901, PLR0912  see below
    """Build the data of one node from its events. One loop without calls: a check spends most of its time here."""
    get, scalar, alias, list_, mapping = (
        reader.get_event, yaml.ScalarEvent, yaml.AliasEvent, yaml.SequenceStartEvent, yaml.MappingStartEvent
    )  # fmt: skip
    root: list[Any] = []
    holder: Any = root
    key = _IN_LIST
    above: list[tuple[Any, Any]] = []
    while True:
        event = get()
        kind = type(event)
        if kind is scalar:
            value = event.value
            if key is _NO_KEY:
                key = value
                read.repeated = read.repeated or key in holder
                continue
            if event.implicit[0]:
                if value[:1] in scalars.STARTS:
                    value = _value(event)
            elif event.tag:
                value = _value(event)
        elif kind is mapping or kind is list_:
            if key is _NO_KEY or len(above) >= _DEEPEST:
                raise _refuse(event, key is _NO_KEY)
            value = {} if kind is mapping else []
        elif kind is alias:
            if key is _NO_KEY:
                raise _refuse(event, True)
            read.aliases.append(event)
            value = event.anchor
        else:
            holder, key = above.pop()
            if not above:
                return root[0]
            continue
        if key is _IN_LIST:
            holder.append(value)
        else:
            holder[key] = value
            key = _NO_KEY
        if kind is mapping or kind is list_:
            above.append((holder, key))
            holder, key = value, _NO_KEY if kind is mapping else _IN_LIST
        elif not above:
            return value


def _value(event: yaml.ScalarEvent) -> Any:
    try:
        return scalars.plain(event.value) if event.implicit[0] else scalars.tagged(event.value, event.tag or "")
    except scalars.NotRead as error:
        place = span(event.start_mark, event.end_mark)
        words = f"`{syntax.short(event.value)}` {error}"
        raise syntax.Refused(place, words, "quote it if you mean a string") from None


def _refuse(event: yaml.NodeEvent, as_key: bool) -> syntax.Refused:
    """Return why a list, a mapping or an alias is not allowed here."""
    place = span(event.start_mark, event.end_mark)
    if not as_key:
        return syntax.Refused(place, f"is nested more than {_DEEPEST} levels deep, which Kestra refuses")
    if isinstance(event, yaml.MappingStartEvent):
        return syntax.Refused(place, "`{` begins a mapping here, which cannot be a key", syntax.QUOTE_EXPRESSION)
    what = "an alias" if isinstance(event, yaml.AliasEvent) else "a list"
    return syntax.Refused(place, f"{what} cannot be a key", "quote it if you mean a string")


def _rest(reader: Any) -> Span | None:
    """Return where something begins after the first document, readable or not."""
    try:
        while reader.check_event(yaml.DocumentEndEvent):
            reader.get_event()
        mark = None if reader.check_event(yaml.StreamEndEvent) else reader.peek_event().start_mark
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
    return Span(mark.line + 1, 1, mark.line + 1, 4) if mark else None


def _notes(file: str, read: _Read, places: Places) -> Iterator[Problem]:
    """Yield what is wrong, or surprising, in a text that can be read."""
    if read.repeated and places.root:
        yield from (_duplicate(file, *pair) for pair in _duplicates(places.root))
    for event in read.aliases:
        message = f"Kestra does not follow aliases: this is the string `{event.anchor}`"
        hint = "write out the value, or quote it"
        yield Problem(
            syntax.CHECK, message, file, span(event.start_mark, event.end_mark), severity=Severity.WARNING, hint=hint
        )
    if read.rest:
        message = "everything from here on is ignored: Kestra reads one flow per file"
        hint = "put the second flow in a file of its own"
        yield Problem("second-document", message, file, read.rest, severity=Severity.WARNING, hint=hint)


def _duplicates(root: Node) -> Iterator[tuple[Node, Node]]:
    todo = [root]
    while todo:
        node = todo.pop()
        first: dict[str | None, Node] = {}
        yield from ((first[key.text], key) for key, _ in node.pairs if first.setdefault(key.text, key) is not key)
        todo += reversed(node.below)


def _duplicate(file: str, first: Node, again: Node) -> Problem:
    message = f"duplicate key `{again.text}`, first used in line {first.span.line}"
    item = "; if an item of a list begins here, write `- id`" if again.text == "id" and again.span.column > 1 else ""
    hint = f"remove one of the two: Kestra refuses the file{item}"
    return Problem("duplicate-key", message, file, again.span, hint=hint)
