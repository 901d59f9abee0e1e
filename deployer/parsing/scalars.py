"""How Kestra reads a single value: the rules of SnakeYAML's resolver and of Jackson's numbers.

Tested on the engines of all versions, which agree: `yes`, `on` and `TRUE` are true, `010` is 8, `1_000` is 1000, while
`0o10`, `08`, `12:30:00` and `2024-01-01` stay strings; a missing value is the empty string, only `~` and `null`
are null; `.inf` and `!!float x` are refused. Tags other than the five that name a type have no meaning.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

from deployer.model.java import BLANKS

_TAG = "tag:yaml.org,2002:"
_LONGEST = 1024  # characters; the resolver reads longer values as strings
_LONGEST_NUMBER = 1000  # characters; Jackson refuses longer ones
_BOOLEANS = {
    spelling: value
    for value, words in ((True, ("yes", "true", "on")), (False, ("no", "false", "off")))
    for word in words
    for spelling in (word, word.capitalize(), word.upper())
}
_ANY_CASE = {**_BOOLEANS, "y": True, "n": False}  # in lowercase, and only with the tag !!bool
_WORDS: dict[str, Any] = {**_BOOLEANS, "~": None, "null": None, "Null": None, "NULL": None}
STARTS = frozenset("yYnNtTfFoO~-+.0123456789")
"""The first characters of unquoted values that may be something other than a string."""
_INTEGER = re.compile(r"[-+]?(?:0b_*[01][01_]*|0_*[0-7][0-7_]*|0|[1-9][0-9_]*|0x_*[0-9a-fA-F][0-9a-fA-F_]*)")
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
    r"|[-+]?\.[0-9_]+(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)"
    r"|\.(?:nan|NaN|NAN)",
)
_WHOLE = re.compile(r"([-+]?)(?:0([bBxX])(.*)|0([0-9_].*)|(0|[1-9_][0-9_]*|))", re.DOTALL)
_DECIMAL = re.compile(r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?(?:NaN|Infinity))[fFdD]?")
_HEXADECIMAL = re.compile(r"([-+]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][-+]?[0-9]+)[fFdD]?")
_UNIT = re.compile(r"[\x00-\x20]*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)")


class NotRead(ValueError):  # noqa: N818  what is refused is the value; the message says why
    """A value that Kestra's reader refuses. The message continues a sentence that begins with the value."""


def plain(text: str) -> Any:
    """Return the meaning of a value without quotes or tag. Raises NotRead."""
    if text[:1] not in STARTS:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    return _float(text) if _FLOAT.fullmatch(text) else text


def tagged(text: str, tag: str) -> Any:
    """Return the meaning of a value with a tag, quoted or not. Raises NotRead."""
    read = _TAGGED.get(tag.removeprefix(_TAG).split(",")[0]) if tag.startswith(_TAG) else None
    return read(text) if read else text


def _integer(text: str) -> Any:
    """Read an integer as Jackson does, which is more lenient than the resolver; other strings stay unchanged."""
    match = _WHOLE.fullmatch(text) if text else None
    if not match:
        return text
    sign, letter, based, octal, decimal = match.groups()
    base = {"b": 2, "x": 16}[letter.lower()] if letter else 8 if octal else 10
    digits = (based or octal or decimal or "").replace("_", "")
    if len(digits) + (decimal is not None and sign == "+") > _LONGEST_NUMBER:  # Jackson counts that sign
        raise NotRead(f"is a number of {len(digits)} digits, but Kestra reads at most {_LONGEST_NUMBER}")
    try:
        value = int(digits, base)
    except ValueError:
        raise NotRead(f"is not an integer in base {base}") from None
    return -value if sign == "-" else value


def _float(text: str) -> Any:
    digits = text.replace("_", "").strip()
    if not text:
        return text
    if len(digits) > _LONGEST_NUMBER:
        raise NotRead(f"is a number of {len(digits)} characters, but Kestra reads at most {_LONGEST_NUMBER}")
    if match := _HEXADECIMAL.fullmatch(digits):
        return float.fromhex(match[1])
    if not (match := _DECIMAL.fullmatch(digits)):
        raise NotRead("is not a number that Kestra can read")
    return float(match[1])


def _binary(text: str) -> str:
    """Read Base64 as Jackson does, four characters at a time, and return it in the form that is passed on."""
    found, at, text = [], 0, text.strip(BLANKS)
    while at < len(text):
        if not (unit := _UNIT.match(text, at)):
            raise NotRead("is not Base64")
        found.append(base64.b64decode(unit[1]))
        at = unit.end()
    return base64.b64encode(b"".join(found)).decode()


_TAGGED: dict[str, Callable[[str], Any]] = {
    "binary": _binary,
    "bool": lambda text: _ANY_CASE.get(text.lower(), text),
    "int": _integer,
    "float": _float,
    "null": lambda text: None if text else text,
}
