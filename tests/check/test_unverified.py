"""Tasks and triggers of plugins that nobody has described: nothing is refused but what every task or trigger has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from differential.samples import samples

from deployer.check import check
from deployer.check.base import FlowFile
from deployer.language.types import types_of
from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.model.version import NAMES
from deployer.parsing.parse import parse

pytestmark = pytest.mark.untraced

KINDS = ("io.kestra.core.models.tasks.Task", "io.kestra.core.models.triggers.AbstractTrigger")
HEAD = "id: flow\nnamespace: team.a\ntasks:\n"
TYPE = "io.kestra.plugin.elsewhere.Thing"


def document(text: str) -> Document:
    found, problems = parse("flow.yaml", text)
    assert found
    assert problems == []
    return found


def errors(text: str, version: str = "1.3") -> list[Problem]:
    return [each for each in check([document(text)], version, whole=False) if each.stops]


def with_a_strange_type(text: str, version: str) -> Iterator[str]:
    """The flow, again and again, each time with another task or trigger that is of an unknown plugin."""
    file = FlowFile(document(text), types_of(version))
    lines = text.splitlines()
    for part in file.parts:
        kinds = {*KINDS} & {*types_of(version).of(part.cls).get("is", ())}
        if not kinds or "pluginDefaultsRef" in file.value(part.route):
            continue  # defaults with a name are for one type
        if (span := file.document.marks.at((*part.route, "type"))) is None:
            continue
        line = lines[span.line - 1]
        changed = line[: span.column - 1] + TYPE + line[span.end_column - 1 :]
        yield "\n".join([*lines[: span.line - 1], changed, *lines[span.line :]]) + "\n"


@pytest.mark.parametrize("version", NAMES)
def test_wherever_a_strange_type_stands_the_flow_is_taken(version: str) -> None:
    tried = 0
    for sample in samples(version):
        for text in with_a_strange_type(sample.text, version):
            assert errors(text, version) == [], text
            tried += 1
    assert tried > 50


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (f"  - type: {TYPE}\n", "`id` of Task is missing"),
        (f"  - id: a b\n    type: {TYPE}\n    disabled: maybe\n", "`disabled` must be"),
        (f"  - id: a\n    type: {TYPE}\n    retry:\n      type: constant\n", "`interval` of Constant is missing"),
        (f"  - id: a\n    type: {TYPE}\n  - id: a\n    type: {TYPE}\n", "is used twice"),
    ],
)
def test_what_every_task_has_is_checked(task: str, message: str) -> None:
    assert any(message in each.message for each in errors(HEAD + task))


def test_what_a_task_has_of_its_own_is_not_looked_at() -> None:
    assert errors(f"{HEAD}  - id: a\n    type: {TYPE}\n    whatever: [{{x: 1}}]\n    script: print(1)\n") == []
