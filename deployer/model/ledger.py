"""What this project deployed last, as it is kept between runs, and what it was about to write.

The ledger records what is ours, and so tells another user's edit from what a run of ours wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, replace

from deployer.model.resource import Body, Key

FORMAT = 1
"""Grows when an older deployer could not read what is kept; a new field alone does not change it."""


def digest(body: Body) -> str:
    """Return the hash (SHA-256, hex) that a body is known by."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that this project deployed.

    `sent` is the hash of the text on the server, `source` that of the file's text, which differs where a stop is kept
    or the layout was another user's. `revision` is None where a run was cut off before the server's answer came.
    """

    sent: str
    source: str
    _: KW_ONLY
    file: str = ""  # as it was named when it was deployed, from the top of the repository
    revision: int | None = None
    commit: str = ""
    at: str = ""  # when, ISO 8601 in UTC
    by: str = ""  # the CI run's address, or who it was
    stops: tuple[str, ...] = ()  # what was kept disabled: "" is the flow itself, else the id of a trigger
    off: tuple[str, ...] = ()  # the triggers that were switched off beside the text, and stayed so
    root: str | None = None  # where the project's root lay in its repository; None where that was not kept
    origin: str = ""  # what its repository is called; empty where that is not known

    def of(self, root: str, origin: str) -> bool:
        """Whether this root of this repository deployed it, as far as that is known.

        Outside of a repository (a slash in front) a root is called as its folder is, which may be anything.
        """
        known = self.root is not None and not self.root.startswith("/") and not root.startswith("/")
        return (not known or self.root == root) and (not self.origin or not origin or self.origin == origin)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who is deploying, and until when (ISO 8601 in UTC) that holds."""

    by: str
    until: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who else deployed something: another project, or another root or repository under this project's name."""

    owner: str  # for people
    entry: Entry


@dataclass(frozen=True, slots=True)
class Ledger:
    """What one project has deployed to one environment.

    `pending` has what a run was about to write when it was last seen: where the server has such a text, it is ours,
    though no entry says so yet. `running` are executions of smoke tests that could not be killed.
    """

    project: str
    environment: str = "default"
    _: KW_ONLY
    entries: Mapping[Key, Entry] = field(default_factory=dict)
    pending: Mapping[Key, Entry] = field(default_factory=dict)
    lease: Lease | None = None
    running: tuple[str, ...] = ()

    def of(self, root: str, origin: str) -> Ledger:
        """Return the part of it that a root of a repository deployed."""
        entries, pending = (
            {key: entry for key, entry in each.items() if entry.of(root, origin)}
            for each in (self.entries, self.pending)
        )
        return replace(self, entries=entries, pending=pending)

    def claims(self, root: str, origin: str) -> Mapping[Key, Claim]:
        """Return the rest of it: what others deployed under the same name."""
        theirs = {key: entry for key, entry in self.ours.items() if not entry.of(root, origin)}
        return {key: Claim(_other(entry, root), entry) for key, entry in theirs.items()}

    def owns(self, key: Key) -> bool:
        """Whether this project deployed it, or was about to."""
        return key in self.entries or key in self.pending

    def behind(self, key: Key, body: Body) -> Entry | None:
        """Return what is known of this body of it, None where this project did not write it."""
        found = digest(body)
        known = (self.entries.get(key), self.pending.get(key))
        return next((entry for entry in known if entry and entry.sent == found), None)

    def knows(self, key: Key, body: Body) -> bool:
        """Whether this project wrote this body of it."""
        return self.behind(key, body) is not None

    @property
    def ours(self) -> Mapping[Key, Entry]:
        """All that this project deployed or was about to, as it was deployed last."""
        return {**self.pending, **self.entries}


def _other(entry: Entry, root: str) -> str:
    if entry.of(root, ""):
        return f"the repository {entry.origin}"
    return f"the folder `{entry.root}` of this project" if entry.root else "the top folder of this project"
