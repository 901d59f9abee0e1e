"""An execution becomes the test that would have proved it. Pure.

What the test's own engine can run, runs; every other task has the state and the outputs that it had.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from deployer.check.base import FlowFile
from deployer.check.flow_inputs import inputs_of, is_required
from deployer.check.references.reads import covers, reads
from deployer.check.rules.input_values import kind_of
from deployer.errors import UsageError
from deployer.kestra.answers import Execution
from deployer.language.leaves import as_text
from deployer.language.parts import Part
from deployer.language.tasks import id_of, tasks
from deployer.model.resource import FLOW, Key
from deployer.testing.certain import Certainty
from deployer.testing.draft import Draft, Making, assert_there, case, escaped
from deployer.testing.needs import Need
from deployer.testing.observe import Observed, Ran
from deployer.testing.plausible import plausible
from deployer.testing.sift import OMITTED, Sieve, secrets_in

_ENDS = ("SUCCESS", "WARNING", "FAILED")
"""States in which a test can be made to end."""
_MOCKED_STATES = (*_ENDS, "KILLED", "SKIPPED")
_LONG = 30.0  # seconds; a test has a minute
_SYSTEM = "system."


def refuse(execution: Execution) -> None:
    """Raise UsageError for an execution that no test can repeat."""
    if not execution.over:
        message = f"the execution {execution.id} is {execution.state}, and not over yet"
        raise UsageError(message, hint="record it when it has ended")
    if execution.iteration is not None:
        message = f"the execution {execution.id} is an iteration of a loop"
        raise UsageError(message, hint=f"record the execution that it belongs to: {execution.parent}")
    if execution.state not in _ENDS:
        message = f"the execution {execution.id} ended {execution.state}, which no test can bring about"
        hint = (
            "record its last retry" if execution.state == "RETRIED" else f"record one that ended {' or '.join(_ENDS)}"
        )
        raise UsageError(message, hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The flow of an execution as its file has it, what of it has to be mocked, and the flows that it may call."""

    flow: FlowFile
    needs: Mapping[str, Need] = field(default_factory=dict)
    callees: Mapping[str, FlowFile] = field(default_factory=dict)


def record(subject: Subject, observed: Observed, hides: Callable[[str], bool] = lambda _: False) -> Draft:
    """Return the test of an execution. `hides` is whether a text holds a credential of ours."""
    return _Recording(subject, observed, hides).draft()


class _Recording:
    """One execution, and what is left out of it."""

    def __init__(self, subject: Subject, observed: Observed, hides: Callable[[str], bool]) -> None:
        self._flow, self._needs, self._callees = subject.flow, subject.needs, subject.callees
        self._observed, self._execution = observed, observed.execution
        self._making = Making()
        execution = observed.execution
        variables = execution.trigger.variables if execution.trigger else {}
        outputs = [run.outputs for run in (*observed.runs, *observed.iterations)]
        found = secrets_in([execution.inputs, observed.outputs, variables, *outputs])
        self._sieve = Sieve(self._making, hides, found)
        self._read = {root: reads(self._flow, root) for root in ("inputs", "outputs", "trigger", "labels")}
        part = self._flow.read.flow
        self._tasks = {id_of(each): each for each in tasks(part, self._flow.types)} if part else {}

    def draft(self) -> Draft:
        inputs, trigger, fixtures = self._inputs(), self._trigger(), self._fixtures()
        outputs, assertions = self._outputs()
        execution = self._execution
        made = case(
            f"recorded-{execution.id}",
            self._making,
            description=f"Recorded from the execution {execution.id}, which ended {execution.state}",
            inputs=inputs,
            tasks=fixtures,
            trigger=trigger,
            labels=self._labels(),
            expectedState=execution.state,
            expectedTaskStates=self._failed(),
            expectedOutputs=outputs,
            assertions=assertions,
            timeout=self._timeout(),
        )
        return Draft(flow=Key(FLOW, execution.namespace, execution.flow_id), case=made, notes=tuple(self._making.notes))

    def _needed(self, root: str) -> Callable[[str], bool]:
        """Return whether the flow reads what is at a path."""
        return lambda path: covers(self._read[root], path.removeprefix(f"{root}."))

    def _inputs(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        declared = inputs_of(self._flow.read.flow, self._flow.types)
        for name, part in declared.items():
            value = _at(self._execution.inputs, name)
            if value is None:
                continue
            if (kept := self._input(name, part, value)) is not OMITTED:
                made[name] = kept
        for name in self._execution.inputs:
            if not any(each == name or each.startswith(f"{name}.") for each in declared):
                self._making.note(f"the input `{name}` is left out: the flow has none of that name any more")
        return made

    def _input(self, name: str, part: Part, value: Any) -> Any:
        path = f"inputs.{name}"
        if kind_of(part) == "File":
            self._sieve.left.add(path)
            return plausible(name, part, self._making)
        if kind_of(part) == "Duration" and isinstance(value, int | float):
            return _duration(value)
        reason = "it is a secret" if kind_of(part) == "Secret" else ""
        kept = OMITTED if reason else self._sieve.value(value, path, lambda _: False)
        if reason:
            self._making.note(f"`{path}` is left out: {reason}")
        if kept is OMITTED:
            self._sieve.left.add(path)
            return plausible(name, part, self._making) if is_required(part) else OMITTED
        return kept

    def _trigger(self) -> dict[str, Any] | None:
        fired = self._execution.trigger
        if fired is None:
            return None
        flow = self._flow.read.flow
        known = {id_of(each) for each in flow.parts.get("triggers", ())} if flow else set()
        declared = self._flow.document.data.get("triggers")
        known |= {as_text(each.get("id", "")) for each in declared or () if isinstance(each, Mapping)}
        if fired.id not in known:
            self._making.note(f"`trigger` is left out: `{fired.id}`, a {fired.type}, is no trigger of the flow")
            return None
        needed = self._needed("trigger")
        sieve = replace(self._sieve, files=False)  # variables of a trigger are not rendered
        kept = {
            name: value
            for name, each in fired.variables.items()
            if each is not None and (name != "headers" or needed("trigger.headers"))
            if (value := sieve.value(each, f"trigger.{name}", needed)) is not OMITTED
        }
        return {"id": fired.id, "type": fired.type, **({"variables": kept} if kept else {})}

    def _fixtures(self) -> list[dict[str, Any]]:
        made: dict[tuple[str, str | None], dict[str, Any]] = {}
        runs = [run for run in (*self._observed.runs, *self._observed.iterations) if run.task in self._needs]
        for run in sorted(runs, key=lambda each: [*self._needs].index(each.task)):
            if run.value is not None and self._sieve.reason(run.value, "value"):
                self._making.note(f"an iteration of `{run.task}` is left out: its value is big, or holds a secret")
                continue
            key = (run.task, run.value)
            fixture = self._fixture(run)
            if made.get(key, fixture) != fixture:
                of = f" for {run.value}" if run.value is not None else ""
                self._making.note(f"`{run.task}` ran several times{of}: the test has what the last run gave")
            made[key] = fixture
        for name, need in self._needs.items():
            if need.inside and any(task == name for task, _ in made):
                self._making.note(
                    f"`{name}` is mocked with all tasks in it, whose outputs it does not have: it {need.why}"
                )
        return self._one_state([*made.values()])

    def _fixture(self, run: Ran) -> dict[str, Any]:
        state = run.state if run.state in _MOCKED_STATES else "FAILED"
        found: dict[str, Any] = {"id": run.task}
        if run.value is not None:
            found["value"] = run.value
        found["state"] = state
        sifted = {
            name: self._sieve.value(each, f"outputs.{run.task}.{name}", self._needed("outputs"))
            for name, each in run.outputs.items()
        }
        if kept := escaped({name: each for name, each in sifted.items() if each is not OMITTED}):
            found["outputs"] = kept
        return found

    def _one_state(self, fixtures: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the fixtures of iterations with one state each task, as Kestra 2 needs them: the worst."""
        if not self._flow.types.since("2.0"):
            return fixtures
        order = ("SKIPPED", "SUCCESS", "WARNING", "KILLED", "FAILED")
        for name in {each["id"] for each in fixtures}:
            same = [each for each in fixtures if each["id"] == name]
            states = {each["state"] for each in same}
            worst = max(states, key=order.index)
            if len(states) > 1:
                self._making.note(f"every iteration of `{name}` ends {worst}: Kestra 2 mocks them all in one state")
            for each in same:
                each["state"] = worst
            if len({_lengths(each.get("outputs")) for each in same}) > 1:
                note = f"lists that `{name}` gives are texts in the test: Kestra 2 mocks all its iterations at once"
                self._making.note(f"{note}, and they differ in length")
        return fixtures

    def _failed(self) -> dict[str, str]:
        """Return the tasks that failed by themselves, in every run."""
        runs = self._observed.runs
        failed = [run for run in runs if run.state == "FAILED"]
        outer = {run.parent for run in failed}
        states: dict[str, set[str]] = {}
        for run in runs:
            states.setdefault(run.task, set()).add(run.state)
        gone = {name for need in self._needs.values() for name in need.inside}
        return {
            run.task: "FAILED"
            for run in failed
            if run.id not in outer and states[run.task] == {"FAILED"} and run.task in self._tasks.keys() - gone
        }

    def _outputs(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the outputs of the flow that a test gives again, and assertions about the others."""
        certainty = Certainty(self._flow, self._needs.keys(), self._sieve.left, self._callees)
        declared = self._flow.document.data.get("outputs")
        known = [as_text(each.get("id", "")) for each in declared or () if isinstance(each, Mapping)]
        expected: dict[str, Any] = {}
        assertions: list[dict[str, Any]] = []
        for name in known:
            value = self._observed.outputs.get(name)
            if value is None:
                continue
            why = self._sieve.reason(value, name) or certainty.doubt(name) or self._names_itself(value)
            if not why:
                expected[name] = value
                continue
            self._making.note(f"the output `{name}` is expected, but not its value: {why}")
            if value not in ("", [], {}):
                assertions.append(assert_there(name, description=f"Its value is not recorded: {why}"))
        return expected, assertions

    def _names_itself(self, value: Any) -> str:
        ids = {self._execution.id, *(run.id for run in self._observed.runs)} - {""}
        text = str(value)
        return "it names its execution" if "kestra://" in text or any(each in text for each in ids) else ""

    def _labels(self) -> dict[str, str]:
        """Return the labels of the execution that the flow reads."""
        read = self._needed("labels")
        found = {name: text for name, text in self._execution.labels.items() if not name.startswith(_SYSTEM)}
        return {name: text for name, text in found.items() if read(name) and not self._sieve.reason(text, name)}

    def _timeout(self) -> str:
        states = self._execution.states
        seconds = states[-1].seconds_since(states[0]) if states else 0.0
        mocked = {run.id for run in self._observed.runs if run.task in self._needs}
        seconds -= sum(run.seconds for run in self._execution.task_runs if run.id in mocked)
        return f"PT{math.ceil(2 * seconds)}S" if seconds > _LONG else ""


def _at(values: Mapping[str, Any], path: str) -> Any:
    """Return the value of an input by its full name: inputs of an execution form a tree."""
    found: Any = values
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return values.get(path) if found is None else found


def _lengths(value: Any) -> tuple[Any, ...]:
    """Return how long the lists in a value are."""
    if isinstance(value, Mapping):
        return tuple((name, _lengths(each)) for name, each in sorted(value.items()))
    return (len(value), *map(_lengths, value)) if isinstance(value, list) else ()


def _duration(seconds: float) -> str:
    """Return a duration in ISO 8601; Kestra answers with its seconds."""
    return f"PT{re.sub(r'[.]?0+$', '', f'{seconds:.9f}') if seconds % 1 else int(seconds)}S"
