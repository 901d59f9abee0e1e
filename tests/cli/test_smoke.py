"""`smoke`: the smoke tests of a project are run on what the server has, and nothing is deployed."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from cli.others import edit
from cli.project import Ended, Project
from proxy import Proxy

Run = Callable[..., Ended]
SUITE = """\
id: {name}-works
namespace: company.team
flowId: {name}
testCases:
  - id: once
  - id: twice
"""


def write(project: Project, *names: str) -> None:
    for name in names:
        project.flow(name)
        project.write(f"flows/{name}.smoke.yaml", SUITE.format(name=name))


def verdicts(ended: Ended) -> dict[str, tuple[str, str]]:
    return {f"{each['flow']}/{each['case']}": (each["verdict"], each["message"]) for each in ended.report["smokes"]}


def test_it_tests_what_the_server_has_and_deploys_nothing(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    write(project, "a")
    assert deployer("sync").code == 0
    write(project, "b")
    server.requests.clear()
    ended = deployer("smoke", "--format", "json")
    assert ended.code == 6
    assert ended.report["command"] == "smoke"
    assert ended.report["plan"]["changes"] == []
    assert verdicts(ended) == {
        "a/once": ("passed", ""),
        "a/twice": ("passed", ""),
        "b/once": ("not-run", "its flow is not on the server"),
        "b/twice": ("not-run", "its flow is not on the server"),
    }
    assert server.count("PUT", "DELETE") == 0
    assert [each["id"] for each in api.get("/flows/search").json()["results"]] == ["a"]


@pytest.mark.one_version
def test_a_flow_with_another_text_than_its_file_is_tested_and_named(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    assert server.url
    write(project, "a", "b")
    assert deployer("sync").code == 0
    edit(api, "a", "hello", "good day")
    project.flow("b", message="good day")
    ended = deployer("smoke", "--format", "json")
    assert ended.code == 0
    said = [(each["severity"], each["message"]) for each in ended.report["problems"] if each["check"] == "smoke"]
    assert said == [
        ("notice", f"company.team/{name} is not on the server as in this file: what runs there is tested")
        for name in ("a", "b")
    ]


@pytest.mark.one_version
def test_only_what_has_a_text_in_its_name_is_run(project: Project, server: Proxy, deployer: Run) -> None:
    assert server.url
    write(project, "a", "b")
    assert deployer("sync").code == 0
    assert [*verdicts(deployer("smoke", "-k", "TEAM/B: b-works/on", "--format", "json"))] == ["b/once"]
    ended = deployer("smoke", "-k", "nowhere")
    assert ended.code == 2
    assert "no test has 'nowhere' in its name" in ended.stderr
    assert "the first of 4 is company.team/a: a-works/once" in ended.stderr


@pytest.mark.one_version
def test_without_a_smoke_test_it_says_so(project: Project, server: Proxy, deployer: Run) -> None:
    assert server.url
    project.flow("a")
    ended = deployer("smoke")
    assert ended.code == 0
    assert "no smoke test of company.team/a was found, so none was run" in ended.stderr + ended.stdout


def test_an_engine_of_its_own_is_refused(project: Project, deployer: Run) -> None:
    write(project, "a")
    ended = deployer("smoke", "--embedded")
    assert ended.code == 2
    assert "kestra-deployer test" in ended.stderr
