"""The file format of descriptions: one entry of a section per line, so that a diff shows what changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def text(described: Mapping[str, Any]) -> str:
    """Return JSON with a line for each entry of each section."""
    return "{" + ",\n".join(f"{json.dumps(name)}:{_section(section)}" for name, section in described.items()) + "}"


def _section(section: Any) -> str:
    if not isinstance(section, dict):
        return _short(section)
    return "{\n" + ",\n".join(f"{json.dumps(key)}:{_short(section[key])}" for key in sorted(section)) + "\n}"


def _short(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
