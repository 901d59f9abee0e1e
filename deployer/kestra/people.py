"""What people do in Kestra's UI, and a deploy never does: save drafts, disable flows, delete executions."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.kestra.calls import Calls
from deployer.kestra.operations import DELETE_EXECUTION, DISABLE_FLOWS

_ALONG = {"deleteLogs": "true", "deleteMetrics": "true", "deleteStorage": "true"}


class PeopleCalls(Calls):
    """The endpoints behind that UI."""

    def disable_flows_by_ids(self, flows: Iterable[tuple[str, str]]) -> None:
        """Disable flows, each given by namespace and id: the server writes `disabled: true` into their sources."""
        body = [{"namespace": namespace, "id": name} for namespace, name in flows]
        self._connection.tell(DISABLE_FLOWS, json=body)

    def delete_execution(self, execution_id: str) -> None:
        """Delete an execution with its logs, metrics and files. Raises KestraNotFoundError."""
        self._connection.tell(DELETE_EXECUTION, execution_id, params=_ALONG)
