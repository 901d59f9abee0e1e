"""Cuts a string with expressions into tokens, by the rules of Pebble's lexer; text outside of them is no token."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_START = re.compile(r"\{\{|\{%|\{#")
_VERBATIM = re.compile(r"\s*verbatim\s*-?%}", re.ASCII)
_VERBATIM_END = re.compile(r"\{%-?\s*endverbatim\s*-?%}", re.ASCII)
_CLOSE = {"{{": re.compile(r"\s*-?}}", re.ASCII), "{%": re.compile(r"\s*-?%}", re.ASCII)}
_CLOSE_NAME = {"{{": "}}", "{%": "%}"}
_TRIM = re.compile(r"-\s+", re.ASCII)
_BLANK = re.compile(r"[ \t\n\x0b\f\r\x1c-\x1f\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]*")
_PARTS = (
    r"(?P<name>[^\W\d]\w*)",
    r"(?P<number>[0-9]+L|[0-9]+(?:\.[0-9]+)?)",
    r"(?P<mark>[()\[\]{}?:.,|=])",
    r"""(?P<text>"[^#"\\]*(?:\\.[^#"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')""",
    r'(?P<quote>")',
)
_PIECE = re.compile(r'[^#"\\]*(?:(?:\\.|#(?!\{))[^#"\\]*)*', re.DOTALL)
_INTERPOLATION_END = re.compile(r"\s*}", re.ASCII)
_PAIRS = {"(": ")", "[": "]", "{": "}", '"': '"', "#{": "}"}
_OTHERS = {"&": "write `and`", "!": "write `not`", "$": "remove the `$`", "'": "close the quote", "}": "write `}}`"}


class Malformed(Exception):  # noqa: N818  (a verdict, not an error)
    """An expression that Kestra cannot read. `at` is the position in the string, `hint` says what to do."""

    def __init__(self, message: str, at: int, hint: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is `operator`, `name`, `number`, `mark`, `text`, `#{`, `}#`, a delimiter, or `end`."""

    kind: str
    value: str
    at: int


class Lexer:
    """Knows the operators; cuts any string into tokens."""

    def __init__(self, operators: Sequence[str]) -> None:
        ordered = sorted(set(operators), key=len, reverse=True)
        signs = "|".join(re.escape(sign) + ("(?![a-zA-Z0-9_])" if sign[-1].isalpha() else "") for sign in ordered)
        self._part = re.compile("|".join((f"(?P<operator>{signs})", *_PARTS)), re.DOTALL)

    def tokens(self, text: str) -> list[Token]:
        """Return all tokens, with an `end` last. Raises Malformed."""
        return _Cutting(text, self._part).whole()


class _Cutting:
    def __init__(self, text: str, part: re.Pattern[str]) -> None:
        self._text, self._part = text, part
        self._at = 0
        self._tokens: list[Token] = []
        self._open: list[tuple[str, int]] = []  # brackets and quotes

    def whole(self) -> list[Token]:
        while match := _START.search(self._text, self._at):
            self._at = match.end()
            if trim := _TRIM.match(self._text, self._at):
                self._at = trim.end()
            if match[0] == "{#":
                self._skip_comment(match.start())
            elif match[0] == "{%" and (verbatim := _VERBATIM.match(self._text, self._at)):
                end = _VERBATIM_END.search(self._text, verbatim.end())
                if not end:
                    raise Malformed("unclosed `verbatim`", match.start(), "write `{% endverbatim %}`")
                self._at = end.end()
            else:
                self._inside(match[0], match.start())
        self._add("end", "", len(self._text))
        return self._tokens

    def _add(self, kind: str, value: str, at: int) -> None:
        self._tokens.append(Token(kind, value, at))

    def _skip_comment(self, start: int) -> None:
        end = self._text.find("#}", self._at)
        if end < 0 and self._at < len(self._text):
            hint = "write {{ '{#' }} for the characters, or end the comment with `#}`"
            raise Malformed("`{#` begins a comment that is not closed", start, hint)
        self._at = end + 2 if end >= 0 else len(self._text)

    def _inside(self, opened: str, start: int) -> None:
        """Cut up the text between delimiters."""
        self._add(opened, opened, start)
        close = _CLOSE[opened]
        while self._open or not (match := close.match(self._text, self._at)):
            self._blank()
            if self._at >= len(self._text):
                bracket, at = self._open[-1] if self._open else (opened, start)
                raise Malformed(f"`{bracket}` is not closed", at, f"close it with `{_closing(bracket)}`")
            self._expression()
        self._add(_closing(opened), _closing(opened), self._at)
        self._at = match.end()

    def _blank(self) -> None:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _expression(self) -> None:
        match = self._part.match(self._text, self._at)
        if not match or not match.lastgroup:
            sign = self._text[self._at]
            raise Malformed(f"`{sign}` has no meaning in an expression", self._at, _OTHERS.get(sign, ""))
        kind, value, at = match.lastgroup, match[0], self._at
        if kind == "mark":
            self._bracket(value)
        self._at = match.end()
        if kind == "quote":
            self._interpolate(at)
        else:
            self._add(kind, value, at)

    def _bracket(self, sign: str) -> None:
        if sign in "([{":
            self._open.append((sign, self._at))
        elif sign in ")]}":
            if not self._open:
                raise Malformed(f"unmatched `{sign}`", self._at, _OTHERS.get(sign, ""))
            opened, at = self._open.pop()
            if _closing(opened) != sign:
                raise Malformed(f"`{opened}` is not closed before `{sign}`", at, f"close it with `{_closing(opened)}`")

    def _interpolate(self, start: int) -> None:
        """Cut up a double-quoted string that contains `#{…}`."""
        self._open.append(('"', start))
        while self._at < len(self._text):
            if self._text.startswith("#{", self._at):
                self._interpolation()
            elif (match := _PIECE.match(self._text, self._at)) and match[0]:
                self._add("text", match[0], self._at)
                self._at = match.end()
            elif self._text[self._at] == '"':
                self._at += 1
                self._open.pop()
                return
            else:
                break
        raise Malformed('`"` is not closed', start, "close the quote")

    def _interpolation(self) -> None:
        self._add("#{", "#{", self._at)
        self._open.append(("#{", self._at))
        self._at += 2
        while True:
            match = _INTERPOLATION_END.match(self._text, self._at)
            if self._open[-1][0] == "#{" and match:
                break
            self._blank()
            if self._at >= len(self._text):
                raise Malformed("`#{` is not closed", self._open[-1][1], "close it with `}`")
            self._expression()
        self._open.pop()
        self._add("}#", "}", self._at)
        self._at = match.end()


def _closing(opened: str) -> str:
    return _CLOSE_NAME.get(opened) or _PAIRS[opened]
