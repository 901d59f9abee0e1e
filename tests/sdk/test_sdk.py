"""Kestra's own SDK judges the embedded engine: the integration tests in its wheels, each suite on an engine of its own.

A test that passes against a server without anything is counted apart, and a failed one is excused only by what it was
seen to do: `exclusions.py` has the table. Some tests give the server a fixed 0.2 to 1 s for what it does later; on a
busy machine that is too short. So what fails is heard once more, alone, on a fresh engine and with longer sleeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import httpx
import pytest
from engine.http.flow_texts import YAML, flow
from sdk.exclusions import TABLE
from sdk.nothing import nothing
from sdk.published import published, without_columns
from sdk.run import Run, run
from sdk.suites import PASSWORD, SUITES, USERNAME, Suite
from sdk.verdict import Endpoint, Kind, Verdict, judge, needless

from deployer.engine.http.resources import RESOURCES
from deployer.engine.http.routing import Router
from deployer.engine.process.launch import RunningEngine, launch
from deployer.model.resource import MAIN

DOCUMENT = Path(__file__).parents[2] / "docs/engine.md"
_WARM = 5  # executions
_PATIENCE = 5  # times the sleeps of a test that failed: its flows sleep for 10 s, in which they are killed or looked at

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(1800),  # the first test waits for all runs, which take two minutes on a quick machine
]

Verdicts = dict[Suite, list[Verdict]]


*OLDER, NEWEST = SUITES


@pytest.fixture(scope="module")
def verdicts(request: pytest.FixtureRequest) -> Verdicts:
    """What every test of the newest suite says about our server, and with `--thorough` those of the older ones."""
    older = OLDER if request.config.getoption("--thorough") else ()
    return {suite: _heard(suite) for suite in (*older, NEWEST)}


@pytest.mark.parametrize(
    "suite", [*(pytest.param(each, marks=pytest.mark.thorough) for each in OLDER), NEWEST], ids=lambda suite: suite.sdk
)
def test_every_test_of_the_sdk_passes_that_calls_nothing_unserved(suite: Suite, verdicts: Verdicts) -> None:
    failed = [f"{each.test}\n{each.why}" for each in verdicts[suite] if each.kind is Kind.FAILS]
    assert failed == [], "\n\n".join(failed)


def test_nothing_is_excused_without_need(verdicts: Verdicts) -> None:
    served = chain.from_iterable(map(_served, verdicts))
    assert needless(chain.from_iterable(verdicts.values()), served, TABLE) == []


def test_the_documentation_publishes_these_numbers(verdicts: Verdicts) -> None:
    tables = published(verdicts, TABLE)
    not_heard = [suite for suite in SUITES if suite not in verdicts]
    assert tables in without_columns(DOCUMENT.read_text(), not_heard), f"docs/engine.md should have:\n\n{tables}"


def _heard(suite: Suite) -> list[Verdict]:
    with nothing() as url:
        against_nothing = run(suite, url)
    first = _judged(suite, against_nothing)
    failed = [verdict.test for verdict in first if verdict.kind is Kind.FAILS]
    second = {verdict.test: verdict for verdict in _judged(suite, against_nothing, failed, _PATIENCE)} if failed else {}
    return [second.get(verdict.test, verdict) for verdict in first]


def _judged(
    suite: Suite, against_nothing: Mapping[str, Run], tests: Sequence[str] = (), patience: int = 1
) -> list[Verdict]:
    tenants = (MAIN, "warm")
    with launch(suite.version, basic_auth=(USERNAME, PASSWORD), tenants=tenants, scheduler=True) as engine:
        _warm(engine)
        return judge(run(suite, engine.url, tests, patience), against_nothing, _served(suite), TABLE)


def _warm(engine: RunningEngine) -> None:
    """Run some executions in a tenant of their own: the first of a fresh engine take seconds, the next a tenth."""
    url = f"{engine.url}/api/v1/warm"
    with httpx.Client(base_url=url, auth=(USERNAME, PASSWORD), timeout=60) as api:
        api.post("/flows", content=flow(), headers=YAML).raise_for_status()
        for _ in range(_WARM):
            api.post("/executions/team.a/hello", params={"wait": "true"}).raise_for_status()


def _served(suite: Suite) -> list[Endpoint]:
    every = chain.from_iterable(resource.ROUTES for resource in RESOURCES)
    served = Router(route for route in every if route.serves(suite.version.name))
    return [(route.method, route.template) for route in served.routes]
