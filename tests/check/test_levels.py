"""What the configuration file's `checks` make of problems."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.check.levels import apply_levels, levels_of
from deployer.errors import UsageError
from deployer.model.problem import Problem, Severity

KNOWN = ("deprecated", "unused-input")


def severities(configured: dict[str, Any], *files: str) -> list[str | None]:
    problems = [Problem("deprecated", "x", file, severity=Severity.WARNING) for file in files]
    left = {each.file: str(each.severity) for each in apply_levels(problems, levels_of(configured, KNOWN))}
    return [left.get(file) for file in files]


@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ({}, "warning"),
        ({"deprecated": "error"}, "error"),
        ({"deprecated": "notice"}, "notice"),
        ({"deprecated": "off"}, None),
        ({"deprecated": False}, None),
        ({"unused-input": "off"}, "warning"),
    ],
)
def test_a_check_can_count_as_something_else_or_as_nothing(configured: dict[str, Any], expected: str | None) -> None:
    assert severities(configured, "flows/a.yaml") == [expected]


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        ("legacy/**", ["legacy/a.yaml", "flows/legacy/x/a.yaml"]),
        ("*.yml", ["flows/a.yml"]),
        ("flows/legacy/x/a.yaml", ["flows/legacy/x/a.yaml"]),
    ],
)
def test_a_rule_can_be_for_some_files(pattern: str, covered: list[str]) -> None:
    files = ("legacy/a.yaml", "flows/legacy/x/a.yaml", "flows/a.yml", "flows/b.yaml")
    left = severities({"deprecated": [{"path": pattern, "level": "off"}]}, *files)
    assert [file for file, severity in zip(files, left, strict=True) if severity is None] == covered


def test_of_several_rules_the_last_counts() -> None:
    configured = {"deprecated": ["error", {"path": "old/**", "level": "notice"}]}
    assert severities(configured, "new/a.yaml", "old/a.yaml") == ["error", "notice"]


@pytest.mark.parametrize(
    ("configured", "words", "hint"),
    [
        ({"depricated": "off"}, "no check `depricated`", "did you mean `deprecated`?"),
        ({"zzz": "off"}, "no check `zzz`", "kestra-deployer explain"),
        ({"deprecated": "fatal"}, "'fatal' is not a level", "`warning`"),
        ({"deprecated": 1}, "1 is not a level", "`warning`"),
        ({"deprecated": [{"path": "x"}]}, "is not valid", "`path` and `level`"),
    ],
)
def test_what_makes_no_sense_is_refused(configured: dict[str, Any], words: str, hint: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        levels_of(configured, KNOWN)
    assert hint in caught.value.hint
