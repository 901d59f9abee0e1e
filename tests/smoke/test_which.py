"""Which smoke tests a deploy runs: those under its path, those of a single flow wherever they lie. None is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cli.conftest import api, deployer, project, server
from cli.project import Ended, Project

pytestmark = pytest.mark.one_version("2.0")

__all__ = ["api", "deployer", "project", "server"]

Run = Callable[..., Ended]

SUITE = "id: {id}\nnamespace: company.team\nflowId: {flow}\ntestCases: [{{id: runs}}]\n"
NONE = "no smoke test of company.team/a was found, so none was run"

OURS = ("--project", "ours")


def suite(project: Project, file: str, flow: str = "a") -> None:
    project.write(file, SUITE.format(id=file.replace("/", "-"), flow=flow))


def ran(ended: Ended) -> list[str]:
    return sorted(each["file"] for each in ended.report["smokes"])


@pytest.mark.usefixtures("server")
def test_a_deploy_of_one_file_runs_the_smoke_tests_of_its_flow_that_lie_in_the_project(
    project: Project, deployer: Run
) -> None:
    project.write("kestra-deployer.yaml", "ignore: [drafts/]\n")
    project.flow("a")
    project.flow("b")
    suite(project, "flows/company.team/a.smoke.yaml")
    suite(project, "tests/more/a.smoke.yml")
    suite(project, "tests/b.smoke.yaml", flow="b")
    suite(project, "drafts/a.smoke.yaml")
    project.write("tests/broken.smoke.yaml", "id: [")
    config = ("--config", "kestra-deployer.yaml", "--format", "json")

    ended = deployer("sync", *OURS, "flows/company.team/a.yaml", "--smoke", *config)
    assert ran(ended) == ["flows/company.team/a.smoke.yaml", "tests/more/a.smoke.yml"]
    assert (ended.code, ended.report["problems"]) == (0, [])


@pytest.mark.usefixtures("server")
def test_a_smoke_test_elsewhere_in_the_project_is_checked_before_anything_is_written(
    project: Project, deployer: Run
) -> None:
    project.flow("a")
    suite(project, "tests/a.smoke.yaml")
    text = (project.root / "tests/a.smoke.yaml").read_text().replace("runs", "runs, timeout: soon")
    project.write("tests/a.smoke.yaml", text)
    ended = deployer("sync", *OURS, "flows/company.team/a.yaml", "--smoke", "--format", "json")
    assert (ended.code, ended.report["outcomes"]) == (1, [])
    assert [problem["file"] for problem in ended.report["problems"]] == ["tests/a.smoke.yaml"]


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("path", ["flows", "flows/company.team/a.yaml"])
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_that_there_was_no_smoke_test_to_run_is_said(
    project: Project, deployer: Run, path: str, more: tuple[str, ...]
) -> None:
    project.flow("a")
    ended = deployer("sync", *OURS, path, "--smoke", "--format", "json", *more)
    assert (ended.code, ended.report["smokes"]) == (0, [])
    [told] = ended.report["problems"]
    assert (told["check"], told["severity"], told["message"]) == ("smoke-suite", "notice", NONE)
    assert NONE in deployer("sync", *OURS, path, "--smoke", *more).stdout
    assert (
        f"::notice title=kestra-deployer%3A smoke-suite::{NONE}"
        in deployer("sync", *OURS, path, "--smoke", "--format", "github", *more).stdout
    )
    assert deployer("sync", *OURS, path, "--format", "json", *more).report["problems"] == []


@pytest.mark.usefixtures("server")
def test_a_disabled_suite_is_skipped(project: Project, deployer: Run) -> None:
    project.flow("a")
    project.write("flows/a.smoke.yaml", SUITE.format(id="s", flow="a") + "disabled: true\n")
    ended = deployer("sync", *OURS, "--smoke", "--format", "json")
    [smoke] = ended.report["smokes"]
    assert (ended.code, smoke["verdict"], smoke["message"]) == (0, "skipped", "it is disabled in its suite")
