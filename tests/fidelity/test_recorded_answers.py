"""What a genuine server was asked and answered, asked again: the engine answers the same but for what is reviewed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import httpx
import pytest
from fidelity.recorded import Exchange, sessions
from fidelity.replay import Replay, Replayed
from fidelity.reviewed import CHANGES, WORDINGS, explaining
from fidelity.unserved import UNSERVED, bring_about, is_unserved
from shared import needs_shared

from deployer.engine.http.app import RESOURCES
from deployer.engine.launch import RunningEngine
from deployer.model.version import DEFAULT, KestraVersion

pytestmark = needs_shared

SERVED = [route for route in chain.from_iterable(each.ROUTES for each in RESOURCES) if route.serves(DEFAULT.name)]
DOCUMENT = Path(__file__).parents[2] / "docs/engine.md"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every exchange of the recording: those that were asked, and those whose endpoint is not served."""

    replayed: list[Replayed]
    unserved: list[Exchange]

    @property
    def same(self) -> int:
        """How many were answered without any difference."""
        return sum(not each.differences for each in self.replayed)


@pytest.fixture(scope="module")
def outcome(engines: Callable[[KestraVersion], RunningEngine]) -> Outcome:
    """The whole recording, asked of an engine; the first session twice, as two others were recorded after it."""
    url = engines(DEFAULT).url
    first, second, third = sessions()
    early, before_third = played(url, [*first, *second]), played(url, [*first, *third])
    late = [each for each in before_third.replayed if each.exchange in third]
    return Outcome(
        [*early.replayed, *late], [*early.unserved, *(each for each in before_third.unserved if each in third)]
    )


def played(url: str, exchanges: list[Exchange]) -> Outcome:
    """Ask one exchange after another in a new tenant."""
    tenant, found = f"t{uuid.uuid4().hex[:12]}", Outcome([], [])
    with (
        httpx.Client(base_url=url, timeout=60) as client,
        httpx.Client(base_url=f"{url}/api/v1/{tenant}", timeout=60) as inside,
    ):
        replay = Replay(client, tenant, lambda name, difference: bool(explaining(name, difference)))
        for exchange in exchanges:
            if is_unserved(exchange, SERVED):
                bring_about(exchange, inside)
                found.unserved.append(exchange)
            else:
                found.replayed.append(replay.run(exchange))
    return found


def test_every_difference_is_explained(outcome: Outcome) -> None:
    unexplained = [
        f"{each.exchange.name} {difference}"
        for each in outcome.replayed
        for difference in each.differences
        if not explaining(each.exchange.name, difference)
    ]

    assert unexplained == []


def test_every_row_of_the_table_is_needed(outcome: Outcome) -> None:
    found = [(each.exchange.name, difference) for each in outcome.replayed for difference in each.differences]
    used = [row for name, difference in found for row in explaining(name, difference)]

    assert [row for row in (*WORDINGS, *CHANGES) if row not in used] == []


def test_what_counts_as_unserved_is_not_served() -> None:
    served = {(route.method, route.path) for route in SERVED}

    assert [row for row in UNSERVED if row in served] == []


def test_the_documented_numbers_are_the_measured_ones(outcome: Outcome) -> None:
    asked = len(outcome.replayed)
    measured = (asked + len(outcome.unserved), outcome.same, asked - outcome.same, len(outcome.unserved))

    documented = re.search(
        r"Of (\d+) recorded exchanges, (\d+) are answered alike.*?(\d+) differ.*?(\d+) are about",
        DOCUMENT.read_text(),
        re.DOTALL,
    )
    assert documented is not None
    assert tuple(int(number) for number in documented.groups()) == measured
