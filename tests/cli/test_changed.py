"""`test --changed` and `smoke --changed`: only what a commit changed is tested, and what calls that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cli.project import Ended, Project
from cli.test_test import shared
from proxy import Proxy
from read.repository import SUITE, Repository

__all__ = ["shared"]

Run = Callable[..., Ended]
CALLS = "  - {{id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: {called}}}\n"
OURS = ("--project", "ours", "--format", "json")


@pytest.fixture
def repository(project: Project) -> Repository:
    """A repository in which `b` calls `a`, `c` calls `b`, and `d` nothing; each has a suite."""
    for name, called in (("a", ""), ("b", "a"), ("c", "b"), ("d", "")):
        text = project.flow(name) + (CALLS.format(called=called) if called else "")
        project.write(f"flows/company.team/{name}.yaml", text)
        project.write(f"flows/company.team/{name}.smoke.yaml", SUITE.format(name=name, case="runs"))
    repository = Repository(project.root)
    repository.git("init", "--quiet", "-b", "main")
    repository.commit()
    return repository


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("an engine is started")

    monkeypatch.setattr("deployer.cli.embedded.embedded", refuse)


def ran(ended: Ended) -> list[str]:
    assert {each["verdict"] for each in ended.report["smokes"]} <= {"passed"}, ended.stdout
    return sorted(each["flow"] for each in ended.report["smokes"])


def said(ended: Ended) -> list[str]:
    return [each["message"] for each in ended.report["problems"] if each["check"] == "smoke"]


@pytest.mark.usefixtures("no_engine")
@pytest.mark.parametrize("arguments", [("--changed",), ("--changed", "flows"), ("--changed=main", "--", "flows")])
def test_where_nothing_changed_no_engine_is_started(
    repository: Repository, deployer: Run, arguments: tuple[str, ...]
) -> None:
    ended = deployer("test", "--format", "json", *arguments)
    since = "main" if "--changed=main" in arguments else "the merge base of HEAD with main"
    short = repository.git("rev-parse", "HEAD")[:7]
    assert (ended.code, ended.report["smokes"]) == (0, [])
    assert said(ended) == [f"nothing changed since {since} ({short}), so no test is run"]
    assert "--changed=HEAD~1" in ended.stdout


@pytest.mark.usefixtures("no_engine")
def test_that_is_no_reason_to_take_a_name_that_no_test_has(repository: Repository, deployer: Run) -> None:
    assert deployer("test", "--changed", "-k", "team/a:").code == 0
    ended = deployer("test", "--changed", "-k", "nowhere")
    assert ended.code == 2
    assert "no test has 'nowhere' in its name" in ended.stderr


@pytest.mark.usefixtures("no_engine")
def test_what_cannot_be_compared_ends_it_before_an_engine_is_started(project: Project, deployer: Run) -> None:
    project.flow("a")
    project.write("flows/a.smoke.yaml", SUITE.format(name="a", case="runs"))
    ended = deployer("test", "--changed")
    assert ended.code == 2
    assert "is in no git repository" in ended.stderr
    Repository(project.root).git("init", "--quiet", "-b", "work")
    Repository(project.root).commit()
    ended = deployer("test", "--changed=nowhere")
    assert (ended.code, "git knows no commit 'nowhere'" in ended.stderr) == (2, True)
    ended = deployer("test", "--changed")
    assert (ended.code, "fetch-depth: 0" in ended.stderr) == (2, True)


def test_only_the_tests_of_what_changed_and_of_what_calls_it_are_run(
    repository: Repository, project: Project, deployer: Run, shared: str
) -> None:
    repository.git("switch", "--quiet", "-c", "mine")
    project.flow("a", message="good day")
    repository.commit()
    ended = deployer("test", "--changed", "--kestra", shared, "--format", "json")
    assert (ended.code, ran(ended)) == (0, ["a", "b", "c"])
    [notice] = said(ended)
    assert notice.startswith("1 flow changed since the merge base of HEAD with main (")
    assert notice.endswith("), so 3 of 4 tests are run: company.team/a")


@pytest.mark.one_version
def test_smoke_takes_it_as_well(repository: Repository, project: Project, server: Proxy, deployer: Run) -> None:
    assert server.url
    assert deployer("sync", *OURS).code == 0
    project.write("flows/company.team/d.smoke.yaml", SUITE.format(name="d", case="runs-again"))
    project.flow("e")
    ended = deployer("smoke", "--changed=HEAD", *OURS)
    assert (ended.code, ran(ended)) == (0, ["d"])
    assert said(ended)[0].startswith("1 flow and 1 suite changed since HEAD (")
    project.remove("e")
    repository.commit()
    ended = deployer("smoke", "--changed", *OURS)
    assert (ended.code, ran(ended)) == (0, [])
    assert "so no test is run" in said(ended)[0]
