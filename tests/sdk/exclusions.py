"""What excuses a test of the SDK that fails: the one table, each row with its reason.

A row excuses what was seen to happen: that a test called an endpoint which the development server does not serve, or
that it failed where its own authors expect it to. A row that excuses nothing fails our tests.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unserved:
    """An endpoint of Kestra's that we do not have, as `GET path` within the tenant, and why not."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A test that its authors mark as one that may fail, and why a genuine server fails it too."""

    name: str
    why: str


Row = Unserved | Expected

TABLE: tuple[Row, ...] = (
    Unserved("GET concurrency-limit/search", "tells how many executions run, which a search of executions tells too"),
    Expected(
        "test_logs_api.py::test_search_logs_with_min_level_filter",
        "sends `filters[minLevel]`: the field is called `level` in the engine of every 1.x, which refuses other names",
    ),
    *(
        Expected(
            f"test_triggers_api.py::test_search_triggers_with_{test}", "reads `state` of a result, as 2.0 calls it"
        )
        for test in ("namespace_filter", "sort")
    ),
)
