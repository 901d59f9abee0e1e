"""JSON Schema of flows, with every plugin of the server."""

from __future__ import annotations

from typing import Any

from deployer.kestra.answers import UnexpectedShapeError
from deployer.kestra.calls import Calls
from deployer.kestra.operations import FLOW_SCHEMA

PUBLIC = "https://api.kestra.io/v1/plugins/schemas/flow"


class SchemaCalls(Calls):
    """The endpoint `plugins/schemas/flow`, which belongs to no tenant."""

    def flow_schema(self, url: str = "") -> dict[str, Any]:
        """Return the schema of this server, or the one at another URL."""

        def read(data: object) -> dict[str, Any]:
            if not isinstance(data, dict) or not (data.get("definitions") or data.get("$defs")):
                raise UnexpectedShapeError("a schema of flows")
            return data

        return self._ask(FLOW_SCHEMA, read, url=url)
