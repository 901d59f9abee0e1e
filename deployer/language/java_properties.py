r"""The names in `\p{…}` of Java's patterns: which there are, and which characters each stands for.

Asked of Java 25: names are as they are written, those after `Is` and `In` in any case.
"""

from __future__ import annotations

import json
import re
import string
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

_CATEGORIES = frozenset(
    "Cn Lu Ll Lt Lm Lo Mn Me Mc Nd Nl No Zs Zl Zp Cc Cf Co Cs Pd Ps Pe Pc Po Sm Sc Sk So Pi Pf L M N Z C P S LC LD".split()  # noqa: SIM905, E501
)
_NONE = r"\udfff"
"""A character that no readable text has."""
_ASCII = {
    "Lower": string.ascii_lowercase,
    "Upper": string.ascii_uppercase,
    "ASCII": "".join(map(chr, range(128))),
    "Alpha": string.ascii_letters,
    "Digit": string.digits,
    "Alnum": string.ascii_letters + string.digits,
    "Punct": string.punctuation,
    "Graph": string.ascii_letters + string.digits + string.punctuation,
    "Print": string.ascii_letters + string.digits + string.punctuation + " ",
    "Blank": " \t",
    "Cntrl": "".join(map(chr, [*range(32), 127])),
    "XDigit": string.hexdigits,
    "Space": " \t\n\x0b\f\r",
}
_JAVA = re.compile(
    "java(LowerCase|UpperCase|Alphabetic|Ideographic|TitleCase|Digit|Defined|Letter|LetterOrDigit|JavaIdentifierStart|"
    "JavaIdentifierPart|UnicodeIdentifierStart|UnicodeIdentifierPart|IdentifierIgnorable|SpaceChar|Whitespace|"
    "ISOControl|Mirrored)"
)
_BINARY = re.compile(
    "ALPHABETIC|IDEOGRAPHIC|LETTER|LOWERCASE|UPPERCASE|TITLECASE|WHITE_?SPACE|CONTROL|PUNCTUATION|HEX_?DIGIT|ASSIGNED|"
    "NONCHARACTER_CODE_POINT|NONCHARACTERCODEPOINT|DIGIT|ALNUM|BLANK|GRAPH|PRINT|WORD|JOIN_?CONTROL|EMOJI|"
    "EMOJI_PRESENTATION|EMOJI_MODIFIER|EMOJI_MODIFIER_BASE|EMOJI_COMPONENT|EXTENDED_PICTOGRAPHIC",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z]{4}")  # a script's code in ISO 15924, such as `Latn`


def is_known(name: str) -> bool:
    """Whether Java knows a property; of a code of four letters that may be a script's, it is taken to."""
    key, equals, value = name.partition("=")
    if equals:
        judge = _BY_KEY.get(key.lower())
        return judge is not None and judge(value)
    if name.startswith("In"):
        return _is_block(name[2:])
    if not name.startswith("Is"):
        return _is_plain(name)
    rest = name[2:]
    return bool(_BINARY.fullmatch(rest)) or _is_plain(rest) or rest.capitalize() in _ASCII or _is_script(rest)


def _is_plain(name: str) -> bool:
    return name in _CATEGORIES or name in _ASCII or name in ("L1", "all") or bool(_JAVA.fullmatch(name))


@cache
def _names() -> dict[str, frozenset[str]]:
    """Return the names of Unicode's scripts and blocks as Java 25 knows them; an earlier Java knows fewer.

    Asked of Java: `UnicodeScript.values()`, and `UnicodeBlock.of` for every sixteenth code point.
    """
    data = json.loads(files(__package__).joinpath("unicode_names.json").read_text(encoding="utf-8"))
    return {kind: frozenset(" ".join(lines).split()) for kind, lines in data.items()}


def _is_script(name: str) -> bool:
    return name.upper() in _names()["scripts"] or bool(_CODE.fullmatch(name))


def _is_block(name: str) -> bool:
    plain = re.sub(r"[ _-]", "", name).upper()
    return any(each.replace("_", "") == plain for each in _names()["blocks"])


_BY_KEY: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(("sc", "script"), _is_script),
    **dict.fromkeys(("blk", "block"), _is_block),
    **dict.fromkeys(("gc", "general_category"), _CATEGORIES.__contains__),
}


def characters(name: str, text: Iterable[str]) -> str | None:
    """Return which characters of a text have a property, as a set of Python's patterns has them; None if not known."""
    if name in _ASCII:
        return re.escape(_ASCII[name])
    name = name.removeprefix("Is").removeprefix("gc=").removeprefix("general_category=")
    if name not in _CATEGORIES:
        return None
    wanted = {"LC": ("Lu", "Ll", "Lt"), "LD": ("L", "Nd")}.get(name, (name,))
    found = (each for each in text if unicodedata.category(each).startswith(wanted))
    return re.escape("".join(sorted(found))) or _NONE
