"""The command that measures deploys still runs, and says everything it is to say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "sync.py"
pytestmark = [pytest.mark.engine, pytest.mark.thorough]

SDK, HTTPX, FLOOR = "kestrapy, one by one", "httpx, one by one", "creating 4 at a time"


@pytest.fixture(scope="module")
def tables() -> list[list[list[str]]]:
    """What it prints: the rows of each table, the head and the line below it left out."""
    few = ["--flows", "6", "--delays", "0", "--large", "12", "--repeats", "1", "--one-engine"]
    command = [sys.executable, str(BENCH), *few]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    blocks = re.findall(r"(?:^\|.*\n)+", ended.stdout, re.MULTILINE)
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in each.splitlines()[2:]] for each in blocks]


def test_the_first_table_has_every_case_and_side_with_its_requests(tables: list[list[list[str]]]) -> None:
    rows = [(row[1], row[2], row[4]) for row in tables[0] if not row[2].startswith("`sync")]
    assert rows == [
        ("first deploy", FLOOR, "6"),
        ("first deploy", SDK, "12"),
        ("first deploy", HTTPX, "12"),
        ("nothing changed", SDK, "12"),
        ("nothing changed", HTTPX, "12"),
    ]
    ours = {row[1]: int(row[4]) for row in tables[0] if row[2] == "`sync`"}
    [looked, alone] = [row for row in tables[0] if row[1] == "first deploy, 70 % with a schedule"]
    assert (looked[2], alone[2]) == ("`sync`", "`sync --no-wait`")
    assert int(alone[4]) < int(looked[4])  # the look is more requests
    assert ours["nothing changed"] < 6 < ours["first deploy"]
    assert ours["nothing changed"] < ours["one changed"] <= 14
    assert all(re.fullmatch(r"[\d.]+ s", row[place]) for row in tables[0] for place in (3, 5))
    assert all(re.fullmatch(r"\d+ MB", row[6]) for row in tables[0])


def test_the_second_table_has_few_flows_and_many(tables: list[list[list[str]]]) -> None:
    assert [row[:2] for row in tables[1]] == [
        [count, case] for count in ("6", "12") for case in ("first deploy", "nothing changed")
    ]
    assert [row[-1] for row in tables[1][:2]] == ["1.00", "1.00"]


def test_the_last_table_says_of_every_aim_whether_it_is_met(tables: list[list[list[str]]]) -> None:
    assert len(tables) == 3
    assert [row[1] for row in tables[2]] == ["at least 50 at 0 ms", "at most 1.15", "at most 1.2", "at most 300"]
    assert all(re.fullmatch(r"yes|no|at .* only", row[-1]) for row in tables[2])
    assert all(re.search(r"\d", "".join(row[2:-1])) for row in tables[2])
