"""Changes executions in Kestra 1.x: a service returns the changed execution, a queue takes it to the executor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from deployer.engine.jvm.context import CORE, Kestra
from deployer.engine.runtime.executions import Change, kill_request, parse_breakpoints, with_label

_UNRESTARTABLE = "execution not in state PAUSED or terminated"
_UNCHANGEABLE = "execution not in a terminated state"


class Executions1x:
    """See `runtime.executions.Executions`; `queue` returns one of Kestra's queues by its name."""

    bulk_status = 200
    empty_answers = True

    def __init__(self, kestra: Kestra, queue: Callable[[str], Any]) -> None:
        self._kestra = kestra
        self._queue = queue

    def kill(self, execution: Any, *, cascade: bool) -> Change:
        """Emit the request to the kill queue; IllegalStateException if there is nothing to kill."""
        if execution.getState().isTerminated() and not cascade:
            raise self._error("IllegalStateException", "Execution is already finished, can't kill it")
        request = kill_request(self._kestra, execution, cascade=cascade).build()
        return self._change(execution, lambda: self._queue("executionKilledQueue").emit(request))

    def restart(self, execution: Any, revision: Any) -> Change:
        """Restart through the service."""
        return self._emit_changed(self._service.restart(execution, revision))

    def replay(self, execution: Any, task_run: str | None, revision: Any, breakpoints: str | None) -> Change:
        """Emit the new execution, and label the old one as replayed."""
        new = self._replay(execution, task_run, revision).withBreakpoints(parse_breakpoints(self._kestra, breakpoints))

        def replay() -> Any:
            self._queue("executionQueue").emit(new)
            self._executions.save(execution.withLabels(with_label(self._kestra, execution, "REPLAYED")))
            return new

        return self._change(new, replay)

    def pause(self, execution: Any) -> Change:
        """Pause through the service."""
        return self._emit_changed(self._service.pause(execution))

    def resume(self, execution: Any, parts: Any) -> Change:
        """Resume through the service, which reads and checks the inputs."""
        flow = self._kestra.bean(CORE + "repositories.FlowRepositoryInterface").findByExecutionWithoutAcl(execution)
        resumed = self._kestra.java("io.kestra.plugin.core.flow.Pause$Resumed").now()
        if parts is None:
            return self._emit_changed(self._service.resume(execution, flow, self._state.RUNNING, resumed))
        return self._emit_changed(self._service.resume(execution, flow, self._state.RUNNING, parts, resumed).block())

    def resume_from_breakpoint(self, execution: Any, breakpoints: str | None) -> Change:
        """Set the waiting task runs to CREATED, as the service has no method for it in 1.x."""
        if not execution.getState().isBreakpoint():
            raise self._error("IllegalStateException", "Execution is not suspended")
        if not execution.getBreakpoints():
            raise self._error("IllegalStateException", "Execution has no breakpoint")
        runs = self._kestra.java("java.util.ArrayList")()
        for run in execution.getTaskRunList():
            runs.add(run.withState(self._state.CREATED) if run.getState().isBreakpoint() else run)
        running = execution.withState(self._state.RUNNING).withTaskRunList(runs)
        return self._emit_changed(running.withBreakpoints(parse_breakpoints(self._kestra, breakpoints)))

    def change_status(self, execution: Any, state: Any) -> Change:
        """Emit the execution with the new state."""
        if self.status_problem(execution):
            terminated = "terminated" if self._killed_is_over else "terminated non killed"
            message = f"You can only change the state of a {terminated} execution."
            raise self._error("IllegalArgumentException", message)
        return self._emit_changed(execution.withState(state))

    def change_task_run_state(self, execution: Any, task_run: str, state: Any) -> Change:
        """Change it through the service, and label the execution as restarted."""
        flow = self._kestra.bean(CORE + "repositories.FlowRepositoryInterface").findByExecution(execution)
        changed = self._service.changeTaskRunState(execution, flow, task_run, state)
        return self._emit_changed(changed.withLabels(with_label(self._kestra, changed, "RESTARTED")))

    def set_labels(self, execution: Any, labels: Any) -> Change:
        """Store it: an execution that has ended does not go to the executor again."""
        return self._change(execution, lambda: self._executions.save(execution.withLabels(labels)))

    def unqueue(self, execution: Any, state: Any) -> Change:
        """Unqueue through the service that has the method in this release."""
        services = (self._service, self._kestra.bean(CORE + "services.ConcurrencyLimitService"))
        service = next(each for each in services if hasattr(each, "unqueue"))
        return self._emit_changed(service.unqueue(execution, state))

    def force_run(self, execution: Any) -> Change:
        """Force it through the service."""
        return self._emit_changed(self._service.forceRun(execution))

    def carry_out(self, name: str, change: Change) -> Any:  # noqa: ARG002  (2.x has to wait)
        """Return the changed execution, which the executor has yet to process."""
        return change.emit("")

    def carry_out_all(self, changes: Iterable[Change]) -> dict[str, Any]:
        """Return their number."""
        return {"count": len([change.emit("") for change in changes])}

    def input_errors(self, found: Any) -> list[dict[str, Any]]:
        """Return the violations (1.0, 1.1) or the exceptions, which say whether the input could be read at all."""
        if not self._kestra.since("1.2"):
            violations = found.exception().getConstraintViolations() if found.exception() else ()
            return [{"message": str(violation.getMessage())} for violation in violations]
        return [_input_error(each) for each in found.exceptions() or ()]

    def restart_problem(self, execution: Any) -> str | None:
        """Refuse executions that are running, and killed ones where Kestra does."""
        state = execution.getState()
        if self._killed_is_over:
            return None if state.isTerminated() or state.isPaused() else _UNRESTARTABLE
        return None if state.canBeRestarted() else f"{_UNRESTARTABLE}, or is KILLED"

    def status_problem(self, execution: Any) -> str | None:
        """Refuse executions that have not ended, and killed ones where Kestra does."""
        state = execution.getState()
        if self._killed_is_over:
            return None if state.isTerminated() else _UNCHANGEABLE
        return None if state.canChangeStatus() else f"{_UNCHANGEABLE} or is killed"

    @property
    def _killed_is_over(self) -> bool:
        """Whether a killed execution counts as any other that has ended: the states of 1.1 make no difference."""
        return self._kestra.since("1.1", until="1.1")

    @property
    def _service(self) -> Any:
        return self._kestra.bean(CORE + "services.ExecutionService")

    @property
    def _executions(self) -> Any:
        return self._kestra.bean(CORE + "repositories.ExecutionRepositoryInterface")

    @property
    def _state(self) -> Any:
        return self._kestra.java(CORE + "models.flows.State$Type")

    def _replay(self, execution: Any, task_run: str | None, revision: Any) -> Any:
        """Return the new execution of a flow that must be executable; the service takes the flow too since 1.3."""
        service = self._kestra.bean(CORE + "services.FlowService")
        wanted = self._kestra.java("java.util.Optional").ofNullable(revision)
        place = (execution.getTenantId(), execution.getNamespace(), execution.getFlowId())
        flow = service.getFlowIfExecutableOrThrow(*place, wanted)
        if self._kestra.since("1.3"):
            return self._service.replay(execution, flow, task_run, revision)
        return self._service.replay(execution, task_run, revision)

    def _emit_changed(self, changed: Any) -> Change:
        def emit() -> Any:
            self._queue("executionQueue").emit(changed)
            return changed

        return self._change(changed, emit)

    def _change(self, execution: Any, emit: Callable[[], Any]) -> Change:
        return Change(execution.getTenantId(), execution.getId(), lambda _: emit())

    def _error(self, name: str, message: str) -> Any:
        return self._kestra.java("java.lang." + name)(message)


def _input_error(error: Any) -> dict[str, Any]:
    fields = {"message": str(error.getMessage())}
    return {**fields, "renderError": bool(error.isRenderError())} if hasattr(error, "isRenderError") else fields
