"""A class that the code names is one of Kestra's: what is asked of a class that no version has is never found."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from deployer.language.types import types_of
from deployer.model.version import NAMES

CLASS = re.compile(r'"(io\.kestra\.(?:core|plugin\.core)\.[\w.]+\.[A-Z][\w$]*)"')
ROOT = Path(__file__).parents[2] / "deployer"


def test_every_class_that_a_check_names_is_in_the_description_of_some_version() -> None:
    described = "".join(repr(getattr(types_of(name), each.name)) for name in NAMES for each in fields(types_of(name)))
    named = {
        f"{file.relative_to(ROOT)}: {name}"
        for room in ("check", "language")
        for file in (ROOT / room).rglob("*.py")
        for name in CLASS.findall(file.read_text(encoding="utf-8"))
        if f"'{name}'" not in described
    }
    assert named == set()
