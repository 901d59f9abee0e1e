"""What git knows about a folder; None outside a repository, or if it is unknown. The remote is in `remote.py`.

The commit is read from git's own files: the git program may be missing, and it refuses a checkout owned by another
user, an unreadable configuration, and unusable environment variables. None of that matters for a commit.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from deployer import regular

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAME = re.compile(r"refs/(?!.*\.\.)\S+")
_LINKS = 5  # references that point to another


def root(folder: Path) -> Path | None:
    """Return the top of the work tree that contains `folder`."""
    here = folder.absolute()
    return next((above for above in (here, *here.parents) if _exists(above / ".git")), None)


def _exists(file: Path) -> bool:
    return os.path.exists(file)  # noqa: PTH110  Path.exists raises without permission


def commit(folder: Path) -> str | None:
    """Return the full hash of the commit that is checked out around `folder`; None before the first commit."""
    try:
        top = root(folder)
        return _head(top / ".git") if top else None
    except (OSError, ValueError):
        return None


def directories(git: Path) -> tuple[Path, Path]:
    """Return git's directory of the work tree with this `.git`, and the one that all its work trees share.

    They differ in a linked work tree. Raises OSError and UnicodeDecodeError if git's files are not valid.
    """
    if git.is_file():  # a submodule, or a linked work tree
        git = git.parent / _text(git).removeprefix("gitdir:").strip()
    beside = git / "commondir"
    return git, git / _text(beside).strip() if beside.is_file() else git


def _head(git: Path) -> str | None:
    """Return the commit that HEAD points to. Raises OSError or ValueError if git's files are not valid."""
    git, shared = directories(git)
    found = _text(git / "HEAD").strip()
    for _ in range(_LINKS):
        if not found.startswith("ref:"):
            break
        name = found.removeprefix("ref:").strip()
        places = (folder / name for folder in (git, shared) if _NAME.fullmatch(name))
        loose = next((place for place in places if place.is_file()), None)
        found = _text(loose).strip() if loose else _find_packed(shared, name)
    return found if _HASH.fullmatch(found) else None


def _find_packed(git: Path, name: str) -> str:
    """Return the commit of a packed reference, which has no file of its own."""
    lines = _text(git / "packed-refs").splitlines() if (git / "packed-refs").is_file() else []
    return next((line.partition(" ")[0] for line in lines if line.partition(" ")[2] == name), "")


def _text(file: Path) -> str:
    return regular.text(file)
