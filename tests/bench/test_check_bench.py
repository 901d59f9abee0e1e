"""The command that measures checks still runs, and says everything it is to say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

BENCH = Path(__file__).parents[2] / "bench" / "check.py"


def test_it_prints_a_table_with_a_row_for_every_way_of_checking() -> None:
    ended = subprocess.run([sys.executable, str(BENCH), "--flows", "30"], capture_output=True, text=True, check=True)
    _, line, *rows = [row.strip("|").split("|") for row in ended.stdout.splitlines()]
    assert set(line) == {"---"}
    assert [row[0].strip() for row in rows] == [
        "`--version`",
        "`--help`",
        "`check`, 1 flows",
        "`check`, 30 flows",
        "`jsonschema`, 20 flows",
        "the engine with its start, 30 flows",
    ]
    assert all(re.fullmatch(r"[\d.]+ s", row[1].strip()) for row in rows)
