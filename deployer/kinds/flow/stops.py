"""What an operator disabled on the server: a stop is `disabled: true` of a flow or trigger, live and in no file.

A live text has stops where it says the same as a known text apart from Kestra's own `disabled: true`. New text is
deployed with the stops kept: they are written into the text that is sent. A stop is named by the trigger's id, that of
the flow itself by the empty string.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from deployer.model.document import Document
from deployer.model.problem import Route
from deployer.model.sent import Sent

Meaning = Callable[[str], Any]
"""What a text says: the data of its YAML, None where it cannot be read."""

FLOW = ""
BOM = "\ufeff"
"""A byte order mark, which counts for nothing in front of a text and is wrong anywhere else."""
_KEY = "disabled"
_BLOCK = "disabled: true\n{indent}"


def stops(known: Any, live: Any) -> tuple[str, ...]:
    """Return what is disabled in `live` and not in `known` where nothing else differs; nothing where anything does."""
    if not (isinstance(known, Mapping) and isinstance(live, Mapping)):
        return ()
    found = []
    if live.get(_KEY) is True and known.get(_KEY) is not True:
        found.append(FLOW)
    before, now = triggers_of(known), triggers_of(live)
    found += [name for name in now if now[name].get(_KEY) is True and before.get(name, {}).get(_KEY) is not True]
    return tuple(found) if found and are_alike(_changed(known, _never), _changed(live, _never)) else ()


def are_alike(one: Any, other: Any) -> bool:
    """Whether two texts say the same: the order of keys is layout, while `1`, `1.0` and `true` are different values.

    What is nested too deeply to be compared (990 levels and more) counts as different: that loses no text.
    """
    try:
        return _canonical(one) == _canonical(other)
    except RecursionError:
        return False


def _canonical(data: Any) -> str:
    return json.dumps(data, sort_keys=True, default=str)


def without_enabled(data: Any) -> Any:
    """Return a flow's data without the `disabled: false` that Kestra leaves behind when it starts something again."""
    return _changed(data, lambda _, value: value is not False)


def without(data: Any, names: Iterable[str]) -> Any:
    """Return a flow's data with these stops taken out."""
    wanted = set(names)
    return _changed(data, lambda name, _: name not in wanted)


def _never(name: str, value: Any) -> bool:  # noqa: ARG001
    return False


def _changed(data: Any, keeps: Callable[[str, Any], bool]) -> Any:
    """Return a flow's data in which only those of the flow's and its triggers' `disabled` are left that are to stay."""
    if not isinstance(data, Mapping):
        return data
    rest = {name: value for name, value in data.items() if name != _KEY or keeps(FLOW, value)}
    if isinstance(rest.get("triggers"), list):
        rest["triggers"] = [
            {name: value for name, value in each.items() if name != _KEY or keeps(str(each.get("id")), value)}
            if isinstance(each, Mapping)
            else each
            for each in rest["triggers"]
        ]
    return rest


def declares(name: str, data: Any) -> bool | None:
    """Return whether a text says of the flow or of a trigger that it is disabled; None where it says nothing of it."""
    said = data if name == FLOW else triggers_of(data).get(name, {})
    return said.get(_KEY) is True if isinstance(said, Mapping) and _KEY in said else None


def triggers_of(data: Any) -> dict[str, Mapping[str, Any]]:
    """Return the triggers of a flow's data by their ids."""
    listed = data.get("triggers") if isinstance(data, Mapping) else None
    found = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    return {str(each.get("id")): each for each in found}


def lasting(wanted: Iterable[str], data: Any) -> tuple[str, ...]:
    """Return which of the stops still mean something to new text: it has the trigger, and does not say otherwise."""
    if not isinstance(data, Mapping):
        return ()
    there = {FLOW, *triggers_of(data)}
    return tuple(name for name in wanted if name in there and declares(name, data) is None)


def write(document: Document, wanted: Iterable[str], meaning: Meaning) -> Sent | None:
    """Return the text of a document with stops written into it; None where that cannot be done.

    Each goes in front of the first key of what it stops, behind a byte order mark; where that key is written as `? id`,
    the flow's own goes to the end, where Kestra itself writes it. The result is read once more: it says the same, and
    that.
    """
    wanted = set(wanted)
    places = {name: _place(document, name) for name in wanted}
    if not all(places.values()):
        return None
    tried = [_in_front(document.text, places.values(), one) for one in (_BLOCK, "disabled: true, ")]
    if flow := places.pop(FLOW, None):
        whole = document.marks.at(())
        columns = {flow[1], whole.column if whole else 1}
        tried += [_at_the_end(_in_front(document.text, places.values(), _BLOCK), each) for each in sorted(columns)]
    for lines in tried:
        text = "".join(lines)
        if set(stops(document.data, meaning(text))) == wanted:
            origins = (number for number, line in enumerate(lines, 1) for _ in line.splitlines())
            return Sent(text, tuple(origins))
    return None


def _in_front(text: str, places: Iterable[tuple[int, int] | None], stop: str) -> list[str]:
    """Return a text's lines with a stop written at places (line and column, from 1)."""
    lines = text.splitlines(keepends=True)
    for line, column in sorted(filter(None, places), reverse=True):
        at = column - 1 + (line == 1 and text.startswith(BOM))  # no column counts the mark
        head, tail = lines[line - 1][:at], lines[line - 1][at:]
        lines[line - 1] = f"{head}{stop.format(indent=' ' * (column - 1))}{tail}"
    return lines


def _at_the_end(lines: list[str], column: int) -> list[str]:
    """Return the lines with a stop behind them, its own line not counted as one of the file's."""
    ended = lines[-1].splitlines()[0] != lines[-1]
    lines[-1] = f"{lines[-1]}{'' if ended else chr(10)}{' ' * (column - 1)}disabled: true\n"
    return lines


def _place(document: Document, name: str) -> tuple[int, int] | None:
    """Return line and column of the first key of the flow or of a trigger, None where nothing is known of that."""
    route: Route = ()
    data: Any = document.data
    if name != FLOW:
        at = next(
            at for at, each in enumerate(data["triggers"]) if isinstance(each, Mapping) and str(each.get("id")) == name
        )
        route, data = ("triggers", at), data["triggers"][at]
    span = document.marks.key((*route, next(iter(data))))
    return (span.line, span.column) if span else None
