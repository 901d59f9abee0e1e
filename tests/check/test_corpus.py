"""Kestra's own test flows: our verdict is the one that each of five engines gave when they were collected."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shared import SHARED, needs_shared

from deployer.check import check
from deployer.model.version import NAMES, named
from deployer.parsing.parse import parse

CORPUS = SHARED / "corpus"


def verdicts() -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = json.loads((CORPUS / "verdicts.json").read_text(encoding="utf-8"))
    return found


def refused(name: str, version: str) -> bool:
    text = (CORPUS / "flows" / name).read_bytes().decode()
    document, problems = parse(name, text)
    return any(each.stops for each in check([document] if document else [], version, found=problems, whole=False))


@needs_shared
@pytest.mark.parametrize("version", NAMES)
def test_every_verdict_is_the_engines(version: str) -> None:
    engine = named(version).engine
    if not all(engine in by_engine for by_engine in verdicts().values()):
        pytest.skip(f"no verdicts of {engine} were collected")
    told = {name: "constraints" in by_engine[engine] for name, by_engine in verdicts().items()}
    ours = {name: refused(name, version) for name in told}
    assert {name for name in told if told[name] != ours[name]} == set()
