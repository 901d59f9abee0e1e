"""Reads an execution that is over, with all that a test of it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.model.version import Dialect
from deployer.smoke.gather import iterations


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A run of a task. `value` is that of the iteration of a loop; `outputs` are there if they were asked for."""

    task: str
    state: str
    value: str | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An execution: the outputs of its flow, and the runs of its tasks; `iterations` has those of Kestra 2's loops."""

    execution: Execution
    outputs: Mapping[str, Any] = field(default_factory=dict)
    runs: tuple[Ran, ...] = ()
    iterations: tuple[Ran, ...] = ()


def observe(client: KestraClient, execution: Execution, wanted: Collection[str]) -> Observed:
    """Return an execution, with the outputs of the runs of the wanted tasks. Raises KestraError."""
    loops = iterations(client, execution) if wanted and client.server().dialect is Dialect.V2 else []
    return Observed(
        execution=execution,
        outputs=client.outputs_from_execution(execution.id),
        runs=_runs(client, execution, wanted),
        iterations=tuple(run for each in loops for run in _runs(client, each, wanted)),
    )


def _runs(client: KestraClient, execution: Execution, wanted: Collection[str]) -> tuple[Ran, ...]:
    return tuple(
        Ran(
            task=run.task_id,
            state=run.state,
            value=execution.iteration.value if execution.iteration else run.value,
            outputs=client.outputs_from_task_run(execution.id, run) if run.task_id in wanted else {},
            id=run.id,
            parent=run.parent,
        )
        for run in execution.task_runs
    )
