"""A server that does not let us read the states of triggers: that is said once, and the deploy goes on without them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cli.project import Ended, Project, scheduled
from proxy import Fault, Proxy, answers

Run = Callable[..., Ended]
NAMES = ("a", "b")


def write(project: Project, cron: str) -> None:
    project.write("kestra-deployer.yaml", "project: ours\n")
    for name in NAMES:
        project.write(f"flows/{name}.yaml", scheduled(name, cron))


def refusing(status: int) -> Callable[[int, str], Fault | None]:
    return lambda _, request: answers(status, '{"message": "no"}') if "/triggers/" in request else None


@pytest.mark.parametrize("status", [403, 404])
def test_it_is_said_once_and_the_flows_are_deployed(
    project: Project, server: Proxy, deployer: Run, status: int
) -> None:
    write(project, "@daily")
    assert deployer("sync", "--no-wait").code == 0
    write(project, "@hourly")
    with server.failing(refusing(status)):
        ended = deployer("sync", "--no-wait", "--format", "json")
    assert ended.code == 0
    assert [action for _, action, _ in ended.done] == ["update", "update"]
    [problem] = [each for each in ended.report["problems"] if each["check"] == "degraded-read"]
    assert "the states of triggers cannot be read" in problem["message"]
    assert "triggers/search" in problem["hint"]


def test_another_answer_ends_the_run_with_nothing_written(project: Project, server: Proxy, deployer: Run) -> None:
    write(project, "@daily")
    deployer("sync", "--no-wait")
    write(project, "@hourly")
    with server.failing(refusing(400)):
        ended = deployer("sync", "--no-wait")
    assert ended.code == 3
    assert "triggers/search answered 400" in ended.stderr
    assert server.count("PUT") == 0


def test_states_are_read_only_where_a_flow_with_triggers_is_written(
    project: Project, server: Proxy, deployer: Run
) -> None:
    def reads() -> int:
        return sum("/triggers/search" in request for request in server.requests)

    write(project, "@daily")
    deployer("sync", "--no-wait")
    assert reads() == 0  # nothing that is there is written
    server.requests.clear()
    deployer("sync", "--no-wait")
    assert (reads(), len(server.requests)) == (0, 4)
    server.requests.clear()
    deployer("drift")
    assert reads() == 1
    write(project, "@hourly")
    server.requests.clear()
    deployer("plan")
    assert reads() == 1
    server.requests.clear()
    deployer("sync", "--no-wait", "--on-disabled", "enable")
    assert reads() == 1
