"""What three genuine web servers answered to one series of requests, and what an engine answers to the same series.

The series is a script beside the recordings, which makes the requests and writes each answer as a row without what
differs from run to run; it is run as it is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fidelity.compared import ABSENT, Difference, Names, values
from shared import SHARED

RECORDED = {"1.0": "1.0.3", "1.3": "1.3", "2.0": "2.0-snapshot"}
"""The recording that each version is held against."""
USER, PASSWORD = "admin@example.org", "Kestra123"
"""Who the series signs in as."""
LONGEST = 180
"""Seconds that the series may take; it waits for most of one minute by itself."""

_FOLDER = SHARED / "recordings/genuine"
_ASPECTS = {"status": "status", "ct": "media type", "enc": "encoding", "heads": "headers", "hv": "header"}
_BODIES = ("json", "text", "zip", "events")

Row = Mapping[str, Any]


def recorded(version: str) -> dict[str, Row]:
    """Return the rows of the genuine server that stands for a version, by name."""
    return _rows(_FOLDER / f"{RECORDED[version]}.jsonl")


def served(url: str, out: Path) -> dict[str, Row]:
    """Make the requests to the engine at `url`, and return the rows."""
    command = [sys.executable, str(_FOLDER / "requests.py"), url.rpartition(":")[2], str(out)]
    subprocess.run(command, check=True, timeout=LONGEST, capture_output=True)
    return _rows(out)


def differences(before: Row, now: Row) -> Iterator[Difference]:
    """Yield where two rows differ: status, media type, encoding, headers, and every value of the body."""
    for key, name in _ASPECTS.items():
        yield from values(name, before.get(key), now.get(key), Names())
    for key in _BODIES:
        yield from values("", _told(before, key), _told(now, key), Names())


def _told(row: Row, key: str) -> Any:
    """Return a body; of a stream its two ends, as how many states are told in between is a matter of moments."""
    body = row.get(key, ABSENT)
    return [body[0], body[-1]] if key == "events" and isinstance(body, list) else body


def _rows(file: Path) -> dict[str, Row]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return {row["name"]: row for row in map(json.loads, lines)}
