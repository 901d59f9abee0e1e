"""Makes harmless what others wrote: flows, names of files, a server's words. It is shown, and does nothing else.

A terminal obeys control characters, a reader is deceived by characters that turn the direction of writing, and a CI
takes some lines of a log for commands. Every text that is printed for people comes through here; where it then goes is
the command line's matter. Programs get JSON, which has escapes of its own.
"""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but for tab and line end, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # which way is written
    "\u2028\u2029"  # ends of lines, to some
    "\ud800-\udfff"  # halves of characters, and bytes that are not text
    "\ufffe\uffff"  # no characters at all: XML has no way to write them
    "\U000e0000-\U000e007f]"  # a second, invisible alphabet
)
_BYTE = range(0xDC80, 0xDD00)
"""How Python keeps a byte of a name that is not text: 0xDC00 and the byte."""
_COMMAND = re.compile(r"^[^\S\n]*(?=::)|##\w*(?=\[)", re.MULTILINE)
"""Where a line of a log begins to be a command: `::error::` and `##[error]` for GitHub, `##vso[...]` for Azure."""


def harmless(text: str) -> str:
    """Return a text of any number of lines as it can be shown: what must not be obeyed is written as an escape."""
    return _COMMAND.sub(r"\g<0>\\", _UNSEEN.sub(_escape, text.replace("\r\n", "\n")))


def one_line(text: str) -> str:
    """Return a text that must fit on one line: a line end in it becomes an escape, too."""
    return harmless(text.replace("\r", "\\r").replace("\n", "\\n"))


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number & 0xFF:02x}" if number in _BYTE else match[0].encode("unicode_escape").decode("ascii")
