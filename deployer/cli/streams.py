"""The standard streams of a command line: whatever is printed, on whatever terminal, printing never fails.

A stream may be closed, full, a pipe that nobody reads any more, or know few characters. Whatever goes there goes
through `Stream`, what click and rich print as well. Text that others wrote is made harmless by `deployer.report`, or by
`note` and `labelled` here.
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

_DOTS = range(0x2800, 0x2900)  # Braille, of which what turns on a terminal is made
_PLAIN = {"✓": "v", "✗": "x", "·": "-", "…": "..."} | {chr(dots): "*" for dots in _DOTS}
"""What our own marks are called where the terminal has no such characters."""
_ERRORS = "kestra-deployer"


def _spelled(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_PLAIN.get(one) or one.encode("unicode_escape").decode() for one in missing), error.end


codecs.register_error(_ERRORS, _spelled)


_redact: list[Redact] = [str]


def hide(secrets: Iterable[str]) -> None:
    """Let none of these secrets be shown from now on, until the streams of another command line begin."""
    _redact[0] = redactor(secrets)


def redact(text: str) -> str:
    """Return a text without what is to be hidden."""
    return _redact[0](text)


class Stream(io.TextIOBase):
    """A standard stream that takes any text and never fails. `failed` says why what was written did not arrive."""

    def __init__(self, under: TextIO | None) -> None:
        super().__init__()
        self.failed = "" if under else "it is closed"
        self.unread = False  # a pipe whose reader has gone, as `head` does: nobody misses what does not arrive
        self.told = False  # somebody has said so already, and printed it elsewhere
        self._under = under
        if under:
            with suppress(OSError, ValueError):
                os.set_blocking(under.fileno(), True)  # others may have switched that off for all who share it

    @property
    def encoding(self) -> str:  # type: ignore[override]  # whoever asks may write anything
        """Any character can be written."""
        return "utf-8"

    def writable(self) -> bool:
        """Whether it can be written to: always."""
        return True

    def isatty(self) -> bool:
        """Whether a person sees it."""
        return is_terminal(self._under)

    def fileno(self) -> int:
        """Return the number of the file behind it. Raises OSError where there is none."""
        if self._under is None:
            raise OSError(self.failed)
        return self._under.fileno()

    def write(self, text: str) -> int:
        """Write a text, in what characters there are."""
        if self._under and not self.failed:
            encoding = self._under.encoding or "utf-8"
            try:
                self._under.write(text.encode(encoding, _ERRORS).decode(encoding))
            except (OSError, ValueError) as error:
                self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Bring to its place what was written."""
        if self._under and not self.failed:
            try:
                self._under.flush()
            except (OSError, ValueError) as error:
                self._fail(error)

    def _fail(self, error: OSError | ValueError) -> None:
        """Note why, and send nowhere what is still on its way, so that Python does not try it again at its end."""
        self.unread = isinstance(error, BrokenPipeError)
        self.failed = (error.strerror if isinstance(error, OSError) else "") or str(error)
        with suppress(OSError, ValueError), open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), self.fileno())


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is at the other end; a stream may be closed, or not be there."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


@contextmanager
def steady() -> Iterator[Stream]:
    """Let nothing that is printed fail while the context lasts; give stdout, to see what became of it."""
    _hold()
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


def _hold() -> None:
    """Open nothing in place of the standard streams that are closed, so that no other file takes their numbers."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004  stdin, stdout and stderr
        os.set_inheritable(number, True)
    os.close(number)


def out(text: str, instead: Callable[[], str] | None = None, *, redacted: bool = False) -> None:
    """Write a text to stdout, without what is to be hidden; `redacted` says that it has none of it.

    Where it does not arrive, `instead` is written to stderr, with the reason.
    """
    stream = sys.stdout if isinstance(sys.stdout, Stream) else Stream(sys.stdout)
    stream.write(text if redacted else redact(text))
    stream.flush()
    if instead and stream.failed and not stream.unread and not stream.told:
        stream.told = True
        labelled("error", "red", f"standard output cannot be written: {stream.failed}. What it was to hold is here:")
        click.echo(redact(instead()), nl=False, err=True)


def note(text: str) -> None:
    """Say something on stderr, whoever wrote it."""
    click.echo(harmless(redact(text)), err=True)


def labelled(label: str, color: str, text: str) -> None:
    """Say something on stderr behind a coloured label, such as `error: `."""
    click.secho(f"{label}: ", fg=color, bold=color == "red", nl=False, err=True)
    note(text)
