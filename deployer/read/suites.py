"""Reads `*.smoke.yaml`: tests in the shape of Kestra's own test suites, with what a deploy needs besides.

`suite.schema.json` says what a suite may hold; it is published in docs/ for editors. What it cannot say is found here.
Whether inputs, mocked tasks and triggers fit the flow is not checked here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deployer.language.leaves import as_text
from deployer.model.document import Document
from deployer.model.duration import duration
from deployer.model.problem import Problem, Route, Severity
from deployer.model.resource import FLOW, Key
from deployer.model.smoke import (
    SUITE,
    Assertion,
    Expectation,
    SmokeCase,
    TaskFixture,
    TriggerFixture,
)
from deployer.schemas import mistakes
from deployer.schemas.sentences import Mistake, mistake

SCHEMA = Path(__file__).with_name("suite.schema.json")
_WORDS = ("value", "taskId", "description", "errorMessage")
"""What an assertion holds besides its operators."""
_CONTENT = ("inputs", "outputs", "variables", "equalTo", "notEqualTo", "expectedOutputs", "files", "expectedTaskStates")
"""Keys whose content is not the suite's: what is empty there means something, or is a mistake."""
_EVEN_EMPTY = ("equalTo", "notEqualTo", "value", "contains", "startsWith", "endsWith")
"""Keys that count when they have no value, too."""
_MOST = 50  # mistakes of a file that are reported


def suites(documents: Sequence[Document]) -> tuple[list[SmokeCase], list[Problem]]:
    """Return the cases to run, in the order of the files, and a problem for each mistake in a suite."""
    cases: list[SmokeCase] = []
    problems: list[Problem] = []
    for document in documents:
        data = _without_nulls(document.data)
        found: dict[Route, Mistake] = {}
        for each in (*mistakes(SCHEMA, data), *_meaning(data)):
            found.setdefault(each.route, each)
        problems += [_problem(document, each) for each in [*found.values()][:_MOST]]
        if not found:
            cases += _suite(data, document.file)
    return cases, problems


def _without_nulls(value: Any, key: str = "") -> Any:
    """Return a suite without the keys that have no value: they count as left out."""
    if isinstance(value, Mapping) and key not in _CONTENT:
        kept = ((name, each) for name, each in value.items() if each not in (None, "") or name in _EVEN_EMPTY)
        return {name: _without_nulls(each, str(name)) for name, each in kept}
    return [_without_nulls(each) for each in value] if isinstance(value, list) and key not in _CONTENT else value


def _problem(document: Document, found: Mistake) -> Problem:
    route, span = found.route, document.marks.at(found.route)
    while route and span is None:
        route = route[:-1]
        span = document.marks.at(route)
    return Problem(SUITE, found.message, document.file, span, hint=found.hint, excerpt=document.excerpt(span))


def _meaning(data: Any) -> Iterator[Mistake]:
    """Yield what is wrong with a suite and a schema cannot say; the data may be anything."""
    seen: set[Any] = set()
    cases = data.get("testCases") if isinstance(data, Mapping) else None
    for at, case in enumerate(cases if isinstance(cases, list) else ()):
        if not isinstance(case, Mapping):
            continue
        route = ("testCases", at)
        if isinstance(name := case.get("id"), str):
            if name in seen:
                yield mistake((*route, "id"), f"is {name!r}, as that of a test before it", "give each test its own id")
            seen.add(name)
        if isinstance(text := case.get("timeout"), str) and not duration(text):
            yield mistake(
                (*route, "timeout"), "must be a duration such as PT30S", "write it in ISO 8601, as Kestra does"
            )
        yield from _of_assertions(case.get("assertions"), (*route, "assertions"))
        logs = case.get("expectedLogs")
        for number, pattern in enumerate(logs if isinstance(logs, list) else ()):
            if isinstance(pattern, str) and (wrong := _wrong_pattern(pattern)):
                yield mistake((*route, "expectedLogs", number), f"is no regular expression: {wrong}")


def _of_assertions(assertions: Any, route: Route) -> Iterator[Mistake]:
    for at, each in enumerate(assertions if isinstance(assertions, list) else ()):
        if isinstance(each, Mapping) and "value" in each and not each.keys() - {*_WORDS}:
            yield mistake((*route, at), "asserts nothing", "add an operator, such as `equalTo`")


def _wrong_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return str(error)
    return ""


def _suite(data: Mapping[str, Any], file: str) -> Iterator[SmokeCase]:
    if data.get("deleted"):
        return
    flow = Key(FLOW, data["namespace"], data["flowId"])
    for at, case in enumerate(data["testCases"]):
        if data.get("disabled") or case.get("disabled"):
            tags = (*data.get("tags", ()), *case.get("tags", ()))
            yield SmokeCase(data["id"], case["id"], flow, file, tags=tags, disabled=True, route=("testCases", at))
        else:
            yield _case(case, ("testCases", at), data, flow, file)


def _case(case: Mapping[str, Any], route: Route, suite: Mapping[str, Any], flow: Key, file: str) -> SmokeCase:
    fixtures = case.get("fixtures", {})
    at = (*route, "fixtures")
    trigger = fixtures.get("trigger")
    return SmokeCase(
        suite=suite["id"],
        id=case["id"],
        flow=flow,
        file=file,
        description=case.get("description", ""),
        expects=Expectation(
            state=case.get("expectedState", "SUCCESS"),
            tasks=case.get("expectedTaskStates", {}),
            outputs=case.get("expectedOutputs", {}),
            logs=tuple(case.get("expectedLogs", ())),
            assertions=tuple(
                _assertion(each, (*route, "assertions", number))
                for number, each in enumerate(case.get("assertions", ()))
            ),
        ),
        timeout=duration(case.get("timeout", "PT1M")),
        inputs=fixtures.get("inputs") or {},
        files=fixtures.get("files", {}),
        tasks=tuple(_task(each, (*at, "tasks", number)) for number, each in enumerate(fixtures.get("tasks", ()))),
        trigger=_trigger(trigger, (*at, "trigger")) if trigger else None,
        labels={name: as_text(value) for name, value in case.get("labels", {}).items()},
        tags=(*suite.get("tags", ()), *case.get("tags", ())),
        retries=case.get("retries", 0),
        parallel=suite.get("parallel", False),
        route=route,
    )


def _assertion(each: Mapping[str, Any], route: Route) -> Assertion:
    return Assertion(
        value=as_text(each["value"]),
        checks={name: value for name, value in each.items() if name not in _WORDS},
        description=each.get("description", ""),
        error_message=each.get("errorMessage", ""),
        task=each.get("taskId", ""),
        route=route,
    )


def _task(each: Mapping[str, Any], route: Route) -> TaskFixture:
    return TaskFixture(
        id=each["id"],
        value=as_text(each["value"]) if "value" in each else None,
        state=each.get("state", "SUCCESS"),
        outputs=each.get("outputs") or {},
        assets=tuple(each.get("assets", ())),
        route=route,
    )


def _trigger(each: Mapping[str, Any], route: Route) -> TriggerFixture:
    return TriggerFixture(id=each["id"], type=each.get("type", ""), variables=each.get("variables") or {}, route=route)


def unknown_flows(cases: Sequence[SmokeCase], flows: Collection[Key]) -> Iterator[Problem]:
    """Yield a problem for each suite whose flow no file declares: it would test whatever is on the server."""
    unknown = (case for case in cases if case.flow not in flows and not case.disabled)
    for file, flow in dict.fromkeys((case.file, case.flow) for case in unknown):
        message = f"tests the flow {flow.path}, which no file here declares"
        yield Problem(SUITE, message, file, hint="fix `namespace` and `flowId`, or remove the suite")


def none_found(cases: Sequence[SmokeCase], flows: Collection[Key]) -> list[Problem]:
    """Return a notice if smoke tests were requested but there are none to run; otherwise this would go unnoticed."""
    if cases or not flows:
        return []
    only = next(iter(flows)).path if len(flows) == 1 else f"any of {len(flows)} flows"
    hint = "write a *.smoke.yaml beside the flow"
    return [Problem(SUITE, f"no smoke test of {only} was found, so none was run", severity=Severity.NOTICE, hint=hint)]
