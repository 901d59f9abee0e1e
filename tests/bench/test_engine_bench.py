"""The command that measures the engine still runs, and says everything it is to say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.thorough]

BENCH = Path(__file__).parents[2] / "bench" / "engine.py"


def test_it_prints_a_table_with_a_figure_for_every_measure() -> None:
    command = [sys.executable, str(BENCH), "--versions", "1.3", "--flows", "60", "--batches", "1", "--starts", "1"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    head, line, *rows = [row.strip("|").split("|") for row in ended.stdout.splitlines()]
    assert [cell.strip() for cell in head] == ["Kestra", "1.3"]
    assert line == ["---", "---"]
    assert len(rows) == 16
    figures = {name.strip(): re.fullmatch(r"([\d.]+)( s| MB| %)?", cell.strip()) for name, cell in rows}
    assert [name for name, figure in figures.items() if not figure or not float(figure[1])] == []
