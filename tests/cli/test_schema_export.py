"""`kestra-deployer schema export`: a JSON Schema that takes what Kestra takes, and marks clear mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cli.project import HELLO, Ended, Project
from jsonschema import Draft7Validator
from shared import SHARED, needs_shared

from deployer.language.to_schema import to_schema
from deployer.language.types import types_of
from deployer.model.version import NAMES, VERSIONS
from deployer.parsing.parse import parse

Run = Callable[..., Ended]
FLOWS = sorted(
    file for file in (Path(__file__).parents[2] / "flows").rglob("*.yaml") if not file.name.endswith(".smoke.yaml")
)


@cache
def validator(version: str) -> Draft7Validator:
    schema = to_schema(types_of(version))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def data(text: str) -> Any:
    document, _ = parse("a.yaml", text)
    return document.data if document else None


@pytest.mark.untraced
@pytest.mark.parametrize("version", NAMES)
def test_the_sample_flows_are_fine_for_every_version(version: str) -> None:
    assert FLOWS
    for file in FLOWS:
        assert list(validator(version).iter_errors(data(file.read_text()))) == [], file


@pytest.mark.untraced
@needs_shared
@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_what_kestra_takes_of_its_own_flows_is_fine(version: Any) -> None:
    corpus = SHARED / "corpus"
    verdicts = json.loads((corpus / "verdicts.json").read_text())
    valid = [name for name, each in verdicts.items() if not each[version.engine].get("constraints")]
    assert len(valid) > 40
    for name in valid:
        assert list(validator(version.name).iter_errors(data((corpus / "flows" / name).read_text()))) == [], name


@pytest.mark.parametrize("version", NAMES)
@pytest.mark.parametrize(
    "spoilt",
    [
        HELLO.replace("message: hello", "mesage: hello"),
        HELLO.replace("log.Log", "log.Logg"),
        HELLO.replace("    type: io.kestra.plugin.core.log.Log\n", ""),
        HELLO.replace("  - id: say\n    type", "  - type"),
        HELLO.replace("id: hello\n", "", 1),
        HELLO.replace("namespace: company.team\n", ""),
        HELLO + "inputs:\n  - id: a\n    type: STRNG\n",
        HELLO + "inputs:\n  - id: a\n",
        HELLO + "inputs: 1\n",
        HELLO + "labels: a\n",
        HELLO + "    logLevel: LOUD\n",
        HELLO + "    retry: {type: always}\n",
        HELLO + "    disabled: {}\n",
        HELLO + "tests: []\n",
        "tasks: []\n",
        "[]",
    ],
)
def test_a_clear_mistake_is_marked(version: str, spoilt: str) -> None:
    assert spoilt != HELLO
    assert not validator(version).is_valid(data(spoilt))


@pytest.mark.parametrize(
    "fine",
    [
        HELLO + "    timeout: PT1M\n",
        HELLO + "    logLevel: INFO\n",
        HELLO + "    retry: {type: constant, interval: PT1M}\n",
        HELLO + "    disabled:\n",
        HELLO.replace("core.log.Log", "aws.s3.Upload") + "    anything: [1]\n",
        HELLO.replace("io.kestra.plugin.core.log.Log", "com.example.Own"),
    ],
)
def test_what_is_fine_or_not_known_is_not_marked(fine: str) -> None:
    assert list(validator("1.3").iter_errors(data(fine))) == []


def test_the_version_is_chosen_as_for_a_check(project: Project, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", 'kestra: "2.0"\n')
    assert json.loads(deployer("schema", "export").stdout)["title"] == "A flow of Kestra 2.0"
    ended = deployer("schema", "export", "--kestra", "1.1", "--out", "schema.json")
    assert (ended.code, ended.stdout) == (0, "")
    assert json.loads((project.root / "schema.json").read_text())["title"] == "A flow of Kestra 1.1"
    ended = deployer("schema", "export", "--out", "nowhere/schema.json")
    assert ended.code == 2
    assert "cannot be written" in ended.stderr
