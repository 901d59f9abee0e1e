"""Which values an execution accepts for its inputs as they are sent: strings unchanged, all else as JSON.

Tested on the 1.3.31 and 2.0.0 engines, which agree. What only a running Kestra knows, such as the values of a SELECT
that come from an expression, is not judged.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from deployer.check.rules.input_values import READERS, Reader, wrong_by
from deployer.language.dates import is_instant, is_local_date, is_local_time, moment
from deployer.language.leaves import as_text
from deployer.language.parts import Part

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_UNUSUAL_FLOAT = re.compile(r"\s*[+-]?(NaN|Infinity|0[xX].*)\s*")
_ITEMS = {
    "INT": "Int", "FLOAT": "Float", "BOOLEAN": "Bool", "BOOL": "Bool", "DATETIME": "DateTime", "DATE": "Date",
    "TIME": "Time", "DURATION": "Duration", "URI": "URI", "EMAIL": "Email",
}  # fmt: skip
"""Items that are read like the value of an input of that kind."""


def sent(value: Any) -> str:
    """Return a value as it is sent."""
    return value if isinstance(value, str) else json.dumps(value)


def wrong(part: Part, value: Any) -> str | None:
    """Return what is wrong with a value of an input, None if it is valid, or is not known yet."""
    return wrong_by(_SENT, part, sent(value))


def _bool(part: Part, text: str) -> str | None:  # noqa: ARG001
    return None if text.lower() in ("true", "false") else "neither true nor false: Kestra would read it as false"


def _float(part: Part, text: str) -> str | None:
    return None if _UNUSUAL_FLOAT.fullmatch(text) else READERS["Float"](part, text)


def _time(kind: str, reading: str, fits: Callable[[str], bool], wanted: str) -> Reader:
    def read(part: Part, text: str) -> str | None:
        if not fits(text):
            return wanted
        return READERS[kind](part, text) if moment(reading, text) is not None else None

    return read


def _select(part: Part, text: str) -> str | None:
    return None if part.value.get("expression") is not None else READERS["Select"](part, text)


def _uri(part: Part, text: str) -> str | None:  # noqa: ARG001
    return None if _SCHEME.fullmatch(text) else "not a URI with a scheme"


def _json(part: Part, text: str) -> str | None:  # noqa: ARG001
    try:
        _DECODER.raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return "not JSON"
    return None


def _array(part: Part, text: str) -> str | None:
    items, kind = _list(text), _ITEMS.get(as_text(part.value.get("itemType")), "")
    if items is None:
        return "not a list"
    if None in items:
        return "a list with an empty item"
    each = Part(f"{kind}Input", part.route, {})
    found = next((what for item in items if (what := kind and wrong(each, _item(item)))), None)
    return f"a list with an item that is {found}" if found else None


def _multiselect(part: Part, text: str) -> str | None:
    items = _list(text)
    if items is None:
        return "not a list"
    if as_text(part.value.get("itemType", "STRING")) != "STRING" or part.value.get("values") is None:
        return None
    return next((what for item in items if (what := _select(part, _item(item)))), None)


def _list(text: str) -> list[Any] | None:
    try:
        items, _ = _DECODER.raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return None
    return items if isinstance(items, list) else None


def _item(item: Any) -> str:
    return json.dumps(item) if isinstance(item, list | dict) else as_text(item)


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


_DECODER = json.JSONDecoder(parse_constant=_no_number)  # Kestra's parser accepts no NaN

_SENT: dict[str, Reader] = {
    **{kind: READERS[kind] for kind in ("String", "Email", "Int", "Duration")},
    "Secret": READERS["String"],
    "Float": _float,
    "Bool": _bool,
    "Boolean": _bool,
    "DateTime": _time(
        "DateTime",
        "Instant",
        lambda text: "t" in text.lower() and is_instant(text),
        "not a date with time and zone, such as 2024-01-31T10:30:00Z",
    ),
    "Date": _time(
        "Date", "LocalDate", lambda text: "T" not in text and is_local_date(text), "not a date such as 2024-01-31"
    ),
    "Time": _time(
        "Time", "LocalTime", lambda text: "T" not in text and is_local_time(text), "not a time such as 10:30:00"
    ),
    "Select": _select,
    "Enum": _select,
    "Multiselect": _multiselect,
    "Array": _array,
    "Json": _json,
    "URI": _uri,
}
"""By the kind of input. Other kinds are not judged."""
