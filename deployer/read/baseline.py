"""The files of an earlier commit, which those of today are compared with. Asks the git program, and changes nothing.

Only commands are used that read git's own objects: none of them runs a program that a configuration names for files,
nor takes the time of a file for its content, and none writes into a checkout.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from deployer.errors import UsageError
from deployer.read.git import root

if TYPE_CHECKING:
    from git import Git

MAIN = ("refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master")
"""Where the main branch is looked for, if the remote does not say which it is."""
_REMOTES_HEAD = "refs/remotes/origin/HEAD"
_WHOLE = "fetch all of the history: `fetch-depth: 0` of actions/checkout, or `git fetch --unshallow`"
_FILES = ("100644", "100755")  # and no links
_SHORT = 7


@dataclass(frozen=True, slots=True)
class Baseline:
    """A commit: what it is called, whether it is the one that is checked out, and its files.

    `blobs` has the hash of each file's content by its path from `top`, the top of the repository.
    """

    top: Path
    commit: str
    name: str
    is_head: bool = False
    blobs: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def called(self) -> str:
        """The commit, for people."""
        return f"{self.name} ({self.commit[:_SHORT]})"

    def hash(self, content: bytes) -> str:
        """Return the hash under which git would keep a content."""
        algorithm = sha256 if len(self.commit) == sha256().digest_size * 2 else sha1
        return algorithm(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()

    def contents(self, blobs: Collection[str]) -> dict[str, bytes]:
        """Return what is kept under these hashes. Raises UsageError."""
        return _Asked(self.top).contents(blobs)


def baseline(path: Path, ref: str) -> Baseline:
    """Return a commit of the repository around a path; for an empty `ref`, the one where HEAD left the main branch.

    Raises UsageError, with what to do, where there is no repository, no git, or no such commit in this clone.
    """
    top = root(path)
    if top is None:
        message = f"{path} is in no git repository, so nothing says what changed"
        raise UsageError(message, hint="leave --changed out, or run it in a checkout")
    asked = _Asked(top)
    head = asked.commit("HEAD")
    if head is None:
        raise UsageError(f"the repository {top} has no commit yet", hint="leave --changed out")
    commit, name = _named(asked, ref) if ref else _fork_point(asked)
    return Baseline(top, commit, name, commit == head, asked.blobs(commit))


def _named(asked: _Asked, ref: str) -> tuple[str, str]:
    commit = asked.commit(ref)
    if commit is None:
        shallow = f"; this clone is shallow: {_WHOLE}" if asked.is_shallow() else ""
        hint = f"name a branch, a tag or a commit that `git rev-parse` knows{shallow}"
        raise UsageError(f"--changed: git knows no commit {ref!r} in {asked.top}", hint=hint)
    return commit, ref


def _fork_point(asked: _Asked) -> tuple[str, str]:
    main = next((each for each in (asked.remote_main(), *MAIN) if each and asked.commit(each)), None)
    if main is None:
        message = "--changed: no main branch is known in this clone, neither origin's nor main nor master"
        raise UsageError(message, hint=f"name a commit with --changed=REF, or {_WHOLE}")
    short = main.removeprefix("refs/remotes/").removeprefix("refs/heads/")
    commit = asked.merge_base(main)
    if commit is None:
        why = ", which is shallow" if asked.is_shallow() else ""
        message = f"--changed: HEAD and {short} have no commit in common in this clone{why}"
        raise UsageError(message, hint=_WHOLE if why else "name a commit with --changed=REF")
    return commit, f"the merge base of HEAD with {short}"


class _Asked:
    """The git program in a repository. Every method raises UsageError where it is missing, or refuses."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self._git = _git(top)

    def commit(self, name: str) -> str | None:
        """Return the hash of a commit, None where there is none of this name."""
        if name.startswith("-") or not name.isprintable():
            return None
        return self._line("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def remote_main(self) -> str | None:
        """Return the branch that is the remote's main one."""
        return self._line("symbolic-ref", "--quiet", _REMOTES_HEAD)

    def merge_base(self, name: str) -> str | None:
        """Return the best common ancestor of HEAD and another commit, None where there is none."""
        return self._line("merge-base", "HEAD", name)

    def is_shallow(self) -> bool:
        """Whether part of the history is missing."""
        return self._line("rev-parse", "--is-shallow-repository") == "true"

    def blobs(self, commit: str) -> dict[str, str]:
        """Return the hash of each file of a commit, by its path from the top."""
        found: dict[str, str] = {}
        for entry in self._run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
            about, _, path = entry.partition(b"\t")
            mode, _, rest = about.decode().partition(" ")
            if mode in _FILES:
                found[os.fsdecode(path)] = rest.partition(" ")[2]
        return found

    def contents(self, blobs: Collection[str]) -> dict[str, bytes]:
        """Return the contents that these hashes are of."""
        if not blobs:
            return {}
        with tempfile.TemporaryFile() as asked:
            asked.write("".join(f"{each}\n" for each in blobs).encode())
            asked.seek(0)
            output = self._run("cat-file", "--batch", stdin=asked)
        found: dict[str, bytes] = {}
        at = 0
        for each in blobs:
            end = output.index(b"\n", at)
            name, _, size = output[at:end].decode().rpartition(" ")
            if not size.isdigit():
                raise UsageError(f"git has no content of {each} in {self.top}: {name} {size}", hint="try `git fsck`")
            found[each] = output[end + 1 : end + 1 + int(size)]
            at = end + 1 + int(size) + 1
        return found

    def _line(self, *arguments: str) -> str | None:
        """Return what a command answers, None where it has no answer."""
        return os.fsdecode(self._run(*arguments, may_fail=True)).strip() or None

    def _run(self, *arguments: str, stdin: BinaryIO | None = None, may_fail: bool = False) -> bytes:
        from git.exc import GitCommandNotFound  # noqa: PLC0415  slow to import

        try:
            status, output, error = self._git.execute(
                ["git", *arguments],
                istream=stdin,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                universal_newlines=False,
                strip_newline_in_stdout=False,
                env={"GIT_TERMINAL_PROMPT": "0"},
            )
        except GitCommandNotFound as missing:
            raise UsageError("--changed needs the program git", hint="install git, or leave --changed out") from missing
        if status and not (may_fail and status == 1):
            raise _refused(self.top, error)
        return output


def _git(top: Path) -> Git:
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"  # else the import fails without a git program
    from git import Git  # noqa: PLC0415  slow to import

    return Git(top)


def _refused(top: Path, said: str) -> UsageError:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    owned = any("dubious ownership" in line for line in lines)
    hint = f"trust it: git config --global --add safe.directory {top}" if owned else "leave --changed out, or repair it"
    return UsageError(f"--changed: git says: {lines[0] if lines else 'nothing'}", hint=hint)
