"""Which configuration file and which `.env` a run uses, and what they say.

Each is the nearest one: in the current folder, else in the one above, up to the top of the git repository; outside of a
repository, only in the current folder. A file that looks like a configuration is never silently ignored.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deployer import configuration, regular
from deployer.cli.streams import labelled
from deployer.dotenv_files import DOTENV, read_dotenv
from deployer.errors import UsageError
from deployer.lookalikes import slip
from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.parsing.parse import EMPTY, parse
from deployer.read import git

NAMES = (configuration.NAME, "kestra-deployer.yml")
_PARTS = re.compile(r"[\s._-]+")
_SPELLED = re.compile(r"-?kestra-?deployer-(ya?ml|json|toml)")
_CERTIFICATES = ("ca_file", "client_cert", "client_key")
_OUR_WORDS: Mapping[str, Mapping[str, Any]] = {
    "duplicate-key": {"hint": "remove one of the two"},
    "second-document": {
        "message": "a second YAML document begins here",
        "hint": "move its keys above `---`, or remove them",
    },
}
"""What differs from a flow that has the same mistake."""


@dataclass(frozen=True, slots=True)
class Project:
    """The two files of a project. `trouble` is why `.env` could not be read, for commands that need it."""

    root: Path  # the configuration's folder, else the top of the git repository, else the current folder
    settings: Mapping[str, Any] = field(default_factory=dict)  # by the names of `Settings`
    file: Path | None = None  # the configuration
    where: configuration.Where = lambda _: None  # of a key in it
    dotenv: Mapping[str, str] = field(default_factory=dict)
    trouble: UsageError | None = None

    def place(self, setting: str) -> str:
        """Return where the configuration gives a setting, in words."""
        key = configuration.key_of(setting)
        span = self.where(tuple(key.split(".")))
        file = _shown(self.file) if self.file else configuration.NAME
        return f"`{key}` in {file}" + (f":{span.line}:{span.column}" if span else "")

    def require_certificates(self) -> None:
        """Raise UsageError, with their places, where files that the way to the server needs do not exist."""
        found = [
            Problem("run", f"`{key}`: there is no file {path}", _shown(self.file), self.where(tuple(key.split("."))))
            for key, path in ((configuration.key_of(name), self.settings.get(name)) for name in _CERTIFICATES)
            if self.file and path and not os.path.exists(path)  # noqa: PTH110
        ]
        if found:
            raise configuration.refused(found)


def project(config: Path | None) -> Project:
    """Return the project of the current folder; `config` names another configuration, whose folder then is the root.

    Raises UsageError.
    """
    try:
        here = Path.cwd()
    except OSError as error:
        raise UsageError("the current folder no longer exists", hint="change to one that does") from error
    if config and not config.is_file():
        raise UsageError(f"there is no configuration file {config}", hint="correct --config, or leave it out")
    file = config.absolute() if config else next(filter(None, map(_in, _upwards(here))), None)
    root = file.parent if file else git.root(here) or here
    dotenv: Mapping[str, str] = {}
    trouble = None
    try:
        dotenv = _dotenv(root if config else here)
    except UsageError as error:
        trouble = error
    if not file:
        return Project(root, dotenv=dotenv, trouble=trouble)
    document, problems = _read(file)
    where = document.marks.key if document else lambda _: None
    settings = configuration.settings(document.data if document else {}, root, _shown(file), where, problems)
    return Project(root, settings, file, where, dotenv, trouble)


def unread(project_file: Path | None, paths: Iterable[Path]) -> list[Path]:
    """Return the configurations between the current folder and these paths, where none is looked for."""
    here, found = Path.cwd(), []
    for path in paths:
        absolute = Path(os.path.abspath(path))  # noqa: PTH100  with `..` taken away, and no link followed
        folders = [each for each in (absolute, *absolute.parents) if each.is_relative_to(here) and each != here]
        found += [folder / name for folder in folders for name in NAMES if (folder / name).is_file()]
    return sorted({file for file in found if file != project_file})


def _upwards(here: Path) -> Iterator[Path]:
    """Yield the folders to search: from here to the top of the git repository."""
    top = git.root(here) or here
    return (folder for folder in (here, *here.parents) if folder.is_relative_to(top))


def _dotenv(here: Path) -> dict[str, str]:
    """Return what the nearest `.env` sets; a folder of that name belongs to another tool."""
    folder = next((each for each in _upwards(here) if os.path.isfile(each / DOTENV)), None)  # noqa: PTH113
    return read_dotenv(folder) if folder else {}


def _in(folder: Path) -> Path | None:
    """Return the configuration in a folder, None where there is none. Raises UsageError where that is not certain."""
    try:
        there = sorted(os.listdir(folder))  # noqa: PTH208
    except OSError:  # a folder that may be entered and not listed
        there = [name for name in NAMES if os.path.lexists(folder / name)]
    found = [name for name in NAMES if name in there]
    for name in there:
        plain = _PARTS.sub("-", name.lower())
        if name in found or os.path.isdir(folder / name):  # noqa: PTH112
            continue
        if _SPELLED.fullmatch(plain):
            message = (
                f"{_shown(folder / name)} exists and is not read: the configuration is called {configuration.NAME}"
            )
            raise UsageError(message, hint=f"rename it to {configuration.NAME}, or move it away")
        if any(slip(plain, _PARTS.sub("-", right)) for right in NAMES):
            labelled("note", "cyan", f"{_shown(folder / name)} is not read; {configuration.NAME} would be")
    if len(found) > 1:
        message = f"both {' and '.join(found)} are in {folder}, so it is unclear which one to use"
        raise UsageError(message, hint=f"move all keys into {configuration.NAME}, and remove the other file")
    return folder / found[0] if found else None


def _read(file: Path) -> tuple[Document | None, list[Problem]]:
    """Return a configuration, None where it says nothing, and what is wrong with its YAML."""
    shown = _shown(file)
    try:
        document, problems = parse(shown, regular.content(file).decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{shown} cannot be read: {error}", hint="it must be YAML in UTF-8") from error
    found = [_in_our_words(each) for each in problems if each.check != EMPTY]
    if found and not document:
        raise configuration.refused(found)
    return document, found


def _in_our_words(problem: Problem) -> Problem:
    """Return a problem as it is said of a configuration, which Kestra never reads."""
    message = problem.message.replace("Kestra does not follow aliases", "aliases are not followed")
    return replace(problem, **{"message": message, **_OUR_WORDS.get(problem.check, {})})


def _shown(file: Path) -> str:
    """Return a name from the current folder."""
    return os.path.relpath(file)
