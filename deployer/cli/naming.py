"""The name of a project, under which its ledger is kept, and where the project is in its repository."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deployer.errors import UsageError
from deployer.read import git, remote

_NAMELESS = "root"


@dataclass(frozen=True, slots=True)
class Named:
    """A project: its name, and whether it is only called after its folder, as nothing else names it.

    `top` is the top of its repository, from where the ledger names files; `place` says where the project's root lies
    below it: empty for the top itself, and the folder's name after a slash where there is no repository. `origin` is
    what the repository is called, empty where git does not know.
    """

    project: str
    top: Path
    place: str
    origin: str = ""
    after_folder: bool = False


def name_project(root: Path, given: str | None) -> Named:
    """Return what the project at `root` is called: as `given`, else as its remote, else as its folder.

    Two roots in one repository have names of their own, unless both are given one. Raises UsageError.
    """
    above = git.root(root)
    top = above or root
    below = os.path.relpath(root, top).replace(os.sep, "/")
    place = f"/{root.name}" if above is None else "" if below == "." else below
    if given:
        with suppress(UsageError):  # a git configuration that cannot be read does not matter here
            return Named(given, top, place, remote.name(root) or "")
        return Named(given, top, place)
    if found := remote.name(root):
        return Named(f"{found}:{place}" if place else found, top, place, found)
    return Named(root.name or _NAMELESS, top, place, after_folder=True)
