"""`kestra-deployer test`: read → check → deploy to a new engine → run every test → report what was reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from deployer.check.base import FlowFile
from deployer.errors import ENDS_ALL, KestraError
from deployer.kestra.answers import Execution
from deployer.kestra.client import KestraClient
from deployer.language.types import types_of
from deployer.model.coverage import Coverage
from deployer.model.desired import Desired
from deployer.model.problem import Problem
from deployer.model.request import Request
from deployer.model.resource import FLOW, Key, Resource
from deployer.model.result import Report
from deployer.model.smoke import SmokeResult, TaskRun
from deployer.model.version import Dialect, nearest
from deployer.parsing.parse import parse
from deployer.pipeline import read_and_check
from deployer.read.difference import find_difference
from deployer.read.everything import read_all
from deployer.read.suites import suites
from deployer.session import Session
from deployer.smoke.gather import settled, started, task_runs
from deployer.smoke.labels import Origin
from deployer.smoke.run import run
from deployer.smoke.select import report_difference, select
from deployer.testing.absent import Absent, find_absent, without
from deployer.testing.coverage import Flows, callers, cover, late
from deployer.testing.reached import Absents, Found, called, not_run, reached, without_excuse
from deployer.testing.reached import report as report_reached
from deployer.validation import validate

_WRITES = _READS = 4  # at once


@dataclass(frozen=True, slots=True)
class Given:
    """What flows find on the engine: key-value pairs by namespace. Secrets are given to the engine when it starts."""

    key_values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def test(request: Request, session: Session, given: Given) -> Iterator[Report]:
    """Deploy everything under a path to an engine that has nothing yet, and run the tests there."""
    report, desired, cases = yield from read_and_check(request, session)
    if report.ends:
        return
    session.listen("Deploying to the engine")
    flows = _flows(desired, session.client)
    absent = _find_absent(flows, session.client)
    swapped = desired.mapped(
        lambda each: each.rewrite(without(flows[each.key], absent[each.key])) if each.key in absent else each
    )
    report = report.with_problems(_deploy(session.client, swapped))
    yield report
    if report.ends:
        return
    for namespace, pairs in given.key_values.items():
        for key, value in pairs.items():
            session.client.set_key_value(namespace, key, value)
    session.listen("Running tests")
    found: dict[int, Found] = {}

    def amend(result: SmokeResult) -> SmokeResult:
        found[id(result.case)] = its = _reached(result, absent, desired, session.client)
        return without_excuse(result, its)

    results, interrupted = run(
        cases,
        swapped.resources.keys(),
        session.client,
        request.concurrency,
        session.listen,
        origin=Origin(project=request.project, commit=request.checkout.commit),
        mocks=True,
        whole_logs=request.whole_logs,
        amend=amend,
    )
    tested = [(result, found.get(id(result.case), ())) for result in results]
    problems = report_reached(tested, {key: flow.document for key, flow in flows.items()})
    report = replace(report.with_problems(problems), smokes=tuple(results), interrupted=interrupted)
    yield report
    if request.coverage and not interrupted:
        session.listen("Reading what was reached")
        yield replace(report, coverage=_cover(tested, flows, absent, session.client))


def unchanged(request: Request) -> Report | None:
    """Return the report where nothing has changed since a commit, so that no engine has to be started; None elsewhere.

    Raises UsageError where that cannot be found out.
    """
    if request.since is None:
        return None
    files = read_all(request)
    cases, mistakes = suites(files.suites)
    if files.problems or mistakes or not cases:
        return None
    found = find_difference(files, request)
    return Report(request, problems=(report_difference(found, select(cases, request), ()),)) if found.is_empty else None


def _flows(desired: Desired, client: KestraClient) -> dict[Key, FlowFile]:
    """Return every flow as the engine reads it."""
    types = types_of(nearest(client.server().version).name)
    wanted = ((key, each) for key, each in desired.resources.items() if key.kind == FLOW)
    parsed = {key: parse(str(each.origin), str(each.body))[0] for key, each in wanted}
    return {key: FlowFile(document, types) for key, document in parsed.items() if document}


def _find_absent(flows: Flows, client: KestraClient) -> dict[Key, list[Absent]]:
    """Return what the engine lacks, by flow; it is asked which plugins it has only if the core is not enough."""
    missing = {key: each for key, flow in flows.items() if (each := find_absent(flow, ()))}
    there = client.plugin_types() if missing else frozenset()
    return {key: found for key, each in missing.items() if (found := [one for one in each if one.type not in there])}


def _deploy(client: KestraClient, desired: Desired) -> list[Problem]:
    """Create every flow; return what the engine says against them."""
    problems = validate(client, [*desired.resources.values()], desired.declared)
    refused = {each.file for each in problems if each.stops}

    def create(resource: Resource) -> Iterator[Problem]:
        try:
            client.create_flow(str(resource.body), namespace=resource.key.namespace, id=resource.key.name)
        except ENDS_ALL:
            raise
        except KestraError as error:
            yield Problem("kestra-validate", str(error), resource.origin, hint=error.hint)

    wanted = [each for each in desired.resources.values() if each.origin not in refused]
    with ThreadPoolExecutor(_WRITES, thread_name_prefix="deploy") as pool:
        for found in pool.map(lambda each: [*create(each)], wanted):
            problems += found
    return problems


def _cover(
    tested: Sequence[tuple[SmokeResult, Found]], flows: Flows, absent: Absents, client: KestraClient
) -> Coverage:
    """Return what of all flows the executions of tests have reached, and what these have started."""
    after, calling = late(flows), callers(flows)

    def read(result: SmokeResult) -> list[Execution]:
        flow = result.case.flow
        if not result.execution or not (flow in calling or after.get(flow)):
            return []
        execution = settled(client, result.execution, after.get(flow, frozenset()))
        return [execution, *(started(client, execution, after) if flow in calling else ())]

    runs: dict[Key, list[TaskRun]] = {}
    with ThreadPoolExecutor(_READS, thread_name_prefix="coverage") as pool:
        executions = pool.map(read, [result for result, _ in tested])
        for (result, found), its in zip(tested, executions, strict=True):
            own = result.case.flow
            stood_in = {**absent, own: [each for key, each in found if key == own]}
            ran = [(own, result.runs), *((Key(FLOW, each.namespace, each.flow_id), task_runs(each)) for each in its)]
            for key, theirs in ran:
                runs.setdefault(key, []).extend(not_run(theirs, stood_in.get(key, ())))
    return cover(flows, runs)


def _reached(result: SmokeResult, absent: Absents, desired: Desired, client: KestraClient) -> Found:
    """Return the tasks that a test has reached and that only stand for others."""
    lacking = {key for key, each in absent.items() if any(not one.is_trigger for one in each)}
    others: dict[Key, list[TaskRun]] = {}
    if result.execution and called(result.case.flow, desired.resources) & lacking:
        for each in started(client, client.execution(result.execution), {}):
            others.setdefault(Key(FLOW, each.namespace, each.flow_id), []).extend(task_runs(each))
    return reached(result, absent, others, by_value=client.server().dialect is Dialect.V1)
