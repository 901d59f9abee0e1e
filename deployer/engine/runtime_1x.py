"""Kestra 1.x: whole executions travel through queues, a flow is updated by its repository. Asked of 1.3.31."""

from __future__ import annotations

from typing import Any

from deployer.engine.executions_1x import CORE, Executions1x
from deployer.engine.jvm import Kestra

WORKER_THREADS = 4


class Runtime1x:
    """See `deployer.engine.runtime.Runtime`."""

    flat_filters = True
    json_flows = True
    largest_page: int | None = None
    unreadable = 423

    def __init__(self, kestra: Kestra) -> None:
        self._kestra = kestra
        self.executions = Executions1x(kestra, self._queue)

    def start(self) -> None:
        """Start executor, worker and indexer."""
        self._kestra.bean("io.kestra.jdbc.runner.JdbcExecutor").run()
        threads = self._kestra.java("java.lang.Integer").valueOf(WORKER_THREADS)
        worker = self._kestra.java("io.kestra.worker.DefaultWorker").class_
        self._kestra.context.createBean(worker, ["worker", threads, None]).run()
        self._kestra.bean("io.kestra.jdbc.runner.JdbcIndexer").run()

    def create_flow(self, tenant: str, text: str, *, draft: bool) -> Any:  # noqa: ARG002  (1.x has no drafts)
        """Create through FlowService, which validates."""
        return self._kestra.bean(CORE + "services.FlowService").create(self._parsed(tenant, text), True)

    def update_flow(self, tenant: str, text: str, previous: Any, *, draft: bool) -> Any:  # noqa: ARG002  (no drafts)
        """Update through the repository, which validates; first as the web server does, with version defaults."""
        flow = self._parsed(tenant, text)
        defaults = self._kestra.bean(CORE + "services.PluginDefaultService")
        service = self._kestra.bean(CORE + "services.FlowService")
        service.checkValidSubflows(defaults.injectVersionDefaults(flow, False), tenant)
        return self._kestra.bean(CORE + "repositories.FlowRepositoryInterface").update(flow, previous)

    def delete_flow(self, flow: Any) -> None:
        """Delete through the repository."""
        self._kestra.bean(CORE + "repositories.FlowRepositoryInterface").delete(flow)

    def export_flows(self, tenant: str, filters: Any) -> Any:
        """Return every flow with the text it has now."""
        unpaged = self._kestra.java("io.micronaut.data.model.Pageable").UNPAGED
        return self._kestra.bean(CORE + "repositories.FlowRepositoryInterface").findWithSource(unpaged, tenant, filters)

    def emit(self, execution: Any) -> None:
        """Emit the whole execution."""
        self._queue("executionQueue").emit(execution)

    def key_values(self, tenant: str, namespace: str) -> Any:
        """Return the store without asking whether the namespace exists."""
        # the namespace given twice: given once, the service wants a flow in it, which the web server does not
        return self._kestra.bean(CORE + "services.KVStoreService").get(tenant, namespace, namespace)

    def parse_value(self, text: str) -> Any:
        """Read the text as Ion (a superset of JSON); IllegalArgumentException on anything else."""
        try:
            return self._kestra.java(CORE + "serializers.JacksonMapper").ofIon().readTree(text)
        except self._kestra.java("com.fasterxml.jackson.core.JsonProcessingException") as error:
            problem = self._kestra.java("java.lang.IllegalArgumentException")
            raise problem(f"Invalid JSON value for: {text}") from error

    def key_value(self, store: Any, key: str, shown: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002  (2.x tells more)
        """Type and value are all that 1.x tells."""
        return shown

    def duration(self, text: str) -> Any:
        """Parse with java.time."""
        return self._kestra.java("java.time.Duration").parse(text)

    def _parsed(self, tenant: str, text: str) -> Any:
        return self._kestra.java(CORE + "models.flows.GenericFlow").fromYaml(tenant, text)

    def _queue(self, name: str) -> Any:
        by_name = self._kestra.java("io.micronaut.inject.qualifiers.Qualifiers").byName(name)
        return self._kestra.context.getBean(self._kestra.java(CORE + "queues.QueueInterface").class_, by_name)
