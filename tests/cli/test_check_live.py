"""`check --live`: what a server has stored, by the rules of its own version or of a later one, with no files at all."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from cli.others import create
from cli.project import HELLO, Ended, Project
from proxy import Proxy

OLD = HELLO.replace("id: hello", "id: old").replace("plugin.core.log", "core.tasks.log")
EACH = """\
id: each
namespace: company.team
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: [a]
    tasks:
      - id: say
        type: io.kestra.plugin.core.log.Log
        message: "{{ taskrun.value }}"
"""

Run = Callable[..., Ended]


@pytest.mark.one_version
def test_a_server_is_judged_by_a_later_version_flow_by_flow(
    server: Proxy, api: httpx.Client, project: Project, deployer: Run
) -> None:
    for text in (HELLO, OLD, EACH):
        create(api, text)
    ended = deployer("check", "--live", "--kestra", "2.0", "--format", "json")
    assert (ended.code, server.count("POST", "PUT", "DELETE")) == (1, 0)
    assert ended.report["upgrade"]["from"] == "1.3"
    assert ended.report["upgrade"]["flows"] == [
        {"file": "company.team/each", "verdict": "rewrite"},
        {"file": "company.team/hello", "verdict": "as-is"},
        {"file": "company.team/old", "verdict": "rename"},
    ]
    assert {each["file"] for each in ended.report["problems"]} == {"company.team/each", "company.team/old"}
    assert not any(project.root.iterdir())
    assert "3 flows checked by the rules of Kestra 2.0" in deployer("check", "--live", "--kestra", "2.0").stdout


@pytest.mark.one_version
def test_its_own_verdict_is_asked_only_where_that_is_wanted(server: Proxy, api: httpx.Client, deployer: Run) -> None:
    create(api, HELLO)
    assert deployer("check", "--live").code == 0
    assert server.count("POST") == 0
    assert deployer("check", "--live", "--server").code == 0
    assert server.count("POST") == 1


@pytest.mark.parametrize("more", [("flows",), ("--embedded",)])
def test_it_takes_neither_a_path_nor_an_engine_of_its_own(project: Project, deployer: Run, more: tuple[str]) -> None:
    project.write("flows/a.yaml", HELLO)
    ended = deployer("check", "--live", *more)
    assert (ended.code, "--live" in ended.stderr) == (2, True)
