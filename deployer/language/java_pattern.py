r"""Reads regular expressions as Java does: whether one is valid, and what it matches.

Not every rule of Java is implemented: a pattern without an equivalent in Python matches everything, as no message is
better than a wrong one.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

from deployer.language.java_properties import characters, is_known

_HEX = re.compile(r"[0-9a-fA-F]")
_NAME = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)>")
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_FLAGS = re.compile(r"[idmsuxU]*(?:-[idmsuxU]*)?[:)]")
_PROPERTY = re.compile(r"[pP](?:\{[\w=\- ]+\}|[A-Za-z])")
_NAMED = re.compile(r"\\[pP]")
_PLAIN = frozenset("AGHRSVWZaDdefhnrstvwz")
_IN_CLASS = frozenset("HSVWaDdefhnrstvw")
_MOST = 2**31 - 1


class _WrongError(ValueError):
    """Why a pattern is not valid."""


@lru_cache(maxsize=4096)
def problem(pattern: str) -> str | None:
    """Return why Java cannot compile a pattern, None if it can."""
    try:
        _Pattern(pattern).read()
    except _WrongError as error:
        return str(error)
    return None


def matches(pattern: str, text: str) -> bool:
    """Whether a whole string matches a pattern that is valid in Java."""
    among = frozenset(text) if _NAMED.search(pattern) else frozenset[str]()
    try:
        return bool(_compile(pattern, among).fullmatch(text))
    except re.error:
        return True


@lru_cache(maxsize=4096)
def _compile(pattern: str, among: frozenset[str]) -> re.Pattern[str]:
    """Return the pattern for Python, of whose properties only these characters are looked at.

    Raises re.error where it has no equivalent, or none is known.
    """
    python, inside = "", False
    for found in _PIECE.finditer(_WITHOUT.sub(r"(?:(?![\2])[\1])", _BOTH.sub(r"(?:(?=[\2])[\1])", pattern))):
        piece = found[0]
        opens, closes = piece[0] == "[", piece == "]"
        if inside and (opens or piece == "&&"):
            raise re.error("sets in a set")
        if piece[:2] in (r"\p", r"\P"):
            python += _property(piece, among, inside=inside)
        else:
            dot_is_all = piece == "." and "(?s" in pattern
            python += piece if dot_is_all else (_IN_SET if inside else _ALONE).get(piece, piece)
            inside = opens or (inside and not closes)
    python = re.sub(r"\(\?<([a-zA-Z]\w*)>", r"(?P<\1>", python)
    return re.compile(re.sub(r"\\k<(\w+)>", r"(?P=\1)", python), re.ASCII)


_PIECE = re.compile(r"\\[pP](?:\{[^}]*\}|.)|\\.|\[\^?|\]|&&|.", re.DOTALL)
_WITHOUT = re.compile(r"\[([^\[\]&^]+)&&\[\^([^\[\]&]+)\]\]")
_BOTH = re.compile(r"\[([^\[\]&^]+)&&\[([^\[\]&^]+)\]\]")
"""`[a-z&&[^b]]` and `[a-z&&[b-d]]`, the usual forms of what Python's sets cannot say."""

_ALONE = {
    ".": "[^\n\r\x85\u2028\u2029]",
    r"\R": "(?:\r\n|[\n\x0b\f\r\x85\u2028\u2029])",
    r"\z": r"\Z",
    r"\h": "[ \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000]",
    r"\v": "[\n\x0b\f\r\x85\u2028\u2029]",
}
_IN_SET = {r"\h": " \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000", r"\v": "\n\x0b\f\r\x85\u2028\u2029"}
"""What Java means by an escape and Python does not, alone and in a set."""


def _property(piece: str, among: frozenset[str], *, inside: bool) -> str:
    content = characters(piece[2:].strip("{}"), among)
    if content is None or (inside and piece[1] == "P"):
        raise re.error("a property whose characters are not known")
    return content if inside else f"[{'^' if piece[1] == 'P' else ''}{content}]"


class _Pattern:
    """One reading of a pattern, from left to right."""

    def __init__(self, pattern: str) -> None:
        self._text = self._unquote(pattern)
        self._at = 0
        self._names: set[str] = set()

    @staticmethod
    def _unquote(pattern: str) -> str:
        r"""Replace the text between `\Q` and `\E`."""
        parts = re.split(r"(?<!\\)((?:\\\\)*)\\Q", pattern)
        if len(parts) == 1:
            return pattern
        result = parts[0]
        for slashes, rest in zip(parts[1::2], parts[2::2], strict=True):
            quoted, _, after = rest.partition("\\E")
            result += slashes + "_" * len(quoted) + after
        return result

    def read(self) -> None:
        """Raise _WrongError if the pattern is not valid."""
        self._alternatives()
        if self._at < len(self._text):
            raise _WrongError("unmatched `)`")

    def _peek(self) -> str:
        return self._text[self._at] if self._at < len(self._text) else ""

    def _next(self) -> str:
        char = self._peek()
        self._at += 1
        return char

    def _take(self, wanted: re.Pattern[str]) -> re.Match[str] | None:
        found = wanted.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _alternatives(self) -> None:
        while self._at < len(self._text) and self._peek() != ")":
            char = self._next()
            if char in "*+?":
                raise _WrongError(f"nothing to repeat before `{char}`")
            if char == "{":
                self._at -= 1
            elif char == "\\":
                self._escape(inside=False)
            elif char == "[":
                self._set()
            elif char == "(":
                self._group()
            if char != "|":
                self._repetition()

    def _repetition(self) -> None:
        char = self._peek()
        if char and char in "*+?":
            self._at += 1
        elif char == "{":
            if not re.match(r"\{\d", self._text[self._at : self._at + 2]):
                raise _WrongError("`{` does not begin a repetition")
            count = self._take(_COUNT)
            if not count:
                raise _WrongError("unclosed `{`")
            least = int(count[1])
            most = int(count[3]) if count[3] else _MOST if count[2] else least
            if not least <= most <= _MOST:
                raise _WrongError(f"`{count[0]}` is not a range")
        else:
            return
        if self._peek() and self._peek() in "?+":
            self._at += 1

    def _group(self) -> None:
        if self._peek() == "?":
            self._at += 1
            if not self._special():
                return
        self._alternatives()
        if self._next() != ")":
            raise _WrongError("unclosed `(`")

    def _special(self) -> bool:
        """Read what follows `(?`, and return whether a group follows that."""
        char = self._peek()
        if char and char in ":=!>":
            self._at += 1
        elif self._text[self._at : self._at + 2] in ("<=", "<!"):
            self._at += 2
        elif char == "<":
            name = self._take(_NAME)
            if not name or name[1] in self._names:
                raise _WrongError("the name of a group is not valid, or used twice")
            self._names.add(name[1])
        else:
            flags = self._take(_FLAGS)
            if not flags:
                raise _WrongError("unknown construct after `(?`")
            return flags[0].endswith(":")
        return True

    def _set(self) -> None:
        if self._peek() == "^":
            self._at += 1
        empty = True
        while True:
            char = self._next()
            if not char:
                raise _WrongError("unclosed `[`")
            if char == "]" and not empty:
                return
            if char == "[":
                self._set()
            elif self._text.startswith("&&", self._at - 1):
                empty = self._intersection(empty)
                continue
            else:
                self._range(char)
            empty = False

    def _intersection(self, empty: bool) -> bool:
        self._at += 1
        while self._peek() == "&":
            self._at += 1
        if empty and self._peek() == "]":
            raise _WrongError("`&&` has an empty side")
        return False

    def _range(self, char: str) -> None:
        first = self._escape(inside=True) if char == "\\" else char
        after = self._text[self._at : self._at + 2]
        if first is None or after[:1] != "-" or after[1:] in ("", "[", "]"):
            return
        self._at += 1
        last = self._next()
        last = self._escape(inside=True) or "" if last == "\\" else last
        if last < first:
            raise _WrongError(f"`{first}-{last}` is not a range")

    def _escape(self, *, inside: bool) -> str | None:  # noqa: C901, PLR0911, PLR0912  (a way for each letter)
        """Read what follows a backslash; return the character it means, None for several."""
        char = self._next()
        if not char:
            raise _WrongError("a backslash at the end")
        if char == "0":
            return chr(int(self._some(re.compile(r"[0-3]?[0-7]{1,2}")), 8))
        if char == "x":
            found = self._some(re.compile(r"[0-9a-fA-F]{2}|\{[0-9a-fA-F]{1,6}\}"))
            code = int(found.strip("{}"), 16)
            if code > sys.maxunicode:
                raise _WrongError(f"there is no character {found}")
            return chr(code)
        if char == "u":
            return chr(int(self._some(re.compile(r"[0-9a-fA-F]{4}")), 16))
        if char == "c":
            return chr(ord(self._some(re.compile(r".", re.DOTALL))) ^ 64)
        if char in "pP":
            self._at -= 1
            name = self._some(_PROPERTY)[1:].strip("{}")
            if not is_known(name):
                raise _WrongError(f"there is no property `{name}`")
            return None
        if char == "k" and not inside:
            if self._some(_NAME)[1:-1] not in self._names:
                raise _WrongError("there is no group of that name")
            return None
        if char in "bB" and not inside:
            if char == "b" and self._peek() == "{":
                self._some(re.compile(r"\{g\}"))
            return None
        if char == "N":
            name = self._some(re.compile(r"\{[A-Za-z0-9 \-]+\}"))[1:-1]
            try:
                return unicodedata.lookup(name)
            except KeyError:
                raise _WrongError(f"there is no character called {name}") from None
        if char.isascii() and char.isalpha() and char not in (_IN_CLASS if inside else _PLAIN | {"X"}):
            raise _WrongError(f"`\\{char}` has no meaning")
        if char.isdigit() and inside:
            raise _WrongError(f"`\\{char}` has no meaning there")
        if char in "DSVWdhsvwHRX":
            return None
        return {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}.get(char, char)

    def _some(self, wanted: re.Pattern[str]) -> str:
        found = self._take(wanted)
        if not found:
            raise _WrongError("an incomplete escape")
        return found[0]
