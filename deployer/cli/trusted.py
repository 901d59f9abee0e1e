"""Which projects the user trusts with credentials: stored in the user's own configuration, by project root."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from deployer import regular
from deployer.cache import config_folder
from deployer.cli.asking import person_is_there
from deployer.cli.streams import note
from deployer.errors import UsageError
from deployer.report.harmless import one_line
from deployer.settings import Settings
from deployer.trust import Way, doubtful, way

VARIABLE = "KESTRA_DEPLOYER_TRUST"
_HINT = (
    f"if you trust it, run kestra-deployer trust; in CI use --trust or {VARIABLE}=true. "
    "Or name the server yourself, with --host or KESTRA_HOST"
)


_YES, _NO = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")


def is_trusted(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the variable grants trust. Raises UsageError if it is neither yes nor no."""
    value = environ.get(VARIABLE, "").strip().lower()
    if value not in (*_YES, *_NO):
        raise UsageError(f"{VARIABLE} is neither yes nor no", hint=f"set {VARIABLE}=true, or unset it")
    return value in _YES


def require_trust(settings: Settings, root: Path, *, flagged: bool) -> None:
    """Return if the user's credentials may be sent where the settings say, else raise UsageError.

    A person at a terminal is asked, once for each project and destination.
    """
    wanted = doubtful(settings)
    if wanted is None or flagged or trusts(root, wanted):
        return
    message = (
        f"the files of this checkout would send your credentials {wanted.words}, and you have not said that they may"
    )
    if not person_is_there():
        raise UsageError(message, hint=_HINT)
    note(one_line(f"The files in {root} would send your credentials {wanted.words}."))
    try:
        yes = click.confirm("Do you trust this project?", default=False, err=True)
    except click.Abort:
        raise KeyboardInterrupt from None
    if not yes:
        raise UsageError(message, hint=_HINT)
    trust(root, wanted)


def trusts(root: Path, wanted: Way) -> bool:
    """Whether the user trusts the project with exactly this destination."""
    return way(_all().get(_key(root))) == wanted


def trust(root: Path, wanted: Way | None) -> None:
    """Store the destination that the user trusts a project with; None revokes. Raises UsageError if that fails."""
    known = {key: each for key, each in _all().items() if key != _key(root)}
    if wanted:
        known[_key(root)] = wanted.stored()
    try:
        file = _file()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        regular.replace(file, known)
    except OSError as error:
        raise UsageError(f"{_file()} cannot be written: {error.strerror}", hint=_HINT) from error


def _key(root: Path) -> str:
    return str(root.resolve())


def _all() -> dict[str, Any]:
    try:
        return regular.recall(_file())
    except UsageError:
        return {}


def _file() -> Path:
    return config_folder() / "trusted.json"
