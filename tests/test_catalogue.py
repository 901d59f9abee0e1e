"""Every problem that a user can meet is in the catalogue, which `explain`, the page and `checks:` read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.conftest import deployer, project
from cli.project import Ended, Project

from deployer.catalogue import CATALOGUE, Origin
from deployer.check import CHECKS, NAMES, check
from deployer.check.base import Check, Finding, FlowFile
from deployer.model.problem import Severity
from deployer.parsing.parse import parse

__all__ = ["deployer", "project"]

ROOT = Path(__file__).parents[1]
SOURCES = [file.read_text() for file in sorted((ROOT / "deployer").rglob("*.py")) if "engine" not in file.parts]
_LITERAL = re.compile(r"\bProblem\(\s*\"([a-z-]+)\"")
_CONSTANT = re.compile(r"^(?:_?CHECK|NAME|SUITE|EMPTY|UNREAD|LEFT_RUNNING) = \"([a-z-]+)\"$", re.MULTILINE)

Run = Callable[..., Ended]


def test_every_name_in_the_code_is_in_it_and_nothing_else() -> None:
    named = {name for text in SOURCES for pattern in (_LITERAL, _CONSTANT) for name in pattern.findall(text)}
    assert len(named) > 15
    assert named | {each.name for each in CHECKS} == set(CATALOGUE)


def test_each_entry_says_what_it_is_and_why() -> None:
    for entry in CATALOGUE.values():
        assert entry.line.endswith("."), entry.name
        assert "Why:" in entry.text


def test_only_what_is_found_in_files_has_a_level_to_be_set() -> None:
    assert {CATALOGUE[name].origin for name in NAMES} == {Origin.FILES}


@pytest.mark.parametrize("name", CATALOGUE)
def test_it_is_explained_and_on_the_page(name: str, deployer: Run) -> None:
    ended = deployer("explain", name)
    assert (ended.code, CATALOGUE[name].text in ended.stdout) == (0, True)
    assert f"## {name}\n\n{CATALOGUE[name].text}\n" in (ROOT / "docs/checks.md").read_text(), (
        "run scripts/document-checks"
    )


def test_a_name_that_is_nearly_one_is_asked_about(deployer: Run) -> None:
    ended = deployer("explain", "duplicate-kye")
    assert (ended.code, "did you mean `duplicate-key`?" in ended.stderr) == (2, True)
    assert all(name in deployer("explain").stdout for name in CATALOGUE)


def test_what_is_not_a_check_of_files_has_no_level(project: Project, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "checks:\n  ledger: off\n")
    project.flow("a")
    ended = deployer("check")
    assert (ended.code, "kestra-deployer.yaml:2:3: `checks.ledger` is not a check of files" in ended.stderr) == (
        2,
        True,
    )
    project.write("kestra-deployer.yaml", "checks:\n  empty-file: off\n")
    project.write("flows/empty.yaml", "# nothing\n")
    assert deployer("check").code == 0


def test_a_check_may_be_off_until_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def each(flow: FlowFile) -> list[Finding]:
        return [Finding(("id",), f"{flow.document.file} is seen")]

    monkeypatch.setattr("deployer.check.CHECKS", (Check("shy", "Shy.", level=None, each=each),))
    monkeypatch.setattr("deployer.check.NAMES", ("shy",))
    document, _ = parse("a.yaml", "id: a\nnamespace: company.team\n")
    assert document
    assert check([document]) == []
    [problem] = check([document], levels={"shy": "notice"})
    assert (problem.message, problem.severity) == ("a.yaml is seen", Severity.NOTICE)
