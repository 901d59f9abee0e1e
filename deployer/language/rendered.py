"""How tasks read a property that is rendered when the flow runs, of which Kestra accepts any value until then.

Asked of 1.0.36, 1.3.31 and 2.0.0, which agree on 75 values for each of 18 types (`RunContext.render`): the text is
read as the property's type, and if that fails, the JSON in it is. A list or a mapping that is written as text must be
JSON, and of its items only strings and mappings are read. What is not certain is not noted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from deployer.language.leaves import as_text
from deployer.language.parts import Misread, Part, Read
from deployer.model.java import BLANKS
from deployer.model.problem import Route

Reader = Callable[[Any, Route, "list[Part]", Read], None]

_EXPRESSION = re.compile(r"\{[{%#]")
_JAVA_NUMBER = re.compile(r"[+-]?[\d.]+[fFdD]")
_BETWEEN = " \t\r\n"  # what must follow a number in JSON


def single(read: Reader, value: Any, route: Route, _: list[Part], notes: Read) -> None:
    """Note a constant that is no value of a single type, such as a duration."""
    if not _is_constant(value) or value == "null":
        return
    written = value if isinstance(value, list | dict) else as_text(value)
    found = _misreads(read, f"{written}?" if _is_java_number(written) else written, route)
    if found and isinstance(written, str) and (inside := _json(written)) is not None:
        found = _misreads(read, inside, route) and found
    notes.fails += found


def list_of(each: Reader, value: Any, route: Route, parts: list[Part], notes: Read) -> None:
    """Note a constant that is not a list, or what its items cannot be."""
    held = _held(value)
    if isinstance(held, list):
        for at, one in enumerate(held):
            if isinstance(one, str | dict):
                each(one, (*route, at) if held is value else route, parts, notes)
    elif _is_constant(value):
        notes.fails.append(Misread("wrong-type", route, wanted="a list"))


def map_of(each: Reader, value: Any, route: Route, parts: list[Part], notes: Read) -> None:
    """Note a constant that is not a mapping, or what its values cannot be."""
    held = _held(value)
    if isinstance(held, dict):
        for name, one in held.items():
            each(one, (*route, name) if held is value else route, parts, notes)
    elif _is_constant(value):
        notes.fails.append(Misread("wrong-type", route, wanted="a mapping"))


def _is_constant(value: Any) -> bool:
    """Whether a value is known before the flow runs."""
    return not _EXPRESSION.search(value) if isinstance(value, str) else value is not None


def _is_java_number(written: Any) -> bool:
    """Whether a text is a number such as `1d`, which is one in a flow, but not once it has been rendered."""
    return isinstance(written, str) and bool(_JAVA_NUMBER.fullmatch(written.strip(BLANKS)))


def _misreads(read: Reader, value: Any, route: Route) -> list[Misread]:
    trial = Read()
    read(value, route, [], trial)
    return trial.misreads


def _held(value: Any) -> Any:
    """Return the list or the mapping that a text contains, if it does."""
    return _json(value) if isinstance(value, str) and _is_constant(value) else value


def _json(text: str) -> Any:
    """Return the first JSON value in a text, None if there is none."""
    written = text.strip(BLANKS)
    try:
        value, end = json.JSONDecoder(parse_constant=_refuse).raw_decode(written)
    except (ValueError, RecursionError):
        return None
    ends = isinstance(value, str | list | dict) or written[end : end + 1] in _BETWEEN
    return value if ends else None


def _refuse(name: str) -> Any:
    raise ValueError(name)
