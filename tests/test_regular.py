"""Files that the tool keeps for itself: replaced in one step, and harmless where somebody damaged them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from deployer import regular


@pytest.mark.parametrize("damage", ["", "{", "[]", "7", "[" * 100_000, "\udcff"])
def test_a_damaged_memory_knows_nothing(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "memory.json"
    file.write_bytes(damage.encode("utf-8", "surrogateescape"))
    assert regular.recall(file) == {}


def test_where_nothing_was_kept_nothing_is_known(tmp_path: Path) -> None:
    assert regular.recall(tmp_path / "memory.json") == {}
    assert regular.recall(tmp_path) == {}


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "memory.json"
    regular.replace(file, {"a": 1})
    regular.replace(file, {"b": "ü"})
    assert regular.recall(file) == json.loads(file.read_text()) == {"b": "ü"}
    assert list(tmp_path.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
