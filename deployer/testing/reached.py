"""Which tasks that only stand for others a test has reached: such a test fails, whatever it expects. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.model.resource import Key, Resource
from deployer.model.smoke import SmokeResult, TaskFixture, TaskRun, Verdict
from deployer.testing.absent import Absent

Absents = Mapping[Key, Sequence[Absent]]
"""What the engine does not have of each flow."""

Found = Sequence[tuple[Key, Absent]]
"""Tasks that a test has reached, with their flows."""

_SKIPPED = "SKIPPED"


def called(key: Key, resources: Mapping[Key, Resource]) -> frozenset[Key]:
    """Return the flows that a flow calls, directly or through others."""
    found: set[Key] = set()
    new = {key}
    while new:
        found |= new
        new = {each for one in new if one in resources for each in resources[one].needs} - found
    return frozenset(found - {key})


def reached(
    result: SmokeResult, absent: Absents, others: Mapping[Key, Sequence[TaskRun]], *, by_value: bool
) -> list[tuple[Key, Absent]]:
    """Return the tasks that a test has reached and not mocked; no fixture reaches `others`, the flows that it called.

    `by_value` says that the engine tells iterations of loops apart, as 1.x does: there, a fixture without a value mocks
    no iteration, and one with a value no other.
    """
    own = result.case.flow
    runs = [run for run in result.runs if not _is_mocked(run, result.case.tasks, by_value=by_value)]
    found = [(own, each) for each in _among(absent.get(own, ()), runs)]
    return found + [(key, each) for key, theirs in others.items() for each in _among(absent.get(key, ()), theirs)]


def without_excuse(result: SmokeResult, found: Found) -> SmokeResult:
    """Return the result of a test; it fails if it has reached a task that only stands for another one."""
    if not found:
        return result
    (key, first), *_ = found
    of = "" if key == result.case.flow else f" of {key.path}"
    message = f"reached `{first.id}`{of}, a {first.type}, which this engine does not have"
    return replace(result, verdict=Verdict.FAILED, message=message)


def not_run(runs: Iterable[TaskRun], stood_in: Iterable[Absent]) -> Iterator[TaskRun]:
    """Yield these runs; those of tasks that only stood for others count as skipped."""
    names = {each.id for each in stood_in if not each.is_trigger}
    yield from (replace(run, state=_SKIPPED) if run.task in names else run for run in runs)


def report(results: Sequence[tuple[SmokeResult, Found]], documents: Mapping[Key, Document]) -> Iterator[Problem]:
    """Yield a problem for each such task, at its line, with what makes it testable."""
    tests: dict[tuple[Key, Absent], list[SmokeResult]] = {}
    for result, found in results:
        for each in found:
            tests.setdefault(each, []).append(result)
    for (key, absent), those in tests.items():
        document = documents[key]
        span = document.marks.at((*absent.route, "type")) or document.marks.at(absent.route)
        listed = ", ".join(f"{each.case.suite}/{each.case.id}" for each in those)
        message = f"the engine does not have `{absent.type}`, and `{absent.id}` is not mocked in {listed}"
        hint = absent.remedy if all(each.case.flow == key for each in those) else absent.remedy_of_called
        yield Problem("absent-plugin", message, document.file, span, hint=hint)


def _is_mocked(run: TaskRun, fixtures: Collection[TaskFixture], *, by_value: bool) -> bool:
    mine = [each for each in fixtures if each.id == run.task]
    return any((each.value or "") == run.value for each in mine) if by_value else bool(mine)


def _among(absent: Sequence[Absent], runs: Sequence[TaskRun]) -> Iterator[Absent]:
    ran = {run.task for run in runs if run.state != _SKIPPED}
    yield from (each for each in absent if not each.is_trigger and each.id in ran)
