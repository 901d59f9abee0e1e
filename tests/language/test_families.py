"""A type where one of another family has to stand is told at the type, and nothing of Kestra's core makes a check fail.

What the engines say of such flows, `tests/differential` asks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest
from differential import families
from differential.samples import Base

from deployer.check import CHECKS, check
from deployer.check.base import FlowFile, Folder
from deployer.language.types import Types, types_of
from deployer.model.problem import Problem, Severity
from deployer.model.version import NAMES
from deployer.parsing.parse import parse

pytestmark = pytest.mark.untraced

PROCESS = "io.kestra.plugin.core.runner.Process"
DOCKER = "io.kestra.plugin.scripts.runner.docker.Docker"


def folder(base: Base, types: Types) -> Folder:
    document, _ = parse(base.name, base.text)
    assert document
    return Folder([FlowFile(document, types)], types)


@cache
def bases(version: str) -> Mapping[str, Base]:
    """Every type of the core in every place, by place and name."""
    return {each.name: each for each in families.every(types_of(version))}


def placed(place: str, name: str, version: str) -> list[Problem]:
    base = bases(version)[f"{place}/{name}"]
    document, _ = parse(base.name, base.text)
    assert document
    return [each for each in check([document], version) if each.check in ("wrong-type", "fails-at-run")]


@pytest.mark.parametrize("version", NAMES)
def test_no_type_of_the_core_makes_a_check_fail_wherever_it_stands(version: str) -> None:
    types = types_of(version)
    assert len(bases(version)) > 900
    for base in bases(version).values():
        judged = folder(base, types)
        for each in CHECKS:
            list(each.run(judged))
        assert judged.flows[0].fault is None


@pytest.mark.parametrize("version", NAMES)
@pytest.mark.parametrize("runner", [PROCESS, DOCKER])
@pytest.mark.parametrize("place", ["tasks", "tasks within", "errors", "triggers"])
def test_a_task_runner_that_stands_as_a_task_or_a_trigger_is_an_error_at_its_type(
    version: str, runner: str, place: str
) -> None:
    [problem] = placed(place, runner, version)
    wanted = "a trigger" if place == "triggers" else "a task"
    assert problem.message == f"`type` must be the type of {wanted}, but is `{runner}`"
    assert problem.hint == "it is a task runner: write it below `taskRunner` of a task, indented further"
    assert problem.stops
    assert problem.span
    assert problem.excerpt[problem.span.column - 1 :] == runner


@pytest.mark.parametrize(
    ("place", "name", "hint"),
    [
        ("triggers", "io.kestra.plugin.core.log.Log", "it is a task: write it below `tasks`"),
        ("tasks", "io.kestra.plugin.core.trigger.Webhook", "it is a trigger: write it below `triggers`"),
        ("tasks", "io.kestra.plugin.core.condition.DayWeek", "it is a condition: write it below `conditions`"),
        (
            "tasks",
            "io.kestra.storage.local.LocalStorage",
            "it is a storage of the server: the server's configuration names it",
        ),
    ],
)
def test_what_belongs_elsewhere_is_told_where(place: str, name: str, hint: str) -> None:
    assert [each.hint for each in placed(place, name, "1.3")] == [hint]


def test_what_1_x_takes_for_a_condition_and_is_none_is_a_warning() -> None:
    [problem] = placed("conditions", PROCESS, "1.3")
    assert problem.severity is Severity.WARNING
    assert problem.check == "fails-at-run"


def test_only_types_of_the_family_are_meant() -> None:
    document, _ = parse(
        "a.yaml", "id: a\nnamespace: b\ntasks:\n  - id: it\n    type: io.kestra.plugin.core.runner.Proces\n"
    )
    assert document
    [problem] = [each for each in check([document]) if each.check == "unknown-type"]
    assert PROCESS not in problem.hint


def test_a_runner_that_lost_its_indentation_is_told_at_its_own_line() -> None:
    text = f"""\
id: dedented
namespace: company.team
tasks:
  - id: shell
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner:
    type: {PROCESS}
    commands: [ls]
"""
    document, duplicate = parse("dedented.yaml", text)
    assert document
    found = check([document], found=duplicate)
    assert [(each.check, each.span and each.span.line) for each in found] == [("duplicate-key", 7), ("wrong-type", 7)]
