"""Flows: what a file wants, what is live, how two compare, and how one is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from deployer.kinds.base import Kind
from deployer.kinds.flow import drafts, stops, switches
from deployer.kinds.flow.declared import find_declarations
from deployer.kinds.flow.references import describe
from deployer.kinds.flow.text import data_of, text_of
from deployer.language.identity import flow_of
from deployer.model.change import Change
from deployer.model.desired import Declaration
from deployer.model.health import Examined, Subject
from deployer.model.ledger import Entry
from deployer.model.live import Live
from deployer.model.policy import Recover
from deployer.model.problem import Problem
from deployer.model.resource import FLOW, NAMES, Body, Key, Resource
from deployer.model.sent import Sent
from deployer.model.trigger import TriggerState
from deployer.parsing.parse import decode, parse

if TYPE_CHECKING:
    from deployer.kestra.answers import Verdict
    from deployer.kestra.client import KestraClient
    from deployer.model.result import Written

SUFFIXES = (".yml", ".yaml")


class _Flows(Kind):
    """Flows, which Kestra keeps as the text that was sent, revision by revision."""

    name = FLOW

    def claims(self, file: str) -> bool:
        return file.endswith(SUFFIXES)

    def read(self, file: str, content: bytes) -> tuple[Declaration | None, list[Problem]]:
        text, problems = decode(file, content)
        document, wrong = parse(file, text) if text is not None else (None, [])
        if document is None:
            return None, [*problems, *wrong]
        flow = flow_of(document)
        resource = Resource(flow.key, document.text, origin=file) if flow else None
        return Declaration(file, resource, document), [*problems, *wrong]

    def wanted(self, declaration: Declaration) -> Resource | None:
        resource, document = declaration.resource, declaration.document
        return describe(resource, document.data) if resource and document else resource

    def file_of(self, key: Key) -> PurePosixPath:
        return PurePosixPath(key.namespace, f"{key.name}.yaml")

    def is_sound(self, key: Key) -> bool:
        given = {"id": key.name, "namespace": key.namespace}
        return all(
            pattern.fullmatch(given[name]) and len(given[name]) <= longest for name, (pattern, longest) in NAMES.items()
        )

    def find_declarations(self, folder: Path, keys: Collection[Key]) -> dict[Key, str]:
        return find_declarations(folder, keys)

    def read_live(self, client: KestraClient, wanted: Mapping[Key, Body], owned: Collection[Key]) -> Live:
        from deployer.kinds.flow.live import read_live  # noqa: PLC0415  see `base`

        return read_live(client, {key: text_of(body) for key, body in wanted.items()}, owned)

    def revisions(self, client: KestraClient, keys: Collection[Key]) -> dict[Key, int | None]:
        from deployer.kinds.flow.live import revisions  # noqa: PLC0415  see `base`

        return revisions(client, keys)

    def write(self, client: KestraClient, change: Change) -> Written:
        from deployer.kinds.flow.writing import write  # noqa: PLC0415  see `base`

        return write(client, change)

    def write_again(self, client: KestraClient, change: Change) -> None:
        from deployer.kinds.flow.writing import write_again  # noqa: PLC0415  see `base`

        write_again(client, change)

    def read_states(self, client: KestraClient, keys: Collection[Key]) -> Mapping[Key, tuple[TriggerState, ...]]:
        return switches.read_states(client, keys)

    def clean_up(self, client: KestraClient, key: Key) -> Iterable[Problem]:
        return switches.delete_left_behind(client, key)

    def forget(self, client: KestraClient, change: Change, recover: Recover) -> None:
        switches.forget(client, change, recover)

    def enable(self, client: KestraClient, change: Change, recover: Recover) -> None:
        switches.enable(client, change, recover)

    def disable(self, client: KestraClient, key: Key, names: Collection[str]) -> None:
        switches.disable(client, key, names)

    def read_deployed(self, client: KestraClient, entries: Mapping[Key, Entry]) -> Mapping[Key, Body]:
        from deployer.kinds.flow.live import read_deployed  # noqa: PLC0415  see `base`

        return {**read_deployed(client, entries)}

    def validate(self, client: KestraClient, resources: Sequence[Resource]) -> list[Verdict | None]:
        return client.validate_flows([text_of(each.body) for each in resources])

    def callers(self, client: KestraClient, keys: Collection[Key]) -> dict[Key, list[Key]]:
        from deployer.kinds.flow.callers import callers  # noqa: PLC0415  see `base`

        return callers(client, keys, self.meaning)

    def health(self, client: KestraClient, subjects: Sequence[Subject]) -> Examined:
        from deployer.kinds.flow.health import health  # noqa: PLC0415  see `base`

        texts = {each.key: text_of(each.body) for each in subjects if each.body}
        said = {key: self.meaning(text) for key, text in texts.items() if "triggers" in text}  # most texts have none
        return health(client, subjects, {key: data for key, data in said.items() if data})

    def meaning(self, body: Body) -> Any:
        return data_of(body)

    def anonymous(self, body: Body) -> Any:
        data = self.meaning(body)
        return {name: each for name, each in data.items() if name not in NAMES} if data else None

    def same(self, one: Any, other: Any) -> bool:
        return stops.are_alike(one, other)

    def describe(self, resource: Resource) -> Resource:
        return describe(resource, self.meaning(resource.body))

    def same_but_enabled(self, known: Any, live: Any) -> bool:
        return live is not None and stops.are_alike(stops.without_enabled(known), stops.without_enabled(live))

    def stops(self, known: Any, live: Any) -> tuple[str, ...]:
        return stops.stops(known, live)

    def without_stops(self, meaning: Any, stops_: Collection[str]) -> Any:
        return stops.without(meaning, stops_)

    def lasting_stops(self, stops_: Sequence[str], meaning: Any) -> tuple[str, ...]:
        return stops.lasting(stops_, meaning)

    def renamed_stops(self, stops_: Collection[str], before: Any, after: Any) -> Mapping[str, str]:
        return switches.find_renamed(stops_, before, after)

    def switched_off(self, live: Resource, meaning: Any) -> tuple[str, ...]:
        return switches.switched_off(live, meaning)

    def stays_off(self, name: str, live: Resource, before: Any, after: Any) -> bool:
        return switches.stays_off(name, live, before, after)

    def declares(self, stop: str, meaning: Any) -> bool | None:
        return stops.declares(stop, meaning)

    def part(self, stop: str, meaning: Any) -> Any:
        return stops.triggers_of(meaning).get(stop)

    def write_stops(self, resource: Resource, stops_: Collection[str]) -> Sent | None:
        document, _ = parse(resource.origin or "", text_of(resource.wanted))
        return stops.write(document, stops_, self.meaning) if document else None

    def is_unpublished(self, live: Resource) -> bool:
        return drafts.is_only_a_draft(live)

    def refine(self, change: Change) -> Change:
        return drafts.refine(change)


FLOWS = _Flows()
