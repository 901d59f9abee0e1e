"""`smoke`: the smoke tests of a project are run on what the server has, and nothing is deployed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cli.others import edit
from cli.project import Ended, Project
from proxy import Proxy
from smoke.test_kill import eventually, killing, states

from deployer.model.resource import FLOW, Key
from deployer.model.smoke import SmokeCase
from deployer.smoke.labels import Origin, labels

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


@pytest.mark.one_version
def test_a_configuration_keeps_a_server_free_of_them(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    write(project, "a")
    project.write("kestra-deployer.yaml", "project: ours\nsmoke: false\n")
    ended = deployer("smoke")
    assert ended.code == 2
    assert "`smoke` in kestra-deployer.yaml:2:1 says that no smoke tests are run on the server" in ended.stderr
    assert "kestra-deployer test" in ended.stderr
    assert server.requests == []
    ended = deployer("sync", "--smoke", "--format", "json")
    assert (ended.code, ended.done, ended.report["smokes"]) == (0, [("a", "create", 1)], [])
    told = [(each["severity"], each["message"]) for each in ended.report["problems"] if each["check"] == "smoke"]
    message = "no smoke tests are run: `smoke` in kestra-deployer.yaml:2:1 says that none are on this server"
    assert told == [("notice", message)]
    assert states(api, "a") == []
    assert deployer("smoke", "--stop").code == 0


LONG = """\
id: {name}
namespace: company.team
tasks:
  - {{id: nap, type: io.kestra.plugin.core.flow.Sleep, duration: PT90S}}
"""


def started(api: httpx.Client, project: str, flow: str = "long") -> str:
    """A smoke test of a project that has begun a moment ago, and whose time is not over."""
    case = SmokeCase("s", "x", Key(FLOW, "company.team", flow), "x.smoke.yaml")
    given = labels(Origin(project=project), case, datetime.now(UTC), timedelta(minutes=5))
    params = [("labels", f"{name}:{value}") for name, value in given.items()]
    answer = api.post(f"/executions/company.team/{flow}", params=[*params, ("kind", "TEST")])
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


def state(api: httpx.Client, execution: str) -> str:
    answer = api.get(f"/executions/{execution}")  # a new one is not visible at once
    return str(answer.json()["state"]["current"]) if answer.is_success else ""


def left(ended: Ended) -> list[tuple[str, str]]:
    found = [each for each in ended.report["problems"] if each["check"] == "left-running"]
    return [(each["severity"], each["message"]) for each in found]


@pytest.mark.usefixtures("short_grace")
def test_stop_kills_what_runs_of_this_project_and_nothing_else(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    project.write("flows/long.yaml", LONG.format(name="long"))
    assert deployer("sync", "--project", "ours").code == 0
    ours, theirs = started(api, "ours"), started(api, "theirs")
    assert eventually(lambda: [state(api, each) for each in (ours, theirs)] == ["RUNNING"] * 2)

    with server.failing(killing):
        ended = deployer("smoke", "--stop", "--project", "ours", "--format", "json")
    [(severity, message)] = left(ended)
    assert (ended.code, severity, ours in message) == (6, "error", True)
    assert message.startswith("a smoke test of this project was running, it could not be killed: ")

    ended = deployer("smoke", "no-such-path", "--stop", "--project", "ours", "--format", "json")
    [(severity, message)] = left(ended)
    assert (ended.code, severity, ours in message) == (0, "notice", True)
    assert message.startswith("a smoke test of this project was running, it was killed: company.team/long, ")
    assert [state(api, each) for each in (ours, theirs)] == ["KILLED", "RUNNING"]

    ended = deployer("smoke", "--stop", "--project", "ours", "--format", "json")
    assert (ended.code, left(ended)) == (0, [("notice", "no smoke test of ours is running")])
    assert deployer("smoke", "--stop", "--project", "theirs").code == 0


@pytest.mark.parametrize("kestra", ["1.1"], indirect=True)
def test_before_1_2_stop_knows_only_what_the_ledger_does(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    assert server.url
    project.write("flows/long.yaml", LONG.format(name="long"))
    project.write("kestra-deployer.yaml", "ledger: file:ledger.json\nproject: ours\n")
    assert deployer("sync").code == 0
    known, unknown = started(api, "ours"), started(api, "ours")
    kept = json.loads((project.root / "ledger.json").read_text())
    (project.root / "ledger.json").write_text(json.dumps({**kept, "running": [known]}))

    ended = deployer("smoke", "--stop", "--format", "json")
    assert (ended.code, [severity for severity, _ in left(ended)]) == (0, ["notice", "warning"])
    assert known in left(ended)[0][1]
    assert "before Kestra 1.2, TEST executions cannot be searched" in left(ended)[1][1]
    assert state(api, known) == "KILLED"
    assert json.loads((project.root / "ledger.json").read_text())["running"] == []
    api.delete(f"/executions/{unknown}/kill")


@pytest.mark.parametrize("option", [("-k", "a"), ("--tag", "a"), ("--changed",)])
def test_stop_selects_nothing(project: Project, deployer: Run, option: tuple[str, ...]) -> None:
    ended = deployer("smoke", "--stop", "--host", "http://kestra.invalid", *option)
    assert ended.code == 2
    assert f"{option[0]} selects some" in ended.stderr


@pytest.mark.one_version
def test_of_what_failed_the_end_of_its_log_is_shown_or_all_of_it(
    project: Project, server: Proxy, deployer: Run
) -> None:
    assert server.url
    tasks = "  - {id: say, type: io.kestra.plugin.core.log.Log, message: before}\n"
    tasks += "  - {id: fail, type: io.kestra.plugin.core.execution.Fail}\n"
    project.write("flows/a.yaml", f"id: a\nnamespace: company.team\ntasks:\n{tasks}")
    assert deployer("sync").code == 0
    project.write("flows/a.smoke.yaml", SUITE.format(name="a"))
    for more, there in (((), False), (("--logs", "all"), True)):
        [smoke] = deployer("smoke", "-k", "once", *more, "--format", "json").report["smokes"]
        assert smoke["verdict"] == "failed"
        assert any(line.endswith("before") for line in smoke["logs"]) is there
        assert any("fail" in line for line in smoke["logs"])
