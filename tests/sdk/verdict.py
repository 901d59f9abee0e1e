"""From what the SDK's tests did to what they prove: pure, so that the judge can be judged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice

from sdk.exclusions import Expected, Row, Unserved
from sdk.run import Run

TENANT = "/api/v1/{tenant}/"

Endpoint = tuple[str, str]
"""Method and whole path, with its parameters in braces."""


class Kind(StrEnum):
    """What one test says about the server."""

    PROVES = "passes, and fails against a server that answers 404 to everything"
    VACUOUS = "passes there too, which proves nothing"
    UNSERVED = "calls an endpoint that is not served"
    EXPECTED = "fails, as its authors expect"
    NO_FILE = "needs a file that is not in the wheel"
    NO_CALL = "makes no call"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A test's kind; `by` is the row that excuses it, where one does; `why` is what pytest said."""

    test: str
    kind: Kind
    by: Row | None = None
    why: str = ""


def judge(
    runs: Mapping[str, Run], against_nothing: Mapping[str, Run], served: Iterable[Endpoint], table: Sequence[Row]
) -> list[Verdict]:
    """Return what each test says, from a run against the server, one against nothing, and what the server serves."""
    unserved = {_endpoint(row): row for row in table if isinstance(row, Unserved)}
    endpoints = sorted({*unserved, *served}, key=_words_first)
    expected = {row.name: row for row in table if isinstance(row, Expected)}

    def verdict(run: Run) -> Verdict:
        if kind := _without_excuse(run, against_nothing[run.test]):
            return Verdict(run.test, kind)
        called = chain.from_iterable(_called(request, endpoints) for request in run.requests)
        if by := next((unserved[endpoint] for endpoint in called if endpoint in unserved), None):
            return Verdict(run.test, Kind.UNSERVED, by, run.why)
        if run.outcome == "expected" and run.test in expected:
            return Verdict(run.test, Kind.EXPECTED, expected[run.test], run.why)
        return Verdict(run.test, Kind.FAILS, None, run.why)

    return [verdict(run) for run in runs.values()]


def needless(verdicts: Iterable[Verdict], served: Iterable[Endpoint], table: Iterable[Row]) -> list[Row]:
    """Return the rows whose endpoint is served after all, or without which no test would be judged otherwise."""
    used = {verdict.by for verdict in verdicts}
    shapes = {(method, _shape(path)) for method, path in served}

    def has_become_served(row: Row) -> bool:
        method, path = _endpoint(row) if isinstance(row, Unserved) else ("", "")
        return (method, _shape(path)) in shapes

    return [row for row in table if row not in used or has_become_served(row)]


def _without_excuse(run: Run, against_nothing: Run) -> Kind | None:
    """Return the kind of a test that passed or never reached a server, None for one that did and did not pass."""
    if run.requests:
        return (Kind.VACUOUS if against_nothing.passed else Kind.PROVES) if run.passed else None
    if "FileNotFoundError" in run.why:
        return Kind.NO_FILE
    return Kind.NO_CALL if run.outcome in ("passed", "skipped") else None


def _endpoint(row: Unserved) -> Endpoint:
    method, _, path = row.name.partition(" ")
    return method, TENANT + path


def _called(request: str, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Return the endpoint that answers a request, if we know one: the first that fits."""
    method, _, uri = request.partition(" ")
    path = uri.partition("?")[0]
    fitting = (each for each in endpoints if each[0] == method and re.fullmatch(_pattern(each[1]), path))
    return list(islice(fitting, 1))


def _pattern(template: str) -> str:
    return re.sub(r"{\w+}", "[^/]+", re.sub(r"{\w+:path}", ".+", template))


def _shape(template: str) -> str:
    return re.sub(r"{[^}]+}", "{}", template)


def _words_first(endpoint: Endpoint) -> list[bool]:
    return [segment.startswith("{") for segment in endpoint[1].split("/")]
