"""Nothing that an operator has switched off starts after a deploy, whatever the file says next: asked of the engines.

Every schedule here is due each second, so that one that is on for a moment would show.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cli.project import Ended, Project
from engine.processes import eventually
from proxy import Proxy

Run = Callable[..., Ended]
YAML = {"content-type": "application/x-yaml"}
TASKS = "tasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: {message}\n"
SECONDS = 3.0  # in which a schedule that is on starts at least two executions


def schedule(name: str = "often", cron: str = "* * * * * *", more: str = "") -> str:
    kind = "io.kestra.plugin.core.trigger.Schedule"
    return f'  - id: {name}\n    type: {kind}\n    cron: "{cron}"\n    withSeconds: true\n{more}'


def flow(name: str, *triggers: str, message: str = "hello") -> str:
    head = f"id: {name}\nnamespace: company.team\n{TASKS.format(message=message)}"
    return f"{head}triggers:\n{''.join(triggers)}" if triggers else head


EDITS: Mapping[str, Callable[[str], str]] = {
    "task": lambda name: flow(name, schedule(), message="good day"),
    "cron": lambda name: flow(name, schedule(cron="*/1 * * * * *")),
    "beside": lambda name: flow(name, schedule(), schedule("yearly", "0 0 0 1 1 *")),
    "renamed": lambda name: flow(name, schedule("again")),
    "rewritten": lambda name: flow(name, schedule("again", "*/1 * * * * *"), message="good day"),
    "removed": lambda name: flow(name, message="good day"),
}


@dataclass(frozen=True)
class Server:
    """What an operator does on the server, and what is seen there."""

    api: httpx.Client

    def states(self, name: str) -> dict[str, dict[str, Any]]:
        found = self.api.get(f"/triggers/company.team/{name}").json()["results"]
        return {each["triggerId"]: each for each in found}

    def is_off(self, name: str, trigger: str = "often") -> bool:
        return bool(self.states(name).get(trigger, {}).get("disabled"))

    def switch_off(self, *names: str) -> None:
        """Switch the triggers of these flows off, as the page of triggers does, until they are.

        2.0.0 loses a switch now and then, if the schedule fires meanwhile (docs/engine.md).
        """

        def asked() -> bool:
            states = [each for name in names for each in self.states(name).values()]
            body = {"triggers": states, "disabled": True}
            self.api.post("/triggers/set-disabled/by-triggers", json=body).raise_for_status()
            return eventually(lambda: all(map(self.is_off, names)), 3)

        assert eventually(asked)

    def write(self, name: str, text: str) -> None:
        self.api.put(f"/flows/company.team/{name}", content=text, headers=YAML).raise_for_status()

    def started(self) -> dict[str, int]:
        """How many executions of each flow there are."""
        found: list[str] = []
        total = 1
        while len(found) < total:
            page = self.api.get("/executions/search", params={"size": 100, "page": len(found) // 100 + 1}).json()
            found += [each["flowId"] for each in page["results"]]
            total = page["total"] if page["results"] else 0
        return dict(Counter(found))

    def settled(self, names: Collection[str]) -> dict[str, int]:
        """The same, when none of these flows was started for two seconds: what was about to be started is."""
        before: dict[str, int] = {}
        while (now := {name: number for name, number in self.started().items() if name in names}) != before:
            before = now
            time.sleep(2)
        return before


@pytest.fixture
def operator(server: Proxy, api: httpx.Client) -> Iterator[Server]:
    """The server; its flows are deleted after the test, or their schedules would go on."""
    assert server.url
    yield Server(api)
    api.delete("/flows/delete/by-query", params={"filters[namespace][STARTS_WITH]": "company"}).raise_for_status()


def test_what_is_off_stays_off(project: Project, operator: Server, deployer: Run) -> None:
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
    control = operator.started().get("control", 0)
    time.sleep(SECONDS)
    after = operator.started()
    assert {name: after.get(name, 0) for name in names} == {name: before.get(name, 0) for name in names}
    assert eventually(lambda: operator.started().get("control", 0) >= control + 2)
    reasons = {each["name"]: each["reason"] for each in ended.report["plan"]["changes"]}
    assert all("stays disabled" in reasons[name] for name in names if not name.endswith("removed"))
    assert all("no such trigger any more" in reasons[name] for name in names if name.endswith("removed"))

    again = deployer("sync", "--format", "json")
    assert {action for _, action, _ in again.done} == {"keep"}


def test_a_flow_that_was_deleted_meanwhile_comes_back_disabled(
    project: Project, operator: Server, deployer: Run
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
    before = operator.settled(["a"]).get("a", 0)
    ended = deployer("sync")
    assert "the trigger `often` stays disabled" in ended.stdout
    time.sleep(SECONDS)
    assert operator.started().get("a", 0) == before


def test_what_stop_after_has_switched_off_stays_off(project: Project, operator: Server, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    once = schedule(more="    stopAfter: [SUCCESS]\n")
    project.write("flows/a.yaml", flow("a", once))
    deployer("sync")
    assert eventually(lambda: operator.is_off("a"))
    before = operator.settled(["a"])["a"]
    project.write("flows/a.yaml", flow("a", once.replace("* * * * * *", "*/1 * * * * *")))
    ended = deployer("sync")
    assert "the trigger `often` stays disabled" in ended.stdout
    time.sleep(SECONDS)
    assert operator.started()["a"] == before


@pytest.mark.parametrize("how", ["the policy", "the file"])
def test_it_is_enabled_where_that_is_asked_for(project: Project, operator: Server, deployer: Run, how: str) -> None:
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
    before = operator.started().get("a", 0)
    assert eventually(lambda: operator.started().get("a", 0) >= before + 2)


def test_a_trigger_that_is_switched_off_after_the_plan_ends_the_deploy(
    project: Project, operator: Server, server: Proxy, deployer: Run
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
def test_a_draft_of_another_user_changes_nothing_of_that(project: Project, operator: Server, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    project.write("flows/a.yaml", flow("a", schedule()))
    deployer("sync")
    assert eventually(lambda: "often" in operator.states("a"))
    operator.switch_off("a")
    before = operator.settled(["a"]).get("a", 0)
    drafted = flow("a", schedule(cron="*/1 * * * * *"), schedule("new"), message="draft")
    operator.api.put(
        "/flows/company.team/a", content=drafted, headers=YAML, params={"draft": "true"}
    ).raise_for_status()
    project.write("flows/a.yaml", flow("a", schedule(cron="*/2 * * * * *"), schedule("new", "0 0 0 1 1 *")))
    assert deployer("sync").code == 0
    assert eventually(lambda: "new" in operator.states("a"))
    time.sleep(SECONDS)
    assert operator.is_off("a")
    assert operator.started().get("a", 0) == before


@pytest.mark.one_version("2.0")
def test_a_draft_that_is_published_has_its_schedules(project: Project, operator: Server, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    text = flow("a", schedule())
    project.write("flows/a.yaml", text)
    operator.api.post("/flows", content=text, headers=YAML, params={"draft": "true"}).raise_for_status()
    ended = deployer("sync", "--format", "json")
    assert [action for _, action, _ in ended.done] == ["publish"]
    assert eventually(lambda: operator.started().get("a", 0) > 0)
