"""The standard streams of a command line: printing never fails, whatever the text and the terminal.

A stream may be closed, full, a pipe whose reader has gone, or limited to few characters. All output goes through
`Stream`, including that of click and rich. Text from others is made harmless by `deployer.report`, or by `note` and
`labelled` here.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

import click

from deployer.redaction import Redact, redactor
from deployer.report.harmless import harmless

_DOTS = range(0x2800, 0x2900)  # Braille: the spinner is drawn with it
_PLAIN = {"✓": "v", "✗": "x", "·": "-", "…": "..."} | {chr(dots): "*" for dots in _DOTS}
"""Replacements for our own marks on a terminal that lacks the characters."""
_ERRORS = "kestra-deployer"


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_PLAIN.get(one) or one.encode("unicode_escape").decode() for one in missing), error.end


codecs.register_error(_ERRORS, _spell)


_redact: list[Redact] = [str]


def hide(secrets: Iterable[str]) -> None:
    """Show none of these secrets from now on, until the next command line begins."""
    _redact[0] = redactor(secrets)


def redact(text: str) -> str:
    """Return a text without the hidden secrets."""
    return _redact[0](text)


class Stream(io.TextIOBase):
    """A standard stream that accepts any text and never fails. `failed` says why output was lost."""

    def __init__(self, under: TextIO | None) -> None:
        super().__init__()
        self.failed = "" if under else "it is closed"
        self.unread = False  # a pipe whose reader has gone, as `head` does: lost output does not matter
        self.reported = False  # the failure was reported, and the output printed elsewhere
        self._under = under
        if under:
            with suppress(OSError, ValueError):
                os.set_blocking(under.fileno(), True)  # another process that shares the file may have switched it off

    @property
    def encoding(self) -> str:  # type: ignore[override]  # any text may be written
        """Any character can be written."""
        return "utf-8"

    def writable(self) -> bool:
        """Whether it can be written to: always."""
        return True

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return is_terminal(self._under)

    def fileno(self) -> int:
        """Return the file descriptor. Raises OSError if there is none."""
        if self._under is None:
            raise OSError(self.failed)
        return self._under.fileno()

    def write(self, text: str) -> int:
        """Write a text with the characters that the stream has."""
        if self._under and not self.failed:
            encoding = self._under.encoding or "utf-8"
            try:
                self._under.write(text.encode(encoding, _ERRORS).decode(encoding))
            except (OSError, ValueError) as error:
                self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Flush what was written."""
        if self._under and not self.failed:
            try:
                self._under.flush()
            except (OSError, ValueError) as error:
                self._fail(error)

    def _fail(self, error: OSError | ValueError) -> None:
        """Record the reason, and discard what is still buffered, so that Python does not retry at exit."""
        self.unread = isinstance(error, BrokenPipeError)
        self.failed = (error.strerror if isinstance(error, OSError) else "") or str(error)
        with suppress(OSError, ValueError), open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), self.fileno())


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; it may also be closed, or missing."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


@contextmanager
def steady() -> Iterator[Stream]:
    """Replace the standard streams by ones that never fail, and give stdout, to see whether its output arrived."""
    _reserve_descriptors()
    hide(())
    before = sys.stdout, sys.stderr
    stdout = Stream(sys.stdout)
    sys.stdout, sys.stderr = stdout, Stream(sys.stderr)
    try:
        yield stdout
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdout, sys.stderr = before


def _reserve_descriptors() -> None:
    """Open the null device for each closed standard stream, so that no other file gets its descriptor."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004  stdin, stdout and stderr
        os.set_inheritable(number, True)
    os.close(number)


def out(text: str, instead: Callable[[], str] | None = None, *, redacted: bool = False) -> None:
    """Write a text to stdout, without hidden secrets; `redacted` says that it contains none.

    If it does not arrive, `instead` is written to stderr, with the reason.
    """
    stream = sys.stdout if isinstance(sys.stdout, Stream) else Stream(sys.stdout)
    stream.write(text if redacted else redact(text))
    stream.flush()
    if instead and stream.failed and not stream.unread and not stream.reported:
        stream.reported = True
        labelled("error", "red", f"standard output cannot be written: {stream.failed}. The output follows:")
        click.echo(redact(instead()), nl=False, err=True)


def note(text: str) -> None:
    """Print a text on stderr, made harmless, whoever wrote it."""
    click.echo(harmless(redact(text)), err=True)


def labelled(label: str, color: str, text: str) -> None:
    """Print a text on stderr after a coloured label, such as `error: `."""
    click.secho(f"{label}: ", fg=color, bold=color == "red", nl=False, err=True)
    note(text)
