"""A pytest plugin for the SDK's tests, in their own environment: it sends them to our server and records what they do.

The server's URL is in SDK_SERVER. One JSON line for each test goes to the file SDK_RECORD: its name, its outcome, why
it failed, and every request that it or one of its fixtures sent. Every sleep of a test is SDK_PATIENCE times as long.
The fixtures here stand for those of the `conftest.py` beside the tests, which signs in as the Enterprise edition wants
it.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import kestrapy  # type: ignore[import-not-found]  # installed where this runs
import pytest
from urllib3.connectionpool import HTTPConnectionPool

SERVER = os.environ["SDK_SERVER"]

_sent: list[str] = []
_of_fixture: dict[Any, list[str]] = defaultdict(list)


def pytest_configure() -> None:
    """Watch the one place that every request passes; send what a test asks of a host of its own to our server."""
    sleep, patience = time.sleep, int(os.environ["SDK_PATIENCE"])
    time.sleep = lambda seconds: sleep(float(seconds) * patience)
    send = HTTPConnectionPool.urlopen

    def recorded(pool: HTTPConnectionPool, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        _sent.append(f"{method} {url}")
        return send(pool, method, url, *args, **kwargs)

    setattr(HTTPConnectionPool, "urlopen", recorded)  # noqa: B010  (a class is not meant to be changed)
    host: Any = getattr(kestrapy.Configuration, "host", None)
    if isinstance(host, property):  # the SDK of 1.0, whose tests set it
        kestrapy.Configuration.host = property(host.fget, lambda self, _: host.__set__(self, SERVER))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Iterator[None]:
    """Keep what a fixture sends: it does so for every test that uses it, not for the first one only."""
    before = len(_sent)
    try:
        return (yield)
    finally:
        _of_fixture[fixturedef] = _sent[before:]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: Any) -> Iterator[None]:
    """Write one record for each test, from its set-up to its tear-down."""
    _sent.clear()
    item.sdk_reports = []
    result = yield
    fixtures = [each for found in item._fixtureinfo.name2fixturedefs.values() for each in found]
    sent = [request for fixture in fixtures for request in _of_fixture[fixture]] + _sent
    bad = next((report for report in item.sdk_reports if not report.passed), None)
    record = {
        "test": item.nodeid,
        "outcome": _outcome(bad) if bad else "passed",
        "why": str(bad.longrepr) if bad else "",
        "requests": list(dict.fromkeys(sent)),
    }
    with Path(os.environ["SDK_RECORD"]).open("a") as file:
        file.write(json.dumps(record) + "\n")
    return result


def _outcome(bad: Any) -> str:
    return "expected" if hasattr(bad, "wasxfail") else str(bad.outcome)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any) -> Iterator[None]:
    """Keep the reports of set-up, call and tear-down."""
    report = yield
    item.sdk_reports.append(report)
    return report


@pytest.fixture(scope="session")
def client() -> Any:
    """The SDK's client, signed in with HTTP Basic, as the open-source edition wants it."""
    user, password = os.environ["SDK_USERNAME"], os.environ["SDK_PASSWORD"]
    return kestrapy.KestraClient(host=SERVER, username=user, password=password)


@pytest.fixture(scope="session")
def shared_flow(client: Any) -> tuple[str, str]:
    """Namespace and id of a flow that logs, for every test that needs some flow."""
    helpers = import_module("test_helpers")  # only some wheels have it
    namespace, flow = helpers.random_id(), helpers.random_id()
    helpers.create_flow(client, helpers.log_flow_yaml(flow, namespace))
    return namespace, flow


@pytest.fixture(scope="session")
def succeeded_execution(client: Any, shared_flow: tuple[str, str]) -> tuple[str, str, str]:
    """Id, namespace and flow of a successful execution that nobody changes."""
    return _executed(client, shared_flow)


@pytest.fixture
def fresh_execution(client: Any, shared_flow: tuple[str, str]) -> tuple[str, str, str]:
    """Id, namespace and flow of a successful execution of the test's own."""
    return _executed(client, shared_flow)


def _executed(client: Any, flow: tuple[str, str]) -> tuple[str, str, str]:
    helpers = import_module("test_helpers")
    execution = helpers.create_execution(client, *flow)
    helpers.wait_for_execution(client, execution.id)
    return execution.id, *flow
