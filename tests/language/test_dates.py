"""Dates and times are what Java's parsers take, and both lines of Kestra agree."""

from __future__ import annotations

import pytest
from language.dates import DATES, INSTANTS, TIMES

from deployer.engine.process.launch import RunningEngine
from deployer.kestra.client import KestraClient
from deployer.language.dates import is_instant, is_local_date, is_local_time
from deployer.settings import Settings

TASK = "tasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: a\n"


@pytest.mark.parametrize(
    ("reads", "table"),
    [(is_instant, INSTANTS), (is_local_date, DATES), (is_local_time, TIMES)],
    ids=["at", "day", "time"],
)
def test_what_is_taken(reads: object, table: dict[str, bool]) -> None:
    assert callable(reads)
    assert {text: reads(text) for text in table} == table


def test_the_engine_takes_the_same(engine: RunningEngine, tenant: str) -> None:
    flows = [f"updated: '{text}'\n" for text in INSTANTS]
    flows += [f"inputs:\n  - id: d\n    type: DATE\n    after: '{text}'\n" for text in DATES]
    flows += [f"inputs:\n  - id: t\n    type: TIME\n    after: '{text}'\n" for text in TIMES]
    with KestraClient(Settings(host=engine.url, tenant=tenant)) as client:
        verdicts = client.validate_flows([f"id: f\nnamespace: team.a\n{TASK}{flow}" for flow in flows])
    told = [verdict is not None and not verdict.constraints for verdict in verdicts]
    assert dict(zip(flows, told, strict=True)) == dict(
        zip(flows, [*INSTANTS.values(), *DATES.values(), *TIMES.values()], strict=True)
    )
