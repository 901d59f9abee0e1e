"""A Kestra of dictionaries behind the client's own methods, for tests of what a run does and asks, without an engine.

It proves nothing about Kestra: what a genuine one answers, the tests with an engine say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from deployer.errors import KestraNotFoundError, KestraRefusedError
from deployer.kestra.answers import KeyValue, StoredFlow, Verdict
from deployer.kestra.dialect import ServerInfo
from deployer.kestra.flows import exported_as
from deployer.model.version import Dialect
from deployer.parsing.parse import parse


@dataclass
class FakeKestra:
    """Flows with every revision, and key-values. `asked` has the methods that were called."""

    url: str = "http://kestra"
    tenant: str = "main"
    version: str = "1.3.31"
    flows: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    values: dict[tuple[str, str], Any] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)  # a word of a text: the constraint that it breaks
    asked: list[str] = field(default_factory=list)

    def server(self) -> ServerInfo:
        self.asked.append("server")
        return ServerInfo(self.version, Dialect.V1)

    def validate_flows(self, texts: Sequence[str]) -> list[Verdict | None]:
        self.asked.append("validate_flows")
        return [
            Verdict(at, constraints=next((why for word, why in self.refuses.items() if word in text), None))
            for at, text in enumerate(texts)
        ]

    def export_flows_by_query(self, namespaces: Sequence[str] | None = None) -> dict[str, str]:
        self.asked.append("export_flows_by_query")
        return {exported_as(*name): texts[-1] for name, texts in self.flows.items()}

    def search_flows(self, namespaces: Sequence[str], pages: int | None = None) -> list[StoredFlow]:
        self.asked.append("search_flows")
        return [self._stored(name) for name in self.flows if name[0] in namespaces]

    def flow(self, namespace: str, id: str, *, revision: int | None = None, **_: Any) -> StoredFlow:  # noqa: A002
        self.asked.append("flow")
        if (namespace, id) not in self.flows:
            raise KestraNotFoundError("no such flow", method="GET", url=self.url)
        return self._stored((namespace, id), revision)

    def create_flow(self, body: str, **_: Any) -> StoredFlow:
        self.asked.append("create_flow")
        return self._written(body)

    def update_flow(self, namespace: str, id: str, body: str) -> StoredFlow:  # noqa: A002
        self.asked.append("update_flow")
        return self._written(body)

    def delete_flow(self, namespace: str, id: str) -> None:  # noqa: A002
        self.asked.append("delete_flow")
        del self.flows[namespace, id]

    def key_value(self, namespace: str, key: str) -> KeyValue:
        self.asked.append("key_value")
        if (namespace, key) not in self.values:
            raise KestraNotFoundError("no such key", method="GET", url=self.url)
        return KeyValue("JSON", self.values[namespace, key])

    def set_key_value(self, namespace: str, key: str, value: Any) -> None:
        self.asked.append("set_key_value")
        self.values[namespace, key] = value

    def delete_key_value(self, namespace: str, key: str) -> None:
        self.asked.append("delete_key_value")
        del self.values[namespace, key]

    def list_keys(self, namespace: str) -> list[str]:
        self.asked.append("list_keys")
        return [key for place, key in self.values if place == namespace]

    def _written(self, body: str) -> StoredFlow:
        if why := next((why for word, why in self.refuses.items() if word in body), ""):
            raise KestraRefusedError(why, method="POST", url=self.url)
        document, _ = parse("", body)
        assert document
        name = str(document.data["namespace"]), str(document.data["id"])
        self.flows.setdefault(name, []).append(body)
        return self._stored(name)

    def _stored(self, name: tuple[str, str], revision: int | None = None) -> StoredFlow:
        texts = self.flows[name]
        number = revision or len(texts)
        return StoredFlow(namespace=name[0], id=name[1], revision=number, source=texts[number - 1])
