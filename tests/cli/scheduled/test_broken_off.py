"""A deploy that is killed at any request, and two deploys at once, start nothing that an operator has switched off."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count

import pytest
from cli.project import Ended, Project
from cli.scheduled.operators import SECONDS, Operator, flow, schedule
from engine.processes import eventually
from faults.deploys import both, kill_at
from proxy import Proxy

Run = Callable[..., Ended]
SYNC = ("sync", "--no-wait", "--format", "json")
pytestmark = [
    pytest.mark.parametrize("kestra", ["1.3 that schedules", "2.0 that schedules"], indirect=True),
    pytest.mark.untraced,
]
NAMES = ("cron", "beside", "renamed")


def write(project: Project, step: int) -> None:
    """Write flows of which each step changes the cron, adds or removes a trigger, or renames one."""
    cron = "*/1 * * * * *" if step % 2 else "* * * * * *"
    beside = [schedule("yearly", "0 0 0 1 1 *")] if step % 2 else []
    project.write("flows/cron.yaml", flow("cron", schedule(cron=cron)))
    project.write("flows/beside.yaml", flow("beside", schedule(cron=cron), *beside))
    project.write("flows/renamed.yaml", flow("renamed", schedule(f"often{step or ''}", cron)))


@pytest.fixture
def before(project: Project, operator: Operator, deployer: Run) -> dict[str, int]:
    """How many executions each flow has had: they are deployed, and their triggers switched off."""
    project.write("kestra-deployer.yaml", "project: ours\n")
    write(project, 0)
    assert deployer(*SYNC).code == 0
    assert eventually(lambda: all("often" in operator.states(name) for name in NAMES))
    operator.switch_off(*NAMES)
    return operator.settled(NAMES)


def test_a_deploy_that_is_killed_at_any_request(
    project: Project, server: Proxy, operator: Operator, deployer: Run, before: dict[str, int]
) -> None:
    write(project, 1)
    with server.failing(lambda _, __: None):
        assert deployer(*SYNC).code == 0
        first = next(at for at, request in enumerate(server.requests, 1) if request.startswith("PUT"))
    step = 1
    for number in count(first):
        step += 1
        write(project, step)
        if kill_at(server, number, done=bool(number % 2), command=SYNC):
            break
        assert operator.started(*NAMES) == before, number
        assert deployer(*SYNC).code == 0, number
        assert operator.started(*NAMES) == before, number
    assert step > len(NAMES)
    time.sleep(SECONDS)
    assert operator.started(*NAMES) == before
    assert operator.is_off("cron")
    assert operator.is_off("beside")
    assert {action for _, action, _ in deployer(*SYNC).done} == {"keep"}


def test_two_deploys_at_once(
    project: Project, server: Proxy, operator: Operator, deployer: Run, before: dict[str, int]
) -> None:
    for step in (1, 2, 3):
        write(project, step)
        for code, report in both(server, SYNC):
            assert code in (0, 3, 4, 5)
            assert report["problems"] or report["outcomes"], "each says what became of it"
        assert deployer(*SYNC).code == 0
        assert {action for _, action, _ in deployer(*SYNC).done} == {"keep"}
    time.sleep(SECONDS)
    assert operator.started(*NAMES) == before
    assert operator.is_off("cron")
    assert operator.is_off("beside")
