r"""The names in `\p{…}` of Java's patterns: which there are, and which characters each stands for.

Asked of Java 25: names are as they are written, those after `Is` and `In` in any case.
"""

from __future__ import annotations

import json
import re
import string
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain

_CATEGORIES = frozenset(
    "Cn Lu Ll Lt Lm Lo Mn Me Mc Nd Nl No Zs Zl Zp Cc Cf Co Cs Pd Ps Pe Pc Po Sm Sc Sk So Pi Pf L M N Z C P S LC LD".split()  # noqa: SIM905, E501
)
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


@lru_cache(maxsize=64)
def characters(name: str) -> str | None:
    """Return the characters of a property, as a set of Python's patterns has them; None where they are not known."""
    if name in _ASCII:
        return re.escape(_ASCII[name])
    name = name.removeprefix("Is").removeprefix("gc=").removeprefix("general_category=")
    wanted = {"LC": ("Lu", "Ll", "Lt"), "LD": ("L", "Nd")}.get(name, (name,))
    return _ranges(wanted) if name in _CATEGORIES else None


_MIXED = (range(0x40000), range(0xE0000, 0xF0000))
UNIFORM = (
    ("Cn", 0x40000, 0xDFFFF),
    ("Co", 0xF0000, 0xFFFFD),
    ("Cn", 0xFFFFE, 0xFFFFF),
    ("Co", 0x100000, 0x10FFFD),
    ("Cn", 0x10FFFE, 0x10FFFF),
)
"""The ranges of Unicode in which every code point has the same category, so that none of them has to be looked at."""


def _ranges(categories: tuple[str, ...]) -> str:
    found: list[list[int]] = []
    for code in chain(*_MIXED):
        if unicodedata.category(chr(code)).startswith(categories):
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            else:
                found.append([code, code])
    found += [[first, last] for category, first, last in UNIFORM if category.startswith(categories)]
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in found)
