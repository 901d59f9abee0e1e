"""From what the SDK's tests did to what they prove: pure, so that the judge can be judged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice

from sdk.exclusions import Unserved
from sdk.run import Run

TENANT = "/api/v1/{tenant}/"

Endpoint = tuple[str, str]
"""Method and whole path, with its parameters in braces."""


class Kind(StrEnum):
    """What one test says about the server."""

    PROVES = "passes, and fails against a server that answers 404 to everything"
    VACUOUS = "passes there too, which proves nothing"
    UNSERVED = "calls an endpoint that is not served"
    NO_FILE = "needs a file that is not in the wheel"
    NO_CALL = "makes no call"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A test's kind; `by` is the row that excuses it, where one does; `why` is what pytest said."""

    test: str
    kind: Kind
    by: Unserved | None = None
    why: str = ""


def judge(
    runs: Mapping[str, Run], against_nothing: Mapping[str, Run], served: Iterable[Endpoint], table: Iterable[Unserved]
) -> list[Verdict]:
    """Return what each test says, from a run against the server, one against nothing, and what the server serves."""
    rows = {(row.method, TENANT + row.path): row for row in table}
    endpoints = sorted({*rows, *served}, key=_words_first)
    return [_verdict(run, against_nothing[run.test], rows, endpoints) for run in runs.values()]


def needless(verdicts: Iterable[Verdict], served: Iterable[Endpoint], table: Iterable[Unserved]) -> list[Unserved]:
    """Return the rows whose endpoint is served after all, or without which no test would be judged otherwise."""
    used = {verdict.by for verdict in verdicts}
    shapes = {(method, _shape(path)) for method, path in served}
    return [row for row in table if row not in used or (row.method, _shape(TENANT + row.path)) in shapes]


def _verdict(
    run: Run, against_nothing: Run, rows: Mapping[Endpoint, Unserved], endpoints: Iterable[Endpoint]
) -> Verdict:
    if not run.requests and (run.passed or run.outcome == "skipped"):
        return Verdict(run.test, Kind.NO_CALL)
    if run.passed:
        return Verdict(run.test, Kind.VACUOUS if against_nothing.passed else Kind.PROVES)
    if not run.requests and "FileNotFoundError" in run.why:
        return Verdict(run.test, Kind.NO_FILE)
    called = chain.from_iterable(_called(request, endpoints) for request in run.requests)
    by = next((rows[endpoint] for endpoint in called if endpoint in rows), None)
    return Verdict(run.test, Kind.UNSERVED if by else Kind.FAILS, by, run.why)


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
