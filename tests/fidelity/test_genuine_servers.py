"""What genuine web servers answered to a series of requests: an engine answers the same, but for what is reviewed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from fidelity.compared import Difference
from fidelity.genuine import PASSWORD, RECORDED, USER, differences, recorded, served
from fidelity.genuine_reviewed import TABLES, explaining
from shared import needs_shared

from deployer.engine.process.launch import launch
from deployer.model.version import named

pytestmark = [pytest.mark.engine, needs_shared]

DOCUMENT = Path(__file__).parents[2] / "docs/engine.md"


@dataclass(frozen=True, slots=True)
class Compared:
    """A version, and where each recorded answer differs from the engine's."""

    version: str
    found: Mapping[str, list[Difference]]


@pytest.fixture(scope="module", params=RECORDED)
def compared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    """One version's engine, asked what a genuine server was asked."""
    version = request.param
    with launch(named(version), basic_auth=(USER, PASSWORD)) as engine:
        rows = served(engine.url, tmp_path_factory.mktemp("served") / "rows.jsonl")
    before = recorded(version)
    assert rows.keys() == before.keys()
    return Compared(version, {name: list(differences(before[name], rows[name])) for name in before})


def test_every_difference_from_a_genuine_server_is_explained(compared: Compared) -> None:
    unexplained = [
        f"{name} {difference}"
        for name, found in compared.found.items()
        for difference in found
        if explaining(compared.version, name, difference) is None
    ]

    assert unexplained == []


def test_every_explanation_is_needed(compared: Compared) -> None:
    used = [
        explaining(compared.version, name, difference) for name, found in compared.found.items() for difference in found
    ]

    assert [row for row in TABLES[compared.version] if row not in used] == []


def test_at_least_the_documented_number_of_answers_is_the_same(compared: Compared) -> None:
    rows = re.findall(r"^\| (\d\.\d) \|.*\| (\d+) \| (\d+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    documented = {version: (int(every), int(same)) for version, every, same in rows}
    every, same = documented[compared.version]

    assert len(compared.found) == every
    assert sum(not found for found in compared.found.values()) >= same
