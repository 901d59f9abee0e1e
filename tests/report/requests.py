"""What a report is asked for, in few words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from deployer.model.request import Command, Request


def asked(command: str = "sync", *paths: str, **more: Any) -> Request:
    return Request(command=Command(command), paths=tuple(map(Path, paths)), **more)
