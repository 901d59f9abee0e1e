"""What 1.x and 2.x do differently, behind one protocol. Only this room and the route tables know the difference.

Everything here and in `runtime_1x` and `runtime_2x` calls Kestra's own services; nothing is decided in Python. Flows,
executions and the rest are Java objects (`Any`), passed from one service to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from deployer.engine.jvm.context import Kestra
from deployer.engine.runtime.executions import Executions
from deployer.engine.runtime.namespace_files import NamespaceFiles
from deployer.engine.runtime.runtime_1x import Runtime1x
from deployer.engine.runtime.runtime_2x import Runtime2x
from deployer.engine.runtime.stored_files import StoredFiles
from deployer.engine.runtime.triggers import Triggers
from deployer.model.version import Dialect


class Runtime(Protocol):
    """One line of Kestra: 1.x or 2.x. Every method blocks, so call it from a thread; Java exceptions pass through."""

    flat_filters: bool  # reads `namespace=`, `q=`, `labels=` … as well as `filters[...]`
    json_flows: bool  # accepts a flow as a JSON object too
    selects_fields: bool  # answers selected fields of an execution, not all of them
    largest_page: int | None  # of a search; None if there is no limit
    alert: str  # opens an alert in the documentation of a plugin; group 1 is its type
    unreadable: int  # HTTP status when the server cannot read what it has stored
    validates_files: bool  # accepts flows as files of a multipart body too
    reports_checks: bool  # flows can have checks, which a verdict on inputs includes
    labels_origin: bool  # an execution started over HTTP carries the label `system.from`
    streaming: Any  # the engine's ExecutionStreamingService, or `Streaming` if it has none; set by `start`

    @property
    def executions(self) -> Executions:
        """Changes to existing executions."""

    @property
    def triggers(self) -> Triggers:
        """The states of triggers, and changes to them."""

    @property
    def logs(self) -> Any:
        """The repository of log entries."""

    def start(self, *, scheduler: bool) -> None:
        """Start executor, worker and indexer: from then on executions run; and the `scheduler`, which starts some."""

    def configuration(self) -> dict[str, object]:
        """Return the fields of `configs` that differ between 1.x and 2.x."""

    def validate(self, tenant: str, sources: Sequence[tuple[str | None, str]]) -> Any:
        """Return the verdict (ValidateConstraintViolation) on each (file name, source), without storing anything."""

    def revisions(self, tenant: str, namespace: str, flow: str, *, deleted: bool) -> Any:
        """Return every revision of a flow, oldest first; those of a deleted flow only if `deleted`."""

    def failed_checks(self, flow: Any, inputs: Any) -> Any:
        """Return the flow's own checks (Check) that these inputs fail."""

    def parse_flow(self, tenant: str, text: str, *, draft: bool = False) -> Any:
        """Return a source as a GenericFlow, which has id and namespace and is not validated yet."""

    def read_flow(self, tenant: str, text: str) -> Any:
        """Return a source as a FlowWithSource, with its tasks as objects, without storing it."""

    def create_flow(self, flow: Any) -> Any:
        """Store a new flow (a GenericFlow) and return it with its source and revision."""

    def update_flow(self, flow: Any, previous: Any) -> Any:
        """Store a flow in place of `previous` (a FlowInterface), return it; an identical source keeps its revision."""

    def replace_flow(self, flow: Any, previous: Any) -> Any:
        """Update one of many flows, whose subflows 1.x does not check then."""

    def delete_flow(self, flow: Any) -> None:
        """Delete a flow; its revisions stay readable."""

    def export_flows(self, tenant: str, filters: Any) -> Any:
        """Return a list of FlowWithSource: the contents of an export."""

    def read_sources(self, upload: Any, reader: Any) -> None:
        """Call `reader` (a BiConsumer) with the source and name of each flow in an uploaded archive or YAML file."""

    def emit(self, execution: Any) -> None:
        """Hand a new execution to the executor."""

    def files(self, tenant: str, namespace: str) -> NamespaceFiles | StoredFiles:
        """Return the files of a namespace, which need not exist."""

    def file_path(self, sent: str) -> str:
        """Return the path in a request as the engine stores it."""

    def flows_among_files(self, tenant: str, namespace: str) -> Any:
        """Return the flows (FlowWithSource) that an export of a namespace's files also contains."""

    def key_values(self, tenant: str, namespace: str) -> Any:
        """Return the KVStore of a namespace, which need not exist."""

    def parse_value(self, text: str) -> Any:
        """Return the value that a string sent for a key represents."""

    def search_keys(self, page: Any, tenant: str, filters: Any) -> Any:
        """Return a page of KVEntry, of any namespace."""

    def key_details(self, store: Any, key: str) -> dict[str, Any]:
        """Return the fields of a key besides its type and value."""

    def duration(self, text: str) -> Any:
        """Return a time to live (ISO 8601) as java.time.Duration."""


def runtime_of(kestra: Kestra) -> Runtime:
    """Return the runtime that speaks to the engine in this process."""
    return Runtime2x(kestra) if kestra.version.dialect is Dialect.V2 else Runtime1x(kestra)
