"""PyYAML's two readers, which give events and tokens: a fast one in C, and one in Python that reads as Kestra's does.

Kestra's reader, SnakeYAML, is a port of PyYAML's Python reader and accepts almost the same; the differences are changed
here. The C reader is thirty times as fast and agrees on nearly everything: `differs` finds the texts that it accepts
but may read wrongly, and if it refuses a text, the slow one decides. Nothing else knows PyYAML's scanner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml
from yaml.scanner import ScannerError

BOM = "\ufeff"
LONGEST_SLOW = 200_000
"""Characters; the reader in Python needs seconds for more."""

Quick: Any = getattr(getattr(yaml, "cyaml", None), "CParser", None)
"""The C reader; None where PyYAML was built without it."""

_BREAKS = "\r\n\x85\u2028\u2029"
_DIFFERS = {
    "\t": re.compile(r"\t"),  # Kestra's allows none outside of strings
    "#": re.compile(r"[|>][-+0-9]*#"),  # no comment may directly follow a block's indicators
    BOM: re.compile(r"[\s\S]\ufeff"),  # a byte order mark counts, except at the start
    "!": re.compile(r"(?:^|[\s\[{,])!(?!=? )"),  # tags may contain other characters; `! ` and `!= ` are read alike
}
"""By the character without which a text need not be searched for it."""
_NAME_ENDS = frozenset("\0 \t:,[]{}/.*&" + _BREAKS)
_AFTER_NAME = frozenset("\0 \t?:,]}%@`" + _BREAKS)


@contextmanager
def reading(text: str, *, exact: bool) -> Iterator[Any]:
    """Give a reader of a text, which has `check_event`, `peek_event`, `get_event` and the same for tokens."""
    reader = Exact(text) if exact or Quick is None else Quick(text.removeprefix(BOM))
    try:
        yield reader
    finally:
        reader.dispose()


def differs(text: str) -> bool:
    """Whether the fast reader may accept what Kestra's refuses, or read it differently."""
    if any(sign in text and differing.search(text) for sign, differing in _DIFFERS.items()):
        return True
    return "?" in text and ("[" in text or "{" in text) and _asks_in_brackets(text)


def _asks_in_brackets(text: str) -> bool:
    """Whether a `?` is in an unquoted string within brackets; it ends the string for Kestra's reader."""
    depth = 0
    try:
        with reading(text, exact=False) as reader:
            while reader.check_token():
                token = reader.get_token()
                if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
                    depth += 1
                elif isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken):
                    depth -= 1
                elif depth and isinstance(token, yaml.ScalarToken) and token.plain and "?" in token.value:
                    return True
    except yaml.YAMLError:
        return True
    return False


class Exact(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """The reader that accepts and refuses what Kestra's does."""

    ESCAPE_REPLACEMENTS = {  # type: ignore[misc]  # noqa: RUF012  as PyYAML has it
        letter: meant for letter, meant in yaml.scanner.Scanner.ESCAPE_REPLACEMENTS.items() if letter != "\t"
    }

    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)

    def scan_anchor(self, TokenClass: Any) -> Any:  # noqa: N803  PyYAML's name
        """Accept letters of any alphabet in the name of an anchor."""
        start = self.get_mark()
        context = f"while scanning an {'alias' if self.peek() == '*' else 'anchor'}"
        self.forward()
        length = 0
        while self.peek(length) not in _NAME_ENDS:
            length += 1
        name = self.prefix(length)
        self.forward(length)
        if not name or self.peek() not in _AFTER_NAME:
            raise ScannerError(context, start, f"expected a name, but found {self.peek()!r}", self.get_mark())
        return TokenClass(name, start, self.get_mark())

    def scan_plain_spaces(self, indent: int, start_mark: yaml.Mark) -> Any:
        """Read tabs after a string as spaces."""
        length = 0
        while self.peek(length) in " \t":
            length += 1
        if self.peek(length) in _BREAKS or "\t" not in self.prefix(length):
            self.forward(length if self.peek(length) in _BREAKS else 0)
            return super().scan_plain_spaces(indent, start_mark)
        blanks = self.prefix(length)
        self.forward(length)
        return [blanks]

    def scan_flow_scalar(self, style: str) -> Any:
        """Join surrogate pairs that are escaped as in JSON."""
        try:
            token = super().scan_flow_scalar(style)
            token.value = token.value.encode("utf-16", "surrogatepass").decode("utf-16")
        except ValueError:
            words = "found an escape that is not a character"
            raise ScannerError("while scanning a double-quoted scalar", None, words, self.get_mark()) from None
        return token
