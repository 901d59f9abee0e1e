"""A kind of its own, to show that the stages know no kind by name: notes, which a server keeps in a dictionary.

A note is a file `NAMESPACE/NAME.note`, and what it holds are bytes: no text, no layout, no triggers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from deployer.errors import KestraNotFoundError
from deployer.kestra.client import KestraClient
from deployer.kinds import KINDS
from deployer.kinds.base import Kind
from deployer.model.change import Action, Change
from deployer.model.desired import Declaration
from deployer.model.health import Examined, Subject, Symptom
from deployer.model.ledger import Entry, digest
from deployer.model.live import Live
from deployer.model.problem import Problem
from deployer.model.resource import Body, Key, Resource
from deployer.model.result import Written

NAME = "sticky-note"


def key(name: str, namespace: str = "company.team") -> Key:
    return Key(NAME, namespace, name)


@dataclass
class Notes(Kind):
    """Notes, and the server that keeps every revision of them."""

    kept: dict[Key, list[bytes]] = field(default_factory=dict)
    written: list[tuple[str, Key]] = field(default_factory=list)
    symptoms: dict[Key, tuple[Symptom, ...]] = field(default_factory=dict)

    name = NAME

    def claims(self, file: str) -> bool:
        return file.endswith(".note")

    def read(self, file: str, content: bytes) -> tuple[Declaration | None, list[Problem]]:
        if not content:
            return None, [Problem("unreadable-file", "is an empty note", file)]
        path = PurePosixPath(file)
        return Declaration(file, Resource(key(path.stem, path.parent.name), content, origin=file)), []

    def file_of(self, key: Key) -> PurePosixPath:
        return PurePosixPath(key.namespace, f"{key.name}.note")

    def read_live(self, client: KestraClient, wanted: Mapping[Key, Body], owned: Collection[Key]) -> Live:
        there = {each: self.kept[each] for each in {*wanted, *owned} if each in self.kept}
        return Live({each: Resource(each, bodies[-1], revision=len(bodies)) for each, bodies in there.items()})

    def health(self, client: KestraClient, subjects: Sequence[Subject]) -> Examined:
        found = {each.key: self.symptoms[each.key] for each in subjects if each.key in self.symptoms}
        return Examined(found) if found else super().health(client, subjects)

    def revisions(self, client: KestraClient, keys: Collection[Key]) -> dict[Key, int | None]:
        return {each: len(self.kept[each]) for each in keys if each in self.kept}

    def read_deployed(self, client: KestraClient, entries: Mapping[Key, Entry]) -> Mapping[Key, Body]:
        found = {each: self.kept[each][(entry.revision or 1) - 1] for each, entry in entries.items()}
        return {each: body for each, body in found.items() if digest(body) == entries[each].sent}

    def write(self, client: KestraClient, change: Change) -> Written:
        self.written.append((str(change.action), change.key))
        if change.action is Action.PRUNE:
            if self.kept.pop(change.key, None) is None:
                raise KestraNotFoundError("no such note", method="DELETE", url="")
            return Written()
        assert change.desired
        assert isinstance(change.desired.body, bytes)
        self.kept.setdefault(change.key, []).append(change.desired.body)
        return Written(len(self.kept[change.key]))


@contextmanager
def in_the_table() -> Iterator[Notes]:
    """Let notes be a kind, written before flows, while the context lasts."""
    before, notes = dict(KINDS), Notes()
    KINDS.clear()
    KINDS.update({NAME: notes, **before})
    try:
        yield notes
    finally:
        KINDS.clear()
        KINDS.update(before)
