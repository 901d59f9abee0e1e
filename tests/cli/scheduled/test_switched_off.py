"""Nothing that an operator has switched off starts after a deploy, whatever the file says next: asked of the engines.

Every schedule here is due each second, so that one that is on for a moment would show.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from cli.project import Ended, Project
from cli.scheduled.operators import EDITS, SECONDS, YAML, Operator, flow, schedule
from engine.processes import eventually
from proxy import Proxy

Run = Callable[..., Ended]


def test_what_is_off_stays_off(project: Project, operator: Operator, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    names = [f"{how}-{edit}" for edit in EDITS for how in ("row", "text", "both")]
    for name in ("control", *names):
        project.write(f"flows/{name}.yaml", flow(name, schedule()))
    assert deployer("sync").code == 0
    assert eventually(lambda: all("often" in operator.states(name) for name in names))

    for name in names:
        if name.startswith(("text", "both")):
            operator.write(name, flow(name, schedule(more="    disabled: true\n")))
    operator.switch_off(*(name for name in names if name.startswith(("row", "both"))))
    before = operator.settled(names)
    for name in names:
        project.write(f"flows/{name}.yaml", EDITS[name.partition("-")[2]](name))
    project.write("flows/control.yaml", EDITS["cron"]("control"))
    ended = deployer("sync", "--format", "json")
    assert ended.code == 0, ended.stdout
    control = operator.started("control")["control"]
    time.sleep(SECONDS)
    assert operator.started(*names) == before
    assert eventually(lambda: operator.started("control")["control"] >= control + 2)
    reasons = {each["name"]: each["reason"] for each in ended.report["plan"]["changes"]}
    assert all("stays disabled" in reasons[name] for name in names if not name.endswith("removed"))
    assert all("no such trigger any more" in reasons[name] for name in names if name.endswith("removed"))

    again = deployer("sync", "--format", "json")
    assert {action for _, action, _ in again.done} == {"keep"}


def test_a_flow_that_was_deleted_meanwhile_comes_back_disabled(
    project: Project, operator: Operator, deployer: Run
) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    project.write("flows/a.yaml", flow("a", schedule()))
    deployer("sync")
    assert eventually(lambda: "often" in operator.states("a"))
    operator.switch_off("a")
    project.write("flows/a.yaml", EDITS["task"]("a"))
    assert deployer("sync").code == 0
    operator.api.delete("/flows/company.team/a").raise_for_status()
    assert eventually(lambda: not operator.states("a"))
    before = operator.settled(["a"])
    ended = deployer("sync")
    assert "the trigger `often` stays disabled" in ended.stdout
    time.sleep(SECONDS)
    assert operator.started("a") == before


def test_what_stop_after_has_switched_off_stays_off(project: Project, operator: Operator, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    once = schedule(more="    stopAfter: [SUCCESS]\n")
    project.write("flows/a.yaml", flow("a", once))
    deployer("sync")
    assert eventually(lambda: operator.is_off("a"))
    before = operator.settled(["a"])
    project.write("flows/a.yaml", flow("a", once.replace("* * * * * *", "*/1 * * * * *")))
    ended = deployer("sync")
    assert "the trigger `often` stays disabled" in ended.stdout
    time.sleep(SECONDS)
    assert operator.started("a") == before


@pytest.mark.parametrize("how", ["the policy", "the file"])
def test_it_is_enabled_where_that_is_asked_for(project: Project, operator: Operator, deployer: Run, how: str) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    project.write("flows/a.yaml", flow("a", schedule()))
    deployer("sync")
    assert eventually(lambda: "often" in operator.states("a"))
    operator.switch_off("a")
    if how == "the file":
        project.write("flows/a.yaml", flow("a", schedule(more="    disabled: false\n")))
        ended = deployer("sync")
    else:
        ended = deployer("sync", "--on-disabled", "enable")
    assert ended.code == 0
    assert "the trigger `often` is enabled again" in ended.stdout
    assert eventually(lambda: not operator.is_off("a"))
    before = operator.started("a")["a"]
    assert eventually(lambda: operator.started("a")["a"] >= before + 2)


def test_a_trigger_that_is_switched_off_after_the_plan_ends_the_deploy(
    project: Project, operator: Operator, server: Proxy, deployer: Run
) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    project.write("flows/a.yaml", flow("a", schedule()))
    deployer("sync")
    assert eventually(lambda: "often" in operator.states("a"))
    project.write("flows/a.yaml", EDITS["cron"]("a"))

    def meanwhile(_: int, request: str) -> None:
        if request.startswith("POST") and "/flows/validate" in request:
            operator.switch_off("a")

    with server.failing(meanwhile):
        ended = deployer("sync")
    assert ended.code == 4
    assert "someone switched a trigger of company.team/a off or on since the plan was made" in ended.stderr
    assert "nothing was written: run it again" in ended.stderr


@pytest.mark.one_version("2.0")
def test_a_draft_of_another_user_changes_nothing_of_that(project: Project, operator: Operator, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    project.write("flows/a.yaml", flow("a", schedule()))
    deployer("sync")
    assert eventually(lambda: "often" in operator.states("a"))
    operator.switch_off("a")
    before = operator.settled(["a"])
    drafted = flow("a", schedule(cron="*/1 * * * * *"), schedule("new"), message="draft")
    operator.api.put(
        "/flows/company.team/a", content=drafted, headers=YAML, params={"draft": "true"}
    ).raise_for_status()
    project.write("flows/a.yaml", flow("a", schedule(cron="*/2 * * * * *"), schedule("new", "0 0 0 1 1 *")))
    assert deployer("sync").code == 0
    assert eventually(lambda: "new" in operator.states("a"))
    time.sleep(SECONDS)
    assert operator.is_off("a")
    assert operator.started("a") == before


@pytest.mark.one_version("2.0")
def test_a_draft_that_is_published_has_its_schedules(project: Project, operator: Operator, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    text = flow("a", schedule())
    project.write("flows/a.yaml", text)
    operator.api.post("/flows", content=text, headers=YAML, params={"draft": "true"}).raise_for_status()
    ended = deployer("sync", "--format", "json")
    assert [action for _, action, _ in ended.done] == ["publish"]
    assert eventually(lambda: operator.started("a")["a"] > 0)
