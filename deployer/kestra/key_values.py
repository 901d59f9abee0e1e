"""The key-value store of a namespace."""

from __future__ import annotations

import json
from typing import Any

from deployer.kestra.answers import KeyValue, UnexpectedShapeError
from deployer.kestra.calls import Calls
from deployer.kestra.operations import DELETE_KEY_VALUE, KEY_VALUE, SET_KEY_VALUE


class KeyValueCalls(Calls):
    """The endpoints under `namespaces/{namespace}/kv`."""

    def key_value(self, namespace: str, key: str) -> KeyValue:
        """Return a value with its type. Raises KestraNotFoundError, for an expired one too."""
        return self._ask(KEY_VALUE, KeyValue.read, namespace, key)

    def set_key_value(self, namespace: str, key: str, value: Any, *, ttl: str | None = None) -> None:
        """Store a value; `ttl` is how long it lives (ISO 8601 duration), for ever without it."""
        headers = {"ttl": ttl} if ttl else {}
        self._connection.tell(SET_KEY_VALUE, namespace, key, content=json.dumps(value).encode(), headers=headers)

    def delete_key_value(self, namespace: str, key: str) -> bool:
        """Delete a key; whether there was one."""

        def read(data: object) -> bool:
            if not isinstance(data, bool):
                raise UnexpectedShapeError("true or false")
            return data

        return self._ask(DELETE_KEY_VALUE, read, namespace, key)
