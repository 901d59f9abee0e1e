"""Changes executions in Kestra 2.x: by commands to the executor, each with an operation that can be awaited."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from deployer.engine.jvm.context import CORE, Kestra
from deployer.engine.runtime.executions import Change, kill_request, with_label
from deployer.engine.runtime.operations import Operations

_COMMAND = CORE + "executor.command."


class Executions2x:
    """See `runtime.executions.Executions`; `queue` returns one of Kestra's queues by its kind and message."""

    bulk_status = 202
    empty_answers = False

    def __init__(self, kestra: Kestra, queue: Callable[[str, str], Any], operations: Operations) -> None:
        self._kestra = kestra
        self._queue = queue
        self._operations = operations

    def kill(self, execution: Any, *, cascade: bool) -> Change:
        """Broadcast the request; ConflictException if there is nothing to kill."""
        if execution.getState().isTerminated() and not cascade:
            raise self._conflict("Cannot kill execution: execution is already terminated.")
        request = kill_request(self._kestra, execution, cascade=cascade)
        queue = self._queue("BroadcastQueueInterface", "models.executions.ExecutionKilled")
        change = self._change(execution, lambda operation: queue.emit(request.operationId(operation).build()))
        return replace(change, broadcast=True)

    def restart(self, execution: Any, revision: Any) -> Change:
        """Send a command to restart it, once it has ended or is paused."""
        if not execution.getState().canBeRestarted():
            state = execution.getState().getCurrent()
            message = f"Cannot restart execution: current state is '{state}', expected terminated or paused."
            raise self._conflict(message)
        return self._send_command(execution, self._command("Restart").from_(execution, revision))

    def replay(self, execution: Any, task_run: str | None, revision: Any, breakpoints: str | None) -> Change:
        """Send commands to create a new execution, and to label the old one as replayed."""
        runs = execution.getTaskRunList() or []
        if task_run is not None and all(str(run.getId()) != task_run for run in runs):
            message = f"Task run id '{task_run}' not found in execution '{execution.getId()}'"
            raise self._kestra.java("java.lang.IllegalArgumentException")(message)
        new = str(self._kestra.java(CORE + "utils.IdUtils").create())
        command = self._command("Replay").from_(execution, new, task_run, revision, breakpoints)
        replay = self._send_command(execution, command.withInputs(execution.getInputs()))
        mark = self.set_labels(execution, with_label(self._kestra, execution, "REPLAYED"))

        def emit(operation: str) -> None:
            replay.emit(operation)
            mark.emit(self._operations.new())

        return Change(execution.getTenantId(), new, emit)

    def pause(self, execution: Any) -> Change:
        """Send a command to pause it."""
        if not execution.getState().isRunning():
            raise self._conflict("Cannot pause execution: execution is not running.")
        return self._send_command(execution, self._command("Pause").from_(execution))

    def resume(self, execution: Any, parts: Any) -> Change:
        """Send a command to resume it, with the inputs that the service has read and checked."""
        resumed = self._kestra.java("io.kestra.plugin.core.flow.Pause$Resumed").now()
        command = self._command("Resume")
        if parts is None:
            return self._send_command(execution, command.from_(execution, resumed))
        flow = self._kestra.bean(CORE + "repositories.FlowRepositoryInterface").findByExecutionWithoutAcl(execution)
        inputs = self._kestra.bean(CORE + "services.ExecutionService").readInputs(execution, flow, parts).block()
        return self._send_command(execution, command.from_(execution, resumed, inputs))

    def resume_from_breakpoint(self, execution: Any, breakpoints: str | None) -> Change:
        """Send a command to run it to the next breakpoint."""
        if not execution.getState().isBreakpoint():
            raise self._conflict("Cannot resume execution: execution is not suspended.")
        if not execution.getBreakpoints():
            raise self._conflict("Cannot resume execution: no breakpoint defined.")
        following = self._kestra.java("java.util.Optional").ofNullable(breakpoints)
        return self._send_command(execution, self._command("ResumeFromBreakpoint").from_(execution, following))

    def change_status(self, execution: Any, state: Any) -> Change:
        """Send a command to change its state."""
        if not execution.getState().canChangeStatus():
            raise self._conflict("Cannot change execution state: execution must be terminated and not killed.")
        return self._send_command(execution, self._command("UpdateStatus").from_(execution, state))

    def change_task_run_state(self, execution: Any, task_run: str, state: Any) -> Change:
        """Send a command to change the state of a task run."""
        if not execution.getState().canChangeStatus():
            raise self._conflict("Cannot change task run state: execution must be terminated and not killed.")
        return self._send_command(execution, self._command("ChangeTaskRunState").from_(execution, task_run, state))

    def set_labels(self, execution: Any, labels: Any) -> Change:
        """Send a command to replace its labels."""
        return self._send_command(execution, self._command("UpdateLabels").from_(execution, labels))

    def unqueue(self, execution: Any, state: Any) -> Change:
        """Send a command to take it out of the queue."""
        if str(execution.getState().getCurrent()) != "QUEUED":
            raise self._conflict("Cannot unqueue execution: only QUEUED executions can be unqueued.")
        return self._send_command(execution, self._command("Unqueue").from_(execution, state))

    def force_run(self, execution: Any) -> Change:
        """Send a command to run it."""
        if execution.getState().isTerminated():
            raise self._conflict("Cannot force run execution: only non-terminated executions can be force run.")
        return self._send_command(execution, self._command("ForceRun").from_(execution))

    def carry_out(self, name: str, change: Change) -> Any:
        """Wait until the executor has done it, and read the execution again."""
        self._await(name, change)
        executions = self._kestra.bean(CORE + "repositories.ExecutionRepositoryInterface")
        return executions.findById(change.tenant, change.execution).get()

    def carry_out_all(self, changes: Iterable[Change]) -> dict[str, Any]:
        """Return the one operation that carries them all out, and their number."""
        operation = self._operations.new()
        return {"operationId": operation, "totalItems": self._operations.start(changes, operation)}

    def input_errors(self, found: Any) -> list[dict[str, Any]]:
        """Return the messages of the exceptions."""
        return [{"message": str(error.getMessage())} for error in found.exceptions() or ()]

    def restart_problem(self, execution: Any) -> str | None:
        """Refuse a state that cannot be restarted."""
        if execution.getState().canBeRestarted():
            return None
        must = f"Execution '{execution.getId()}' must be terminated or paused to be restarted"
        return f"{must}, current state is '{execution.getState().getCurrent()}' !"

    def status_problem(self, execution: Any) -> str | None:
        """Refuse executions that have not ended or were killed."""
        return None if execution.getState().canChangeStatus() else "execution not in a terminated state or is killed"

    def _await(self, name: str, change: Change) -> None:
        """Carry out a change; ConflictException when it fails, a status of 504 when it takes too long."""
        operation = self._operations.new()
        error = self._operations.await_done(change, operation)
        if error is not None:
            message = f"Failed to execute action '{name}' on execution {change.execution} "
            raise self._conflict(f"{message}(operation_id={operation}). Cause: {error}")

    def _command(self, name: str) -> Any:
        return self._kestra.java(_COMMAND + name)

    def _send_command(self, execution: Any, command: Any) -> Change:
        queue = self._queue("DispatchQueueInterface", "executor.command.ExecutionCommand")
        return self._change(execution, lambda operation: queue.emit(command.withOperationId(operation)))

    def _change(self, execution: Any, emit: Callable[[str], Any]) -> Change:
        return Change(execution.getTenantId(), execution.getId(), emit)

    def _conflict(self, message: str) -> Any:
        return self._kestra.java(CORE + "exceptions.ConflictException")(message)
