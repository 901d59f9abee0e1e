"""What can be deployed. The desired side (files) and the live side (the server) are the same type."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import KW_ONLY, dataclass, field, replace

from deployer.model.sent import Sent
from deployer.model.trigger import TriggerState

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


FLOW = "flow"
"""The name of the kind that every run has."""

Body = str | bytes
"""What a resource holds: the source of a flow, the bytes of a file."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a resource is called, within one tenant. Prints as `flow:company.team/hello`."""

    kind: str
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
    def label(self) -> str:
        """What a line of a report calls it: a flow by its path, anything else with its kind in front."""
        return self.path if self.kind == FLOW else f"{self.noun} {self.path}"

    @property
    def noun(self) -> str:
        """What sentences call such a thing: its kind, in words."""
        return self.kind.replace("-", " ")


def counted(keys: Collection[Key]) -> str:
    """Return how many keys of each kind there are, in words: `1 flow`, `2 flows and 1 namespace file`."""
    numbers: dict[str, int] = {}
    for key in keys:
        numbers[key.noun] = numbers.get(key.noun, 0) + 1
    parts = [f"{number} {noun}{'' if number == 1 else 's'}" for noun, number in numbers.items()]
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:]))) or "0 flows"


def listed(keys: Collection[Key]) -> str:
    """Return the keys for a sentence, without their kinds: a few of them, and how many there are besides."""
    shown = ", ".join(key.path for key in sorted(keys)[:_SHOWN])
    return f"{shown} and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else shown


@dataclass(frozen=True, slots=True)
class Resource:
    """One side of a comparison: what the resource holds to the byte, and where it comes from.

    `origin` is the file of a desired resource, None on the live side. `lines` maps the lines of a text to the file's
    (see `Sent`). `source` is the text that is wanted where another is sent for it: a flow with a stop written into it.
    `needs` is what it calls; `alone` says that nothing else may be written at the same time, and `shows` that the
    server tells later whether it has noticed a new one, so that one may be written beside others. `revision` is the
    server's, None on the desired side. `draft` is a newer version that does not run (Kestra 2.0), None without one.
    `states` are those of a live flow's triggers, empty where they were not read.
    """

    key: Key
    body: Body = field(repr=False)
    _: KW_ONLY
    origin: str | None = None
    source: Sent | None = field(default=None, repr=False)
    lines: tuple[int, ...] = field(default=(), repr=False)
    needs: frozenset[Key] = frozenset()
    alone: bool = False
    shows: bool = False
    revision: int | None = None
    draft: Body | None = field(default=None, repr=False)
    states: tuple[TriggerState, ...] = ()

    @property
    def wanted(self) -> Body:
        """What is wanted, of which `body` is what is sent."""
        return self.body if self.source is None else self.source.text

    @property
    def sent(self) -> Sent:
        """The text that is sent, with the lines of the file; empty where the body is not text."""
        return Sent(self.body if isinstance(self.body, str) else "", self.lines)

    @property
    def asked(self) -> Sent:
        """The text that is wanted, with the lines of the file."""
        return self.source or self.sent

    def rewrite(self, sent: Sent) -> Resource:
        """Return the resource with a text that a step made from its own: what is wanted changes."""
        return replace(self, body=sent.text, source=None, lines=sent.after(self.asked).lines)

    def with_stops(self, sent: Sent) -> Resource:
        """Return the resource with a text that has stops written into it: what is wanted stays the same."""
        return replace(self, body=sent.text, source=self.asked, lines=sent.after(self.asked).lines)
