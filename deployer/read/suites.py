"""Reads `*.smoke.yaml`: smoke tests in the shape of Kestra's own test suites, with a state to expect and a timeout.

Kestra's suites have more features (mocked tasks, assertions). This reader refuses what it does not support: a test that
is only partly run proves nothing. Whether the inputs fit the flow is not checked here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from deployer.model.document import Document
from deployer.model.duration import duration
from deployer.model.problem import Problem, Route, Severity
from deployer.model.resource import FLOW, Key
from deployer.model.smoke import SUITE, Expectation, SmokeCase

FINAL_STATES = ("SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED")
_SUITE_KEYS = ("id", "namespace", "flowId", "description", "disabled", "testCases")
_CASE_KEYS = ("id", "type", "description", "disabled", "fixtures", "expectedState", "timeout")


class _Refused(Exception):  # noqa: N818  never leaves this module
    """A place in a suite, and what is wrong there."""

    def __init__(self, route: Route, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.route, self.hint = route, hint


def suites(documents: Sequence[Document]) -> tuple[list[SmokeCase], list[Problem]]:
    """Return the cases to run, in the order of the files, and a problem for each invalid suite."""
    cases: list[SmokeCase] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            cases += _suite(document)
        except _Refused as refused:
            span = document.marks.at(refused.route) or document.marks.at(refused.route[:-1])
            problems.append(Problem(SUITE, str(refused), document.file, span, hint=refused.hint))
    return cases, problems


def _suite(document: Document) -> list[SmokeCase]:
    data = document.data
    _check_keys(data, _SUITE_KEYS, ())
    suite, namespace, name = (_text(data, key, ()) for key in ("id", "namespace", "flowId"))
    listed = data.get("testCases")
    if not isinstance(listed, list) or not listed:
        raise _Refused(("testCases",), "`testCases` must be a list of at least one case")
    flow = Key(FLOW, namespace, name)
    cases = [_case(case, ("testCases", at), suite, flow, document.file) for at, case in enumerate(listed)]
    seen: set[str] = set()
    for at, case in enumerate(cases):
        if case.id in seen:
            raise _Refused(("testCases", at, "id"), f"two cases have the id {case.id!r}")
        seen.add(case.id)
    off = [_disabled(case, ("testCases", at)) for at, case in enumerate(listed)]
    return [] if _disabled(data, ()) else [case for case, disabled in zip(cases, off, strict=True) if not disabled]


def _case(data: Any, route: Route, suite: str, flow: Key, file: str) -> SmokeCase:
    if not isinstance(data, Mapping):
        raise _Refused(route, "a case must be a mapping with an `id`")
    _check_keys(data, _CASE_KEYS, route)
    fixtures = _mapping(data, "fixtures", route)
    _check_keys(fixtures, ("inputs", "files"), (*route, "fixtures"))
    state = data.get("expectedState", "SUCCESS")
    if state not in FINAL_STATES:
        message = f"an execution cannot end as {state!r}"
        raise _Refused((*route, "expectedState"), message, f"use one of {', '.join(FINAL_STATES)}")
    return SmokeCase(
        suite=suite,
        id=_text(data, "id", route),
        flow=flow,
        file=file,
        expects=Expectation(state=state),
        timeout=_duration(data.get("timeout", "PT1M"), (*route, "timeout")),
        inputs=_mapping(fixtures, "inputs", (*route, "fixtures")),
        files=_texts(_mapping(fixtures, "files", (*route, "fixtures")), (*route, "fixtures", "files")),
        route=route,
    )


def _check_keys(data: Mapping[Any, Any], keys: Sequence[str], route: Route) -> None:
    for key in data:
        if key not in keys:
            message = f"`{key}` is not supported: without it, the test would prove less than it claims"
            raise _Refused((*route, key), message, f"use {', '.join(keys)}")


def _text(data: Mapping[Any, Any], key: str, route: Route) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise _Refused((*route, key), f"`{key}` is missing, or is not a string")
    return value


def _disabled(data: Mapping[Any, Any], route: Route) -> bool:
    value = data.get("disabled", False)
    if not isinstance(value, bool):
        raise _Refused((*route, "disabled"), "`disabled` must be true or false")
    return value


def _mapping(data: Mapping[Any, Any], key: str, route: Route) -> Mapping[str, Any]:
    value = data.get(key) or {}
    if not isinstance(value, Mapping):
        raise _Refused((*route, key), f"`{key}` must be a mapping")
    return value


def _texts(data: Mapping[Any, Any], route: Route) -> Mapping[str, str]:
    for name, content in data.items():
        if not isinstance(name, str) or not isinstance(content, str) or not name or "/" in name:
            raise _Refused((*route, name), "`files` must map file names without a folder to strings")
    return data


def _duration(value: Any, route: Route) -> timedelta:
    """Read an ISO 8601 duration as Kestra writes it: PT30S, PT1M30S, P1D. Zero is refused."""
    found = duration(value) if isinstance(value, str) else None
    if not found:
        raise _Refused(route, f"`timeout` is not a duration: {value!r}", "use ISO 8601, as Kestra does: PT30S")
    return found


def unknown_flows(cases: Sequence[SmokeCase], flows: Collection[Key]) -> Iterator[Problem]:
    """Yield a problem for each suite whose flow no file declares: it would test whatever is on the server."""
    for file, flow in dict.fromkeys((case.file, case.flow) for case in cases if case.flow not in flows):
        message = f"tests the flow {flow.path}, which no file here declares"
        yield Problem(SUITE, message, file, hint="fix `namespace` and `flowId`, or remove the suite")


def none_found(cases: Sequence[SmokeCase], flows: Collection[Key]) -> list[Problem]:
    """Return a notice if smoke tests were requested but there are none to run; otherwise this would go unnoticed."""
    if cases or not flows:
        return []
    only = next(iter(flows)).path if len(flows) == 1 else f"any of {len(flows)} flows"
    hint = "write a *.smoke.yaml beside the flow"
    return [Problem(SUITE, f"no smoke test of {only} was found, so none was run", severity=Severity.NOTICE, hint=hint)]
