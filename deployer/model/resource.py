"""What can be deployed. The desired side (files) and the live side (the server) are the same type."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from deployer.model.sent import Sent

SYSTEM = "system"
"""Kestra's own namespace, where its system flows are."""

MAIN = "main"
"""The only tenant of Kestra's open edition."""

NAMES = {
    "id": (re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]*"), 100),
    "namespace": (re.compile(r"[a-z0-9][a-z0-9._-]*"), 150),
}
"""What Kestra takes as a flow's names: a pattern, and the most characters. Those of the engines' own messages."""

_SHOWN = 5  # keys in one sentence


class Kind(StrEnum):
    """The kinds of resource, in the order in which they are written: flows read the files of their namespace.

    `deployer/resource/` has a file for each that is deployed, which so far are flows.
    """

    NAMESPACE_FILE = "namespace-file"
    FLOW = "flow"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a resource is called, within one tenant. Prints as `flow:company.team/hello`."""

    kind: Kind
    namespace: str
    name: str

    def __str__(self) -> str:
        """Return the key with its kind, for plans and logs."""
        return f"{self.kind}:{self.path}"

    @property
    def path(self) -> str:
        """The key without its kind: `company.team/hello`."""
        return f"{self.namespace}/{self.name}"

    @property
    def sound(self) -> bool:
        """Whether Kestra would take such a name: any other is nobody's, and must not become part of a path."""
        if self.kind is not Kind.FLOW:
            return ".." not in self.name.split("/") and not self.name.startswith("/") and "\0" not in self.path
        given = {"id": self.name, "namespace": self.namespace}
        return all(
            pattern.fullmatch(given[name]) and len(given[name]) <= longest for name, (pattern, longest) in NAMES.items()
        )


def listed(keys: Collection[Key]) -> str:
    """Return the keys for a sentence, without their kinds: a few of them, and how many there are besides."""
    shown = ", ".join(key.path for key in sorted(keys)[:_SHOWN])
    return f"{shown} and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else shown


@dataclass(frozen=True, slots=True)
class Resource:
    """One side of a comparison: the exact text, and where it comes from.

    `origin` is the file of a desired resource, None on the live side; `source` is that file's text where another is
    sent (see `text`), and `lines` then has for each line that is sent the file's (see `Sent`); `needs` is what it
    calls, `has_triggers` whether something starts it. `revision` is the server's, None on the desired side. `draft` is
    the text of a newer draft, which is not what executions run (Kestra 2.0), None where there is none.
    """

    key: Key
    body: str = field(repr=False)
    origin: str | None = None
    source: str | None = field(default=None, repr=False)
    lines: tuple[int, ...] = field(default=(), repr=False)
    needs: frozenset[Key] = frozenset()
    has_triggers: bool = False
    revision: int | None = None
    draft: str | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The file's text, of which `body` is what is sent."""
        return self.body if self.source is None else self.source

    @property
    def sent(self) -> Sent:
        """What is sent, and where in the file each line of it comes from."""
        return Sent(self.body, self.lines)


@dataclass(frozen=True, slots=True)
class Live:
    """What the server has of the namespaces asked about. `unreadable` says why it cannot read some of it itself.

    `degraded` is a sentence where it had to be read in more requests than usual, empty where not.
    """

    resources: Mapping[Key, Resource]
    unreadable: Mapping[Key, str] = field(default_factory=dict)
    degraded: str = ""
