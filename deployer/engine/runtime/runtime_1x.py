"""Kestra 1.x: queues carry whole executions, and the repository updates flows.

1.0 to 1.3 take the same calls, with a few exceptions. Here and in `executions_1x` these are decided by `Kestra.since`
alone, so a later 1.x is called as the newest known one (found by running 1.0.36, 1.1.15, 1.2.14 and 1.3.31, and in
their classes).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployer.engine.jvm.context import CORE, Kestra
from deployer.engine.runtime import broadcasts
from deployer.engine.runtime.executions_1x import Executions1x
from deployer.engine.runtime.namespace_files import NamespaceFiles
from deployer.engine.runtime.stored_files import StoredFiles
from deployer.engine.runtime.streaming import Streaming
from deployer.engine.runtime.triggers_1x import Triggers1x

WORKER_THREADS = 16  # a task occupies one while it sleeps or waits
_BETWEEN_FLOWS = "\n---\n"


class Runtime1x:
    """See `deployer.engine.runtime.runtime.Runtime`."""

    flat_filters = True
    json_flows = True
    selects_fields = False
    largest_page: int | None = None
    alert = r"::: \1"
    unreadable = 423

    def __init__(self, kestra: Kestra) -> None:
        self._kestra = kestra
        self.executions = Executions1x(kestra, self._queue)
        self.triggers = Triggers1x(kestra, self._queue)
        self.streaming: Any = None
        self.reports_checks = kestra.since("1.2")
        self.validates_files = not kestra.since("1.1", until="1.1")  # which has no FlowSource
        self.labels_origin = kestra.since("1.2")

    @property
    def logs(self) -> Any:
        """The repository of log entries."""
        return self._kestra.bean(CORE + "repositories.LogRepositoryInterface")

    def start(self, *, scheduler: bool) -> None:
        """Start executor, worker and indexer, and last the scheduler, which hands work to the others."""
        self._kestra.bean("io.kestra.jdbc.runner.JdbcExecutor").run()
        threads = self._kestra.java("java.lang.Integer").valueOf(WORKER_THREADS)
        worker = self._kestra.java("io.kestra.worker.DefaultWorker").class_
        self._kestra.context.createBean(worker, ["worker", threads, None]).run()
        self._kestra.bean("io.kestra.jdbc.runner.JdbcIndexer").run()
        self.streaming = self._streaming()
        if scheduler:
            self._kestra.bean("io.kestra.jdbc.runner.JdbcScheduler").run()

    def configuration(self) -> dict[str, object]:
        """Charts of thirty days; 1.0 has task runs and templates, which are disabled."""
        enabled = bool(self._kestra.bean(CORE + "repositories.DashboardRepositoryInterface").isEnabled())
        fields: dict[str, object] = {"chartDefaultDuration": "P30D", "isCustomDashboardsEnabled": enabled}
        return (
            fields if self._kestra.since("1.1") else {**fields, "isTaskRunEnabled": False, "isTemplateEnabled": False}
        )

    def validate(self, tenant: str, sources: Sequence[tuple[str | None, str]]) -> Any:
        """Ask FlowService; 1.1 takes one source, which it splits as the web server of the other versions does."""
        if not self.validates_files:
            text = _BETWEEN_FLOWS.join(text for _, text in sources)
            return self._kestra.bean(CORE + "services.FlowService").validate(tenant, text)
        return validate_sources(self._kestra, tenant, sources)

    def revisions(self, tenant: str, namespace: str, flow: str, *, deleted: bool) -> Any:
        """Ask the repository; `deleted` exists since 1.2."""
        flows = self._kestra.bean(CORE + "repositories.FlowRepositoryInterface")
        if self._kestra.since("1.2"):
            return flows.findRevisions(tenant, namespace, flow, self._kestra.java("java.lang.Boolean").valueOf(deleted))
        return flows.findRevisions(tenant, namespace, flow)

    def failed_checks(self, flow: Any, inputs: Any) -> Any:
        """Ask FlowService; flows have checks since 1.2."""
        return (
            self._kestra.bean(CORE + "services.FlowService").getFailedChecks(flow, inputs)
            if self.reports_checks
            else []
        )

    def parse_flow(self, tenant: str, text: str, *, draft: bool = False) -> Any:  # noqa: ARG002  (1.x has no drafts)
        """Parse without changes."""
        return self._kestra.java(CORE + "models.flows.GenericFlow").fromYaml(tenant, text)

    def read_flow(self, tenant: str, text: str) -> Any:
        """Read with plugin defaults."""
        return self._kestra.bean(CORE + "services.PluginDefaultService").parseFlowWithAllDefaults(tenant, text, False)

    def create_flow(self, flow: Any) -> Any:
        """Create through FlowService, which validates it."""
        with broadcasts.FLOW:
            return self._kestra.bean(CORE + "services.FlowService").create(flow, True)

    def update_flow(self, flow: Any, previous: Any) -> Any:
        """Update through the repository, which validates it; before that, check its subflows as the web server does."""
        defaults = self._kestra.bean(CORE + "services.PluginDefaultService")
        service = self._kestra.bean(CORE + "services.FlowService")
        service.checkValidSubflows(defaults.injectVersionDefaults(flow, False), flow.getTenantId())
        return self.replace_flow(flow, previous)

    def replace_flow(self, flow: Any, previous: Any) -> Any:
        """Update through the repository."""
        with broadcasts.FLOW:
            return self._kestra.bean(CORE + "repositories.FlowRepositoryInterface").update(flow, previous)

    def delete_flow(self, flow: Any) -> None:
        """Delete through the repository."""
        with broadcasts.FLOW:
            self._kestra.bean(CORE + "repositories.FlowRepositoryInterface").delete(flow)

    def export_flows(self, tenant: str, filters: Any) -> Any:
        """Return every flow with its current source."""
        unpaged = self._kestra.java("io.micronaut.data.model.Pageable").UNPAGED
        return self._kestra.bean(CORE + "repositories.FlowRepositoryInterface").findWithSource(unpaged, tenant, filters)

    def read_sources(self, upload: Any, reader: Any) -> None:
        """Read without limits."""
        self._kestra.java(CORE + "models.HasSource").readSourceFile(upload, reader)

    def emit(self, execution: Any) -> None:
        """Emit the whole execution."""
        self._queue("executionQueue").emit(execution)

    def files(self, tenant: str, namespace: str) -> NamespaceFiles | StoredFiles:
        """Return the files, which have revisions since 1.2."""
        return (NamespaceFiles if self._kestra.since("1.2") else StoredFiles)(self._kestra, tenant, namespace)

    def file_path(self, sent: str) -> str:
        """Replace spaces by plus signs: Kestra encodes a space as in a form, and decodes it as in a path."""
        return sent.replace(" ", "+")

    def flows_among_files(self, tenant: str, namespace: str) -> Any:
        """Return all flows of the namespace."""
        return self._kestra.bean(CORE + "services.FlowService").findByNamespaceWithSource(tenant, namespace)

    def key_values(self, tenant: str, namespace: str) -> Any:
        """Return the store without asking whether the namespace exists."""
        # given once, the service requires a flow in the namespace, which the web server does not
        return self._kestra.bean(CORE + "services.KVStoreService").get(tenant, namespace, namespace)

    def parse_value(self, text: str) -> Any:
        """Read the first Ion value (a superset of JSON); anything else is a string, before 1.1 an error."""
        try:
            return self._kestra.java(CORE + "serializers.JacksonMapper").ofIon().readTree(text)
        except self._kestra.java("com.fasterxml.jackson.core.JsonProcessingException") as error:
            if self._kestra.since("1.1"):
                return text
            problem = self._kestra.java("java.lang.IllegalArgumentException")
            raise problem(f"Invalid JSON value for: {text}") from error

    def search_keys(self, page: Any, tenant: str, filters: Any) -> Any:
        """Ask a store without a namespace, which has the keys of all; it exists since 1.1."""
        storage = self._kestra.bean(CORE + "storages.StorageInterface")
        table = self._kestra.bean(CORE + "repositories.KvMetadataRepositoryInterface")
        store = self._kestra.java(CORE + "storages.kv.InternalKVStore")(tenant, None, storage, table)
        return store.list(page, filters)

    def key_details(self, store: Any, key: str) -> dict[str, Any]:
        """Return revision and date of the last change, since 1.3."""
        if not self._kestra.since("1.3"):
            return {}
        entry = store.get(key).get()
        return {"revision": entry.version(), "updated": entry.updateDate()}

    def duration(self, text: str) -> Any:
        """Parse with java.time."""
        return self._kestra.java("java.time.Duration").parse(text)

    def _streaming(self) -> Any:
        if self._kestra.since("1.3"):  # before that it was the web server's, which is not published
            return self._kestra.bean(CORE + "services.ExecutionStreamingService")
        return Streaming(self._kestra, self._queue("executionQueue"))

    def _queue(self, name: str) -> Any:
        by_name = self._kestra.java("io.micronaut.inject.qualifiers.Qualifiers").byName(name)
        return self._kestra.context.getBean(self._kestra.java(CORE + "queues.QueueInterface").class_, by_name)


def validate_sources(kestra: Kestra, tenant: str, sources: Sequence[tuple[str | None, str]]) -> Any:
    """Return FlowService's verdict on each (file name, text)."""
    listed = kestra.java("java.util.ArrayList")()
    for name, text in sources:
        listed.add(kestra.java(CORE + "models.flows.FlowSource")(name, text))
    return kestra.bean(CORE + "services.FlowService").validate(tenant, listed)
