"""What a genuine server was asked and answered, asked again: the engine answers the same but for what is reviewed."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from fidelity.recorded import Exchange, sessions
from fidelity.recorded_reviewed import CHANGES, WORDINGS, explaining
from fidelity.replay import Replay, Replayed
from shared import needs_shared

from deployer.engine.process.launch import RunningEngine

pytestmark = [needs_shared, pytest.mark.parametrize("kestra", ["1.3"], indirect=True)]

DOCUMENT = Path(__file__).parents[2] / "docs/engine.md"


@pytest.fixture(scope="module")
def replayed(engine: RunningEngine) -> list[Replayed]:
    """The whole recording, asked of an engine; the first session twice, as two others were recorded after it."""
    first, second, third = sessions()
    with ThreadPoolExecutor() as pool:  # much of it is waiting for executions
        one, other = pool.map(lambda later: played(engine.url, [*first, *later]), (second, third))
    return [*one, *other[len(first) :]]


def played(url: str, exchanges: list[Exchange]) -> list[Replayed]:
    """Ask one exchange after another in a new tenant."""
    with httpx.Client(base_url=url, timeout=60) as client:
        replay = Replay(client, f"t{uuid.uuid4().hex[:12]}", lambda name, found: bool(explaining(name, found)))
        return [replay.run(exchange) for exchange in exchanges]


def test_every_difference_is_explained(replayed: list[Replayed]) -> None:
    unexplained = [
        f"{each.exchange.name} {difference}"
        for each in replayed
        for difference in each.differences
        if not explaining(each.exchange.name, difference)
    ]

    assert unexplained == []


def test_every_row_of_the_table_is_needed(replayed: list[Replayed]) -> None:
    found = [(each.exchange.name, difference) for each in replayed for difference in each.differences]
    used = [row for name, difference in found for row in explaining(name, difference)]

    assert [row for row in (*WORDINGS, *CHANGES) if row not in used] == []


def test_the_documented_numbers_are_the_measured_ones(replayed: list[Replayed]) -> None:
    same = sum(not each.differences for each in replayed)

    documented = re.search(
        r"Of (\d+)\s+recorded exchanges, (\d+)\s+are.*?(\d+)\s+differ", DOCUMENT.read_text(), re.DOTALL
    )
    assert documented is not None
    assert [int(number) for number in documented.groups()] == [len(replayed), same, len(replayed) - same]
