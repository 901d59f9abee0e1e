"""Changes to existing executions, behind one protocol, as 1.x and 2.x make them differently.

1.x changes the execution and hands all of it to the executor; 2.x sends a command with an operation's id and waits
until the executor reports that it was carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from deployer.engine.jvm.context import CORE, Kestra


@dataclass(frozen=True, slots=True)
class Change:
    """A change that has passed its checks and is ready to be carried out.

    `execution` is the id of the resulting execution (for a replay, the new one), or that of a trigger; `emit` takes the
    id of an operation and returns, in 1.x, the changed execution. `broadcast` says that the change is sent to all parts
    of the engine.
    """

    tenant: str
    execution: str
    emit: Callable[[str], Any]
    broadcast: bool = False


class Executions(Protocol):
    """The changes. Every method blocks and raises what Kestra throws: a conflict, an illegal state or argument."""

    bulk_status: int  # HTTP status of a bulk change
    empty_answers: bool  # whether the answer to a pause, a resume or a kill has no body

    def kill(self, execution: Any, *, cascade: bool) -> Change:
        """Kill it, with its subflows if `cascade`."""

    def restart(self, execution: Any, revision: Any) -> Change:
        """Run its failed tasks again, with another revision of its flow unless that is None."""

    def replay(self, execution: Any, task_run: str | None, revision: Any, breakpoints: str | None) -> Change:
        """Start a new execution from one of its task runs, or from the beginning."""

    def pause(self, execution: Any) -> Change:
        """Pause it while it runs."""

    def resume(self, execution: Any, parts: Any) -> Change:
        """Resume it while it is paused; `parts` of a body (a Publisher) are the inputs of its Pause task, or None."""

    def resume_from_breakpoint(self, execution: Any, breakpoints: str | None) -> Change:
        """Resume it at a breakpoint, up to the next of these."""

    def change_status(self, execution: Any, state: Any) -> Change:
        """Give it another terminal state."""

    def change_task_run_state(self, execution: Any, task_run: str, state: Any) -> Change:
        """Give one of its task runs another state, and run what follows."""

    def set_labels(self, execution: Any, labels: Any) -> Change:
        """Replace its labels."""

    def unqueue(self, execution: Any, state: Any) -> Change:
        """Take it out of the queue of its flow; a state of None is RUNNING."""

    def force_run(self, execution: Any) -> Change:
        """Run it, whatever it waits for."""

    def carry_out(self, name: str, change: Change) -> Any:
        """Carry out one change, called `name` in messages, and return the resulting execution."""

    def carry_out_all(self, changes: Iterable[Change]) -> dict[str, Any]:
        """Carry out many changes and return the answer, as the fields of a JSON object."""

    def input_errors(self, found: Any) -> list[dict[str, Any]]:
        """Return the errors of an input (Kestra's InputAndValue), as the fields of JSON objects."""

    def restart_problem(self, execution: Any) -> str | None:
        """Return why an execution cannot be restarted in bulk, None when it can."""

    def status_problem(self, execution: Any) -> str | None:
        """Return why the state of an execution cannot be changed in bulk, None when it can."""


def kill_request(kestra: Kestra, execution: Any, *, cascade: bool) -> Any:
    """Return the builder of a kill request; 1.x and 2.x send it through different queues."""
    killed = kestra.java(CORE + "models.executions.ExecutionKilledExecution").builder()
    killed = killed.state(kestra.java(CORE + "models.executions.ExecutionKilled$State").REQUESTED)
    killed = killed.tenantId(execution.getTenantId()).executionId(execution.getId())
    return killed.isOnKillCascade(kestra.java("java.lang.Boolean").valueOf(cascade))


def with_label(kestra: Kestra, execution: Any, name: str) -> Any:
    """Return the labels of an execution, with the system label `name` set to `true`."""
    label = kestra.java(CORE + "models.Label")
    labels = kestra.java("java.util.ArrayList")(execution.getLabels() or [])
    mark = label(getattr(label, name), "true")
    if not labels.contains(mark):
        labels.add(mark)
    return labels


def parse_breakpoints(kestra: Kestra, text: str | None) -> Any:
    """Return breakpoints (`task` or `task.value`, separated by commas) as a Java list, None if there are none."""
    if not text:
        return None
    breakpoints = kestra.java("java.util.ArrayList")()
    for name in text.split(","):
        breakpoints.add(kestra.java(CORE + "debug.Breakpoint").of(name))
    return breakpoints
