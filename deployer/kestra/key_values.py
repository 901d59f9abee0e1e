"""The key-value store of a namespace."""

from __future__ import annotations

import json
from typing import Any

from deployer.kestra.answers import KeyValue, Page, UnexpectedShapeError, items, mapping
from deployer.kestra.calls import Calls
from deployer.kestra.operations import DELETE_KEY_VALUE, KEY_VALUE, KEYS, SET_KEY_VALUE
from deployer.kestra.paging import LARGEST_PAGE, read_page, read_pages
from deployer.model.version import Dialect


class KeyValueCalls(Calls):
    """The endpoints under `namespaces/{namespace}/kv`."""

    def list_keys(self, namespace: str) -> list[str]:
        """Return the names of all keys of a namespace, in order; none if the namespace does not exist."""
        operation = KEYS[dialect := self._connection.server().dialect]
        if dialect is Dialect.V1:
            return sorted(self._ask(operation, lambda data: items(data, _key), namespace))

        def read(number: int) -> tuple[Page, tuple[str, ...]]:
            params = {"filters[namespace][EQUALS]": namespace, "page": number, "size": LARGEST_PAGE}
            return self._ask(operation, lambda data: read_page(data, _key), params=params)

        found, _ = read_pages(operation, read)
        return sorted(found)

    def key_value(self, namespace: str, key: str) -> KeyValue:
        """Return a value with its type. Raises KestraNotFoundError, for an expired one too."""
        return self._ask(KEY_VALUE, KeyValue.read, namespace, key)

    def set_key_value(self, namespace: str, key: str, value: Any, *, ttl: str | None = None) -> None:
        """Store a value; `ttl` is how long it lives (ISO 8601 duration), forever without it."""
        headers = {"ttl": ttl} if ttl else {}
        self._connection.tell(SET_KEY_VALUE, namespace, key, content=json.dumps(value).encode(), headers=headers)

    def delete_key_value(self, namespace: str, key: str) -> bool:
        """Delete a key; return whether it existed."""

        def read(data: object) -> bool:
            if not isinstance(data, bool):
                raise UnexpectedShapeError("true or false")
            return data

        return self._ask(DELETE_KEY_VALUE, read, namespace, key)


def _key(data: object) -> str:
    key = mapping(data, "a key").get("key")
    if not isinstance(key, str):
        raise UnexpectedShapeError("a key with its name")
    return key
