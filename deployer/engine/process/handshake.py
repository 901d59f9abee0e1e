"""What an engine's process and the process that starts it say to each other: one line each way. Pure.

Orders go through standard input, as every user of the machine can read arguments.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from deployer.engine.jvm.database import Database
from deployer.model.plugin import Unfit
from deployer.model.resource import MAIN
from deployer.model.version import KestraVersion, named


@dataclass(frozen=True, slots=True)
class Orders:
    """What to start: `in_memory`, with a `folder` that is removed at the end, or with all data in `folder`."""

    version: KestraVersion
    jars: tuple[Path, ...]
    folder: Path
    in_memory: bool = True
    database: Database = Database.EMBEDDED
    host: str = "127.0.0.1"
    port: int = 0  # 0: any free port
    basic_auth: tuple[str, str] | None = None
    tenants: tuple[str, ...] = (MAIN,)  # empty: any tenant
    scheduler: bool = False  # whether schedules and polling triggers start executions
    plugins: tuple[Path, ...] = ()  # their jars
    prepared: Path | None = None  # the cache of loaded classes to use, with the script of the tables beside it
    prepare: Path | None = None  # the cache of loaded classes to make, and the script, instead of serving
    describe: Path | None = None  # the file to describe all types in, instead of serving

    def encode(self) -> bytes:
        """Return the orders as one line."""
        return json.dumps(asdict(self) | {"version": self.version.name}, default=str).encode() + b"\n"


def read_orders(line: bytes) -> Orders:
    """Return the orders that a line contains."""
    fields = json.loads(line)
    for name in ("folder", "prepared", "prepare", "describe"):
        fields[name] = Path(fields[name]) if fields[name] else None
    for name in ("jars", "plugins"):
        fields[name] = tuple(Path(jar) for jar in fields[name])
    fields["tenants"] = tuple(fields["tenants"])
    fields["basic_auth"] = tuple(fields["basic_auth"]) if fields["basic_auth"] else None
    return Orders(**fields | {"version": named(fields["version"]), "database": Database(fields["database"])})


def script_beside(cache: Path) -> Path:
    """Return where the script of an empty database's tables is, by where the cache of loaded classes is."""
    return cache.with_name(f"{cache.name}.sql")


@dataclass(frozen=True, slots=True)
class Answer:
    """The engine answers requests at `url`; without a `message` it is started, with one it could not be."""

    url: str = ""
    plugins: tuple[str, ...] = ()  # each with its version and its number of types
    left_out: tuple[Unfit, ...] = ()  # plugins that do not fit
    message: str = ""
    hint: str = ""

    def encode(self) -> bytes:
        """Return the answer as one line."""
        return json.dumps(asdict(self)).encode() + b"\n"


def read_answer(line: bytes) -> Answer:
    """Return the answer that a line contains."""
    fields = json.loads(line)
    left_out = tuple(Unfit(**each) for each in fields["left_out"])
    return Answer(**fields | {"plugins": tuple(fields["plugins"]), "left_out": left_out})
