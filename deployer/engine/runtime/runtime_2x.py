"""Kestra 2.x: commands, not whole executions; drafts; a controller between executor and worker. Found on 2.0.0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deployer.engine.jvm.context import CORE, Kestra
from deployer.engine.runtime import broadcasts
from deployer.engine.runtime.controller import start_controller
from deployer.engine.runtime.executions_2x import Executions2x
from deployer.engine.runtime.namespace_files import NamespaceFiles
from deployer.engine.runtime.operations import Operations
from deployer.engine.runtime.runtime_1x import WORKER_THREADS, validate_sources
from deployer.engine.runtime.triggers_2x import Triggers2x

_SCHEDULING_THREADS = 1


class Runtime2x:
    """See `deployer.engine.runtime.runtime.Runtime`."""

    flat_filters = False  # 2.x refuses them
    json_flows = False
    reports_checks = True
    selects_fields = True
    largest_page: int | None = 1000
    alert = r':::alert{type="\1"}'
    unreadable = 500
    validates_files = True
    labels_origin = True

    def __init__(self, kestra: Kestra) -> None:
        self._kestra = kestra
        reports = self._queue("BroadcastQueueInterface", "async.AsyncOperationProcessedEvent")
        operations = Operations(kestra, reports)
        self.executions = Executions2x(kestra, self._queue, operations)
        self.triggers = Triggers2x(kestra, self._queue, operations)
        self.streaming = kestra.bean(CORE + "services.ExecutionStreamingService")

    @property
    def logs(self) -> Any:
        """The repository of log entries."""
        return self._kestra.bean(CORE + "repositories.LogDataStoreInterface")

    def start(self, *, scheduler: bool) -> None:
        """Start controller, executor and indexer, then the workers, and last the scheduler.

        One worker connects to the controller. The other runs what needs the database, such as `PurgeExecutions`;
        without it, those tasks stay SUBMITTED.
        """
        start_controller(self._kestra)
        self._kestra.bean("io.kestra.executor.DefaultExecutor").run()
        self._kestra.bean("io.kestra.indexer.DefaultIndexer").run()
        self._kestra.bean("io.kestra.worker.WorkerAgent").start(WORKER_THREADS)
        self._kestra.bean("io.kestra.worker.systemworker.SystemWorker").start()
        if scheduler:
            self._kestra.bean(CORE + "runners.Scheduler").start(_SCHEDULING_THREADS)

    def configuration(self) -> dict[str, object]:
        """Charts of a day, and which parts of the user interface are enabled."""
        fields = {"chartDefaultDuration": "PT24H", "isCustomDashboardsEnabled": False}
        return {**fields, "isAiApiKeyConfigured": False, "isConcurrencyViewEnabled": True}

    def validate(self, tenant: str, sources: Sequence[tuple[str | None, str]]) -> Any:
        """Ask FlowService."""
        return validate_sources(self._kestra, tenant, sources)

    def revisions(self, tenant: str, namespace: str, flow: str, *, deleted: bool) -> Any:
        """Ask the repository."""
        flows = self._kestra.bean(CORE + "repositories.FlowRepositoryInterface")
        return flows.findRevisions(tenant, namespace, flow, self._kestra.java("java.lang.Boolean").valueOf(deleted))

    def failed_checks(self, flow: Any, inputs: Any) -> Any:
        """Ask FlowService."""
        return self._kestra.bean(CORE + "services.FlowService").getFailedChecks(flow, inputs)

    def parse_flow(self, tenant: str, text: str, *, draft: bool = False) -> Any:
        """Parse, and set whether it is a draft."""
        flow = self._kestra.java(CORE + "models.flows.GenericFlow").fromYaml(tenant, text)
        return flow.toBuilder().draft(draft).build()

    def read_flow(self, tenant: str, text: str) -> Any:
        """Read with plugin defaults."""
        return self._kestra.bean(CORE + "services.FlowParsingService").parse(tenant, text, False)

    def create_flow(self, flow: Any) -> Any:
        """Create through FlowService, which validates it unless it is a draft."""
        with broadcasts.FLOW:
            return self._kestra.bean(CORE + "services.FlowService").create(flow)

    def update_flow(self, flow: Any, previous: Any) -> Any:
        """Update through FlowService; a draft and a published flow with the same source are two revisions."""
        with broadcasts.FLOW:
            return self._kestra.bean(CORE + "services.FlowService").update(flow, previous)

    def replace_flow(self, flow: Any, previous: Any) -> Any:
        """Update it like any other."""
        return self.update_flow(flow, previous)

    def delete_flow(self, flow: Any) -> None:
        """Delete through FlowService."""
        with broadcasts.FLOW:
            self._kestra.bean(CORE + "services.FlowService").delete(flow)

    def export_flows(self, tenant: str, filters: Any) -> Any:
        """Return every published flow with the source that runs."""
        # since 2.0.0 without drafts: an export is what runs (kestra-io/kestra pull request 18952)
        flows = self._kestra.bean(CORE + "repositories.FlowRepositoryInterface")
        unpaged = self._kestra.java("io.micronaut.data.model.Pageable").UNPAGED
        return flows.findWithSourceExcludingDrafts(unpaged, tenant, filters)

    def read_sources(self, upload: Any, reader: Any) -> None:
        """Read within limits, so that a small archive cannot fill the memory."""
        limits = self._kestra.bean(CORE + "security.SecurityConfiguration").zipBombProtection()
        self._kestra.java(CORE + "models.HasSource").readSourceFile(limits, upload, reader)

    def emit(self, execution: Any) -> None:
        """Emit the command that creates this execution."""
        java = self._kestra.java
        identity = java(CORE + "models.executions.ExecutionId")(
            execution.getTenantId(),
            execution.getNamespace(),
            execution.getFlowId(),
            execution.getId(),
            execution.getFlowRevision(),
        )
        command = java(CORE + "executor.command.Create").of(identity).withKind(execution.getKind())
        command = command.withLabels(execution.getLabels()).withInputs(execution.getInputs())
        command = command.withScheduleDate(execution.getScheduleDate()).withBreakpoints(execution.getBreakpoints())
        if execution.getFixtures() is not None:
            command = command.withFixtures(execution.getFixtures()).withVariables(execution.getVariables())
            command = command.withTrigger(execution.getTrigger()) if execution.getTrigger() else command
        if execution.getState().isFailed():
            command = command.withStateType(execution.getState().getCurrent())
        self._queue("DispatchQueueInterface", "executor.command.ExecutionCommand").emit(command)

    def files(self, tenant: str, namespace: str) -> NamespaceFiles:
        """Return the files, with revisions."""
        return NamespaceFiles(self._kestra, tenant, namespace)

    def file_path(self, sent: str) -> str:
        """Return it unchanged."""
        return sent

    def flows_among_files(self, tenant: str, namespace: str) -> Any:  # noqa: ARG002  (files are files here)
        """Return none."""
        return ()

    def key_values(self, tenant: str, namespace: str) -> Any:
        """Return the store without asking whether the namespace exists."""
        return self._kestra.bean(CORE + "services.KVStoreService").get(tenant, namespace, namespace)

    def parse_value(self, text: str) -> Any:
        """Read the text as Ion (a superset of JSON); anything else is a string."""
        mapper = self._kestra.java(CORE + "serializers.JacksonMapper").ofIon()
        parser = None
        try:
            parser = mapper.createParser(text)
            value = mapper.readTree(parser)
            return value if parser.nextToken() is None else text
        except self._kestra.java("com.fasterxml.jackson.core.JsonProcessingException"):
            return text  # anything else is a string
        finally:
            if parser is not None:
                parser.close()

    def search_keys(self, page: Any, tenant: str, filters: Any) -> Any:
        """Ask the service."""
        return self._kestra.bean(CORE + "services.KVStoreService").list(page, tenant, None, filters)

    def key_details(self, store: Any, key: str) -> dict[str, Any]:
        """Return revision and date of the last change."""
        entry = store.get(key).get()
        return {"revision": entry.revision(), "updated": entry.updateDate()}

    def duration(self, text: str) -> Any:
        """Convert as Kestra's own tasks do; IllegalArgumentException on anything else."""
        return self._kestra.java(CORE + "utils.TypeConverter").toDuration(text)

    def _queue(self, kind: str, message: str) -> Any:
        java = self._kestra.java
        argument = java("io.micronaut.core.type.Argument").of(
            java(CORE + "queues." + kind).class_, [java(CORE + message).class_]
        )
        return self._kestra.context.getBean(argument)
