"""The one definition of a secret that is written down in a flow, and how such a text is shown without it.

A secret is known by the name of its property, or by its own shape. Texts are looked at line by line, as they are shown,
and need not be sound: what is live may be anything, and an excerpt of a broken file holds secrets too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from deployer.model.problem import Span

MASK = "••••••"
ENCRYPTED = "io.kestra.datatype:aes_encrypted"
"""What Kestra writes beside a value that it keeps encrypted, as those of SECRET inputs."""
_SHORTEST = 4  # characters of a secret that is looked for in a message
_LONG = 20_000  # characters of a line that is looked at closely
_ABOVE = 200  # lines over an excerpt that may say that it is a secret

_NAMED = re.compile(
    r"(?:^|-)(?:password|passwd|pwd|passphrase|(?<!pull-)secret|(?<!page-)(?<!next-)(?<!continuation-)(?<!stop-)token"
    r"|api-?key|secret-?key|private-?key|secret-access-key|account-key|shared-access-key|access-key-secret"
    r"|encryption-key|signing-key)$"
)
_ENDS = ("password", "passwd", "pwd", "passphrase", "secret", "token", "key")  # of every name that `_NAMED` knows
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_. ]")
SHAPES = {
    "a key of AWS": r"\bAKIA[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[oprsu]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})",
    "a token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a token of Slack": r"\bxox[abprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w{20,}",
    "a key of Stripe": r"\b[rs]k_live_[A-Za-z0-9]{16,}",
    "a key of Google": r"\bAIza[A-Za-z0-9_-]{35}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "a JSON Web Token": r"\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@{}$]*:[^\s/@{}$<>*]+@(?=[\w\[])",
    "a key in a connection string": r"\b(?:AccountKey|SharedAccessKey|Password|Pwd)=[^;\s\"'{}$<>*]{4,}",
    "a login in a header": r"\b(?:Bearer|Basic) +[A-Za-z0-9._~+/-]{8,}=*",
}
"""What it is, and how it looks."""
SHAPED = re.compile("|".join(f"({shape})" for shape in SHAPES.values()))
SIGNS = (
    *("AKIA", "ghp_", "gho_", "ghr_", "ghs_", "ghu_", "github_pat_", "glpat-", "xox", "hooks.", "k_live_", "AIza"),
    *("-----BEGIN", "eyJ", "@", "AccountKey=", "SharedAccessKey=", "assword=", "wd=", "Bearer ", "Basic "),
)
"""One of these is in every text that has one of the shapes."""
_ELSEWHERE = re.compile(r"\{\{|\{%|\$\{|\$\(|\[\[|^\$\w|^<.*>$|^[*x.…•]+$|^(?:none|null|true|false|~)$", re.IGNORECASE)
"""A value that comes from elsewhere, or is not a secret."""
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\$\{.*?\}|\$\(.*?\)|\[\[.*?\]\]")
_WORD = re.compile(r"[^\s\"',;]{3,}")
_HARMLESS = frozenset({"bearer", "basic", "token", "digest"})

_KEY = re.compile(
    r"(?:(?P<quote>[\"'])(?P<quoted>[A-Za-z_][\w.$-]*)(?P=quote)|(?<![\w.$-])(?P<name>[A-Za-z_][\w.$-]*))"
    r"\s*:(?:\s+|$|(?=[\"'{\[]))"
    r"|^\s*(?:export\s+)?(?P<variable>[A-Za-z_]\w*)="
)
_BLOCK = re.compile(r"[|>][+\-0-9]*\s*(?:#.*)?$|(?:[&!]\S*\s*)*(?:#.*)?$")
"""The marks in place of a value that begins on the next line."""
_BEGIN, _END = re.compile(SHAPES["a private key"]), re.compile(r"-----END [A-Z ]*-----")
_SECRET_CALL = re.compile(r"\bsecret\s*\(")


def is_name(name: str) -> bool:
    """Whether a property of this name holds a secret."""
    return name.lower().endswith(_ENDS) and bool(_NAMED.search(_HUMP.sub("-", name).lower()))


def is_plain(value: Any) -> bool:
    """Whether a value may be a secret itself: one word that does not come from elsewhere."""
    return isinstance(value, str) and len(value.split()) == 1 and not _ELSEWHERE.search(value)


def shape(text: str) -> str:
    """Return what a text holds that looks like a secret by itself, empty where it holds none."""
    match = SHAPED.search(text)
    return list(SHAPES)[(match.lastindex or 1) - 1] if match else ""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a line that is not to be shown: line from 0, columns from 0, the end exclusive."""

    line: int
    start: int
    end: int


Column = tuple[str, int]
"""A property's name, and the column that it begins in."""


def kept_elsewhere(text: str) -> frozenset[Column]:
    """Return the properties whose value a text takes from `secret(…)`: what stood there before was one, too."""
    return frozenset(
        (_name(match), match.start())
        for line in text.splitlines()
        for match in _KEY.finditer(line)
        if _SECRET_CALL.search(line, match.end())
    )


@lru_cache(maxsize=64)
def places(text: str, more: frozenset[Column] = frozenset()) -> tuple[Place, ...]:
    """Return where the secrets of a text stand; `more` are properties that hold some whatever they are called."""
    signs = [sign for sign in SIGNS if sign in text]
    if not signs and not more and not _may_name(text):
        return ()
    lines = text.splitlines()
    found = {Place(number, 0, len(line)) for number, line in enumerate(lines) if _is_long(line)}
    for place in found:
        lines[place.line] = ""
    found |= {*_named(lines, more, _defaults(lines)), *_shaped(lines, signs)}
    return tuple(sorted(found, key=lambda each: (each.line, each.start)))


def _may_name(text: str) -> bool:
    """Whether a text may name a property that holds a secret. Cheap: `any` would take thrice as long."""
    lowered = text.lower()
    for end in _ENDS:  # noqa: SIM110
        if end in lowered:
            return True
    return False


def _is_long(line: str) -> bool:
    """Whether a line is too long to be looked at closely, and may hold a secret: then none of it is shown."""
    return len(line) > _LONG and any(sign in line.lower() for sign in (*_ENDS, *map(str.lower, SIGNS)))


def masked(text: str, more: frozenset[Column] = frozenset()) -> list[str]:
    """Return the lines of a text as they can be shown."""
    lines = text.splitlines()
    for place in reversed(_apart(places(text, more))):
        line = lines[place.line]
        lines[place.line] = line[: place.start] + MASK + line[place.end :]
    return lines


def values(text: str) -> list[str]:
    """Return the secrets of a text, without quotes: a piece for each line that they stand on. Short ones are not."""
    lines = text.splitlines()
    found = {lines[each.line][each.start : each.end].strip("- \"'") for each in _apart(places(text))}
    return sorted(each for each in found if len(each) >= _SHORTEST)


def line(text: str, number: int) -> str:
    """Return a line of a text, from 1, as it can be shown. Lines far above it are not looked at."""
    lines = text.splitlines()
    if not 0 < number <= len(lines):
        return ""
    first = max(0, number - 1 - _ABOVE)
    return masked("\n".join(lines[first:number]))[-1] if any(lines[first:number]) else lines[number - 1]


def excerpt(text: str, span: Span | None) -> str:
    """Return the line that a place begins in, as it can be shown; empty where a secret is before the end of it."""
    if span is None:
        return ""
    lines = text.splitlines()
    plain = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    shown = line(text, span.line)
    end = span.end_column - 1 if span.end_line == span.line else len(plain)
    return shown if shown[:end] == plain[:end] else ""


def _name(match: re.Match[str]) -> str:
    return match["name"] or match["quoted"] or match["variable"]


def _apart(found: Sequence[Place]) -> list[Place]:
    """Return the places with those that overlap made one."""
    apart: list[Place] = []
    for each in found:
        if apart and apart[-1].line == each.line and each.start <= apart[-1].end:
            apart[-1] = Place(each.line, apart[-1].start, max(apart[-1].end, each.end))
        else:
            apart.append(each)
    return apart


def _shaped(lines: Sequence[str], signs: Sequence[str]) -> Iterator[Place]:
    """Yield what looks like a secret by itself. `signs` are those of `SIGNS` that the text has."""
    inside = False
    for number, line in enumerate(lines):
        if not inside and not any(sign in line for sign in signs):
            continue
        if inside or _BEGIN.search(line):
            begin = _BEGIN.search(line)
            start = begin.start() if begin and not inside else len(line) - len(line.lstrip())
            end = _END.search(line, start)
            yield Place(number, start, end.end() if end else len(line))
            inside = end is None and (inside or "\\n" not in line[start:])
            continue
        for match in SHAPED.finditer(line):
            yield Place(number, match.start(), match.end())


@dataclass(slots=True)
class _Open:
    """A value that goes on: deeper than the column of its key, or up to a quote."""

    column: int
    quote: str = ""
    empty: bool = False  # nothing stood beside the key, so items of a list may begin in its own column


def _named(lines: Sequence[str], more: Collection[Column], more_lines: Collection[int]) -> Iterator[Place]:
    going: _Open | None = None
    for number, line in enumerate(lines):
        at = 0
        if going:
            at, found, going = _continued(line, going)
            yield from (Place(number, start, end) for start, end in found)
        if not more and number not in more_lines and not _may_name(line):
            continue
        while at <= len(line) and (match := _KEY.search(line, at)):
            at = match.end()
            known = (_name(match), match.start()) in more or (_name(match) == "defaults" and number in more_lines)
            if not known and not is_name(_name(match)):
                continue
            at, going = _value(line, match)
            yield from (Place(number, start, end) for start, end in _told(line, match.end(), at))


def _continued(line: str, going: _Open) -> tuple[int, list[tuple[int, int]], _Open | None]:
    """Return where the rest of a line begins, what of it is secret, and whether the value goes on behind it."""
    indent = len(line) - len(line.lstrip())
    if going.quote:
        end = _closing(line, 0, going.quote)
        return (
            (len(line) if end is None else end),
            _told(line, indent, len(line) if end is None else end),
            (going if end is None else None),
        )
    if not line.strip():
        return len(line), [], going
    if indent > going.column or (going.empty and indent == going.column and line.lstrip().startswith("- ")):
        return len(line) + 1, _told(line, indent, len(line)), going
    return 0, [], None


def _value(line: str, match: re.Match[str]) -> tuple[int, _Open | None]:
    """Return where the value behind a key ends on its line, and how it goes on."""
    start = match.end()
    rest = line[start:]
    if not rest or _BLOCK.fullmatch(rest):
        return len(line), _Open(match.start(), empty=not rest.startswith(("|", ">")))
    if rest[0] in "\"'":
        end = _closing(line, start + 1, rest[0])
        return (len(line), _Open(match.start(), rest[0])) if end is None else (end, None)
    before = line[: match.start()]
    if before.count("{") + before.count("[") > before.count("}") + before.count("]"):
        end = next((at for at in range(start, len(line)) if line[at] in ",}]" and not _inside(line, start, at)), None)
        return (len(line) if end is None else end), None
    return len(line), None if match["variable"] else _Open(match.start())


def _inside(line: str, start: int, at: int) -> bool:
    """Whether a place is inside of an expression that began behind `start`."""
    return (
        line.count("{{", start, at) > line.count("}}", start, at)
        or line.startswith("}}", at)
        or line[at - 1 : at + 1] == "}}"
    )


def _closing(line: str, start: int, quote: str) -> int | None:
    """Return the place behind the quote that ends a text, None where it goes on in the next line."""
    at = start
    while at < len(line):
        if line[at : at + 2] == "''" if quote == "'" else line[at] == "\\":
            at += 2
        elif line[at] == quote:
            return at + 1
        else:
            at += 1
    return None


def _told(line: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return what of a value must not be shown: all of it, or what is beside its expressions."""
    value = line[start:end]
    if not value.strip() or _BLOCK.fullmatch(value):
        return []
    if not _EXPRESSION.search(value):
        bare = value.strip().strip("\"'")
        return [] if not bare or _ELSEWHERE.search(bare) else [(start, start + len(value.rstrip()))]
    plain = _EXPRESSION.sub(lambda match: " " * len(match[0]), value)
    words = (match for match in _WORD.finditer(plain) if match[0].lower() not in _HARMLESS)
    return [(start + match.start(), start + match.end()) for match in words]


def _defaults(lines: Sequence[str]) -> set[int]:
    """Return the lines with the default of an input of type SECRET: in the same item of a list, in the same column."""
    found = set()
    for number, line in enumerate(lines):
        match = _KEY.search(line) if "SECRET" in line else None
        if not match or _name(match) != "type" or line[match.end() :].split("#")[0].strip().strip("\"'") != "SECRET":
            continue
        before = number
        while before > 0 and not _begins(lines[before], match.start()):
            before -= 1
        after = number + 1
        while after < len(lines) and _belongs(lines[after], match.start()):
            after += 1
        found |= {at for at in range(before, after) if (key := _KEY.search(lines[at])) and key.start() == match.start()}
    return found


def _begins(line: str, column: int) -> bool:
    """Whether an item of a list begins on a line, with its first key in this column."""
    return line[:column].strip() == "-"


def _belongs(line: str, column: int) -> bool:
    return not line.strip() or not line[:column].strip()
