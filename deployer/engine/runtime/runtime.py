"""What the lines of Kestra do differently, behind one protocol: with the route tables the only place that knows.

Everything here and in `runtime_1x`, `runtime_2x` calls Kestra's own services; nothing is decided in Python. Flows,
executions and the rest are Java objects (`Any`) on their way from one service to the next.
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
from deployer.model.version import Dialect


class Runtime(Protocol):
    """One line of Kestra. Every method blocks, so call it from a thread; what Kestra throws comes through as it is."""

    flat_filters: bool  # reads `namespace=`, `q=`, `labels=` … beside `filters[...]`
    json_flows: bool  # takes a flow as a JSON object too
    selects_fields: bool  # shows chosen fields of an execution that is read, not all of it
    largest_page: int | None  # of a search; None where it has no limit
    alert: str  # what opens an alert in the documentation of a plugin; group 1 is its type
    unreadable: int  # HTTP status when the server cannot read what it has stored
    validates_files: bool  # takes flows as files of a multipart body too
    reports_checks: bool  # flows have checks of their own, which a verdict on inputs tells too
    labels_origin: bool  # an execution started over HTTP carries the label `system.from`
    streaming: Any  # the engine's ExecutionStreamingService, or `Streaming` where it has none; there once started

    @property
    def executions(self) -> Executions:
        """What can be done to executions that are there."""

    @property
    def logs(self) -> Any:
        """The repository of log entries."""

    def start(self) -> None:
        """Start executor, worker and indexer: from here on executions run."""

    def configuration(self) -> dict[str, object]:
        """Return what `configs` tells in this line only, or otherwise than the other."""

    def validate(self, tenant: str, sources: Sequence[tuple[str | None, str]]) -> Any:
        """Return the verdict (ValidateConstraintViolation) on each (file name, text), without storing anything."""

    def revisions(self, tenant: str, namespace: str, flow: str, *, deleted: bool) -> Any:
        """Return every revision of a flow, oldest first; of one that was deleted only if `deleted`."""

    def failed_checks(self, flow: Any, inputs: Any) -> Any:
        """Return the flow's own checks (Check) that these inputs fail."""

    def parse_flow(self, tenant: str, text: str, *, draft: bool = False) -> Any:
        """Return a text as a GenericFlow, which knows id and namespace and is not validated yet."""

    def read_flow(self, tenant: str, text: str) -> Any:
        """Return a text as a FlowWithSource, whose tasks are there as objects, without storing it."""

    def create_flow(self, flow: Any) -> Any:
        """Store a new flow (a GenericFlow) and return it with its source and revision."""

    def update_flow(self, flow: Any, previous: Any) -> Any:
        """Store a flow in place of `previous` (a FlowInterface) and return it; an identical text keeps its revision."""

    def replace_flow(self, flow: Any, previous: Any) -> Any:
        """Update one of many flows: 1.x does not look at its subflows then."""

    def delete_flow(self, flow: Any) -> None:
        """Delete a flow; its revisions stay readable."""

    def export_flows(self, tenant: str, filters: Any) -> Any:
        """Return a list of FlowWithSource: what an export contains."""

    def read_sources(self, upload: Any, reader: Any) -> None:
        """Call `reader` (a BiConsumer) with the text and name of each flow of an uploaded archive or YAML file."""

    def emit(self, execution: Any) -> None:
        """Hand a new execution to the executor."""

    def files(self, tenant: str, namespace: str) -> NamespaceFiles | StoredFiles:
        """Return the files of a namespace, which need not exist."""

    def file_path(self, sent: str) -> str:
        """Return the path that a request names as the engine stores it."""

    def flows_among_files(self, tenant: str, namespace: str) -> Any:
        """Return the flows (FlowWithSource) that an export of a namespace's files holds too."""

    def key_values(self, tenant: str, namespace: str) -> Any:
        """Return the KVStore of a namespace, which need not exist."""

    def parse_value(self, text: str) -> Any:
        """Return what a text sent as a key's value stands for."""

    def search_keys(self, page: Any, tenant: str, filters: Any) -> Any:
        """Return a page of KVEntry, of any namespace."""

    def key_details(self, store: Any, key: str) -> dict[str, Any]:
        """Return what is answered for a key beside its type and value."""

    def duration(self, text: str) -> Any:
        """Return a time to live (ISO 8601) as java.time.Duration."""


def runtime_of(kestra: Kestra) -> Runtime:
    """Return the runtime that speaks to the engine in this process."""
    return Runtime2x(kestra) if kestra.version.dialect is Dialect.V2 else Runtime1x(kestra)
