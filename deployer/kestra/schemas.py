"""The plugins of the server: their types, and the JSON Schema of flows with all of them."""

from __future__ import annotations

from typing import Any

from deployer.kestra.answers import UnexpectedShapeError
from deployer.kestra.calls import Calls
from deployer.kestra.operations import FLOW_SCHEMA, PLUGINS

PUBLIC = "https://api.kestra.io/v1/plugins/schemas/flow"


class SchemaCalls(Calls):
    """The endpoint `plugins/schemas/flow`, which belongs to no tenant."""

    def plugin_types(self) -> frozenset[str]:
        """Return the types of tasks, triggers and so on that this server has."""

        def read(data: object) -> frozenset[str]:
            if not isinstance(data, list):
                raise UnexpectedShapeError("a list of plugins")
            lists = (each for plugin in data if isinstance(plugin, dict) for each in plugin.values())
            listed = (item for each in lists if isinstance(each, list) for item in each)
            return frozenset(str(item["cls"]) if isinstance(item, dict) else item for item in listed if _is_type(item))

        return self._ask(PLUGINS, read)

    def flow_schema(self, url: str = "") -> dict[str, Any]:
        """Return the schema of this server, or the one at another URL."""

        def read(data: object) -> dict[str, Any]:
            if not isinstance(data, dict) or not (data.get("definitions") or data.get("$defs")):
                raise UnexpectedShapeError("a schema of flows")
            return data

        return self._ask(FLOW_SCHEMA, read, url=url)


def _is_type(item: object) -> bool:
    return isinstance(item, str) or (isinstance(item, dict) and "cls" in item)
