"""What the stages ask a kind of resource: which files are of it, what is live, how two compare, how one is written.

A kind implements what is abstract here. The rest has an answer that fits a kind without stops, drafts and callers.
Nothing here or in a kind's own module imports the client when it is loaded, so that a check starts quickly.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from deployer.model.change import Change
from deployer.model.desired import Declaration
from deployer.model.health import Examined, Subject
from deployer.model.ledger import Entry
from deployer.model.live import Live
from deployer.model.policy import Recover
from deployer.model.problem import Problem
from deployer.model.resource import Body, Key, Resource
from deployer.model.sent import Sent
from deployer.model.trigger import TriggerState

if TYPE_CHECKING:
    from deployer.kestra.answers import Verdict
    from deployer.kestra.client import KestraClient
    from deployer.model.result import Written


class Kind(ABC):
    """A kind of resource. `name` is what keys, ledgers and reports call it: lowercase words joined by hyphens."""

    name: str

    # files

    @abstractmethod
    def claims(self, file: str) -> bool:
        """Whether a file of this name declares a resource of this kind; asked with and without its folder."""

    @abstractmethod
    def read(self, file: str, content: bytes) -> tuple[Declaration | None, list[Problem]]:
        """Return what a file declares, None where it cannot be read, and what is wrong with it.

        `file` is the name that users see. A body that a server keeps in another layout has to be the same text on both
        sides, unless `meaning` says what counts.
        """

    @abstractmethod
    def file_of(self, key: Key) -> PurePosixPath:
        """Return the file that such a resource is written to, from a folder of its kind."""

    def wanted(self, declaration: Declaration) -> Resource | None:
        """Return the resource that a file declares, with what the stages after the checks ask of it."""
        return declaration.resource

    def is_sound(self, key: Key) -> bool:
        """Whether Kestra takes such a name. Any other must not become part of a path."""
        return is_sound(key)

    def find_declarations(self, folder: Path, keys: Collection[Key]) -> dict[Key, str]:  # noqa: ARG002
        """Return which of these resources files below a folder declare that the run did not read, and which file."""
        return {}

    # the server

    @abstractmethod
    def read_live(self, client: KestraClient, wanted: Mapping[Key, Body], owned: Collection[Key]) -> Live:
        """Return what is live of the resources that are wanted, with these bodies, and of those owned besides."""

    @abstractmethod
    def revisions(self, client: KestraClient, keys: Collection[Key]) -> dict[Key, int | None]:
        """Return the newest revision of each of these that is live; None for a kind without revisions.

        The run asks it just before it writes, to notice what another user wrote since the plan. Without a revision, it
        reads what is live once more, and compares the bodies.
        """

    @abstractmethod
    def write(self, client: KestraClient, change: Change) -> Written:
        """Carry out a change that writes or deletes. Raises KestraError when the server refuses it."""

    def write_again(self, client: KestraClient, change: Change) -> None:  # noqa: ARG002
        """Write again what a change has written, so that the server notices it. Raises KestraError."""
        return

    def read_states(
        self,
        client: KestraClient,  # noqa: ARG002
        keys: Collection[Key],  # noqa: ARG002
    ) -> Mapping[Key, tuple[TriggerState, ...]]:
        """Return what the server keeps of these beside their bodies. Raises KestraError."""
        return {}

    def clean_up(self, client: KestraClient, key: Key) -> Iterable[Problem]:  # noqa: ARG002
        """Delete what a deleted resource left behind on the server; say what became of that. Raises KestraError."""
        return ()

    def forget(self, client: KestraClient, change: Change, recover: Recover) -> None:  # noqa: ARG002
        """Let the server forget what was missed by what a change enables, before it is written. Raises KestraError."""
        return

    def enable(self, client: KestraClient, change: Change, recover: Recover) -> None:  # noqa: ARG002
        """Switch on again what a change enables, after it was written. Raises KestraError."""
        return

    def disable(self, client: KestraClient, key: Key, names: Collection[str]) -> None:  # noqa: ARG002
        """Switch these off beside the body of a resource. Raises KestraError where the server does not do it."""
        return

    def read_deployed(self, client: KestraClient, entries: Mapping[Key, Entry]) -> Mapping[Key, Body]:  # noqa: ARG002
        """Return the bodies that these ledger entries record, as far as the server keeps earlier revisions."""
        return {}

    def validate(self, client: KestraClient, resources: Sequence[Resource]) -> list[Verdict | None]:  # noqa: ARG002
        """Return the server's verdict on each of these, None where it gives none."""
        return [None] * len(resources)

    def callers(self, client: KestraClient, keys: Collection[Key]) -> dict[Key, list[Key]]:  # noqa: ARG002
        """Return what on the server refers to these resources."""
        return {}

    def health(self, client: KestraClient, subjects: Sequence[Subject]) -> Examined:  # noqa: ARG002
        """Return what speaks against each of these doing its work; nothing for a kind of which nothing runs."""
        return Examined()

    # comparing

    def meaning(self, body: Body) -> Any:
        """Return what a body says, whatever its layout; None where it cannot be read."""
        return body

    def anonymous(self, body: Body) -> Any:
        """Return what a body says but for its name: the same before and after it was renamed."""
        return body

    def same(self, one: Any, other: Any) -> bool:
        """Whether two meanings are the same."""
        return bool(one == other)

    def describe(self, resource: Resource) -> Resource:
        """Return a resource with what its body says of its order: what it calls, whether it is written alone."""
        return resource

    # what an operator does on the server

    def same_but_enabled(self, known: Any, live: Any) -> bool:
        """Whether a live meaning is a known one, apart from what the server leaves behind when it enables something."""
        return self.same(known, live)

    def stops(self, known: Any, live: Any) -> tuple[str, ...]:  # noqa: ARG002
        """Return what an operator disabled in a live meaning that is a known one otherwise."""
        return ()

    def without_stops(self, meaning: Any, stops: Collection[str]) -> Any:  # noqa: ARG002
        """Return a meaning without these stops."""
        return meaning

    def lasting_stops(self, stops: Sequence[str], meaning: Any) -> tuple[str, ...]:  # noqa: ARG002
        """Return which of these stops still apply to a new meaning."""
        return ()

    def renamed_stops(self, stops: Collection[str], before: Any, after: Any) -> Mapping[str, str]:  # noqa: ARG002
        """Return what in a new meaning seems to be one of these stops of the one before, by its new name: the old."""
        return {}

    def switched_off(self, live: Resource, meaning: Any) -> tuple[str, ...]:  # noqa: ARG002
        """Return what is off on the server beside what the live body says."""
        return ()

    def stays_off(self, name: str, live: Resource, before: Any, after: Any) -> bool:  # noqa: ARG002
        """Whether that stays so by itself when a new meaning is written over the one before."""
        return False

    def declares(self, stop: str, meaning: Any) -> bool | None:  # noqa: ARG002
        """Return whether a meaning itself says that this is disabled; None where it says nothing of it."""
        return None

    def part(self, stop: str, meaning: Any) -> Any:  # noqa: ARG002
        """Return what a meaning says of this part of it, None where it has none."""
        return None

    def write_stops(self, resource: Resource, stops: Collection[str]) -> Sent | None:  # noqa: ARG002
        """Return a resource's text with stops written into it, None where that cannot be done."""
        return None

    def is_unpublished(self, live: Resource) -> bool:  # noqa: ARG002
        """Whether only a draft is there, which does not run."""
        return False

    def refine(self, change: Change) -> Change:
        """Return a change with what only this kind knows of it."""
        return change


def is_sound(key: Key) -> bool:
    """Whether a key can become part of a path: a later deployer may have recorded a kind that is not known here."""
    steps = key.name.split("/")
    named = all(steps) and ".." not in steps  # no slash in front, nor two in a row
    folders = (key.kind, key.namespace)
    return named and "\0" not in key.path and not any("/" in each or each == ".." for each in folders)
