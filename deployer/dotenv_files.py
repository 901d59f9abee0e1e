"""Reads files of variables: the nearest `.env`, and what `--env-file` names. Nothing is added to the environment."""

from __future__ import annotations

import stat
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from deployer import regular
from deployer.errors import UsageError

DOTENV = ".env"
_LARGEST = 1 << 20  # bytes of a `.env`


def read_env_file(file: Path) -> dict[str, str]:
    """Return what a file that the user has named sets. Raises UsageError for one that cannot be read."""
    try:
        text = regular.text(file)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", hint="it must be a file of lines NAME=value") from error
    return _bound(file, text, bool)


def read_dotenv(folder: Path) -> dict[str, str]:
    """Return what `.env` in this folder sets, an empty mapping where there is none. Leaves the environment alone.

    Values are taken as they are written: `$` has no meaning. Such a file may belong to another tool: a folder, a
    pipe or a script is ignored, and only lines that name our variables must be sound. Raises UsageError for a file that
    may not be read, and for a line of ours without a value.
    """
    file = folder / DOTENV
    try:
        text = _text(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}", hint="make it readable, or move it away"
        ) from error
    return _bound(file, text, lambda line: "KESTRA" in line)


def _bound(file: Path, text: str, ours: Callable[[str], bool]) -> dict[str, str]:
    """Return what the lines of a text set. Raises UsageError for a line of `ours` without a value."""
    found: dict[str, str] = {}
    for binding in parse_stream(StringIO(text)):
        if binding.error and ours(binding.original.string):
            raise UsageError(
                f"{file}, line {binding.original.line}: not NAME=value", hint="correct or remove this line"
            )
        if binding.key and binding.value and not binding.error:
            found[binding.key] = binding.value
    return found


def _text(file: Path) -> str:
    """Return a file's text, in whatever encoding: bytes that are not text are kept as surrogates."""
    about = file.stat()
    if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGEST:
        return ""
    data = file.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # as some editors and shells on Windows write it
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "surrogateescape")
