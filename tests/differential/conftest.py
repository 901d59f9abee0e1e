"""Engines asked ahead: each is started once, two at a time, while tests go on with what is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from differential import cases
from differential.oracle import Oracle
from shared import SHARED

from deployer.model.version import NAMES

AT_ONCE = 2  # engines; each takes a processor


@pytest.fixture(scope="session")
def asked() -> Iterator[Callable[[str], Oracle]]:
    """Returns the engine of a version, which has been asked about all that the suite has judged."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        order = sorted(NAMES, key=lambda version: -cases.COUNTS[version])
        asking: dict[str, Future[Oracle]] = {version: pool.submit(_ask, version) for version in order}
        yield lambda version: asking[version].result()
        pool.shutdown(cancel_futures=True)


def _ask(version: str) -> Oracle:
    oracle = Oracle(version)
    flows = [*cases.ours(version).flows, *cases.in_corners(version).flows, *cases.misplaced(version).flows]
    flows += cases.kestras(version).flows if SHARED.is_dir() else ()
    oracle.verdicts([*cases.ODD, *(flow.text for flow in flows)])
    return oracle
