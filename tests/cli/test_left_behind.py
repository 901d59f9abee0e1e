"""States of triggers that deleted flows have left behind: no engine of ours leaves one, so a proxy says that it did."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from cli.project import Ended, Project, scheduled
from proxy import Fault, Proxy, answers

from deployer.engine.process.launch import RunningEngine
from deployer.model.version import Dialect

Run = Callable[..., Ended]
STATE = {"namespace": "company.team", "flowId": "gone", "triggerId": "daily", "disabled": False}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployer.kinds.flow.switches._PAUSES", (0, 0, 0))


@pytest.fixture
def deployed(project: Project, server: Proxy, deployer: Run) -> Project:
    """Two flows that were deployed, of which the file of one is gone."""
    assert server.url
    project.write("kestra-deployer.yaml", "project: ours\n")
    for name in ("gone", "stays"):
        project.write(f"flows/{name}.yaml", scheduled(name))
    assert deployer("sync", "--no-wait").code == 0
    (project.root / "flows/gone.yaml").unlink()
    return project


def leaving(times: int, *, can_delete: bool = True) -> Callable[[int, str], Fault | None]:
    """Show a state of the deleted flow so many times; its deletion works, or is not known to the server."""
    shown = iter(range(times))
    deleted = answers(204) if can_delete else answers(404, '{"message": "Not Found"}')

    def fault(_: int, request: str) -> Fault | None:
        if request.startswith("GET") and "/triggers/company.team/gone" in request:
            states = [STATE] if next(shown, None) is not None else []
            return answers(200, json.dumps({"results": states, "total": len(states)}))
        return deleted if request.startswith("DELETE") and "/triggers/" in request else None

    return fault


def told(ended: Ended) -> list[str]:
    return [each["message"] for each in ended.report["problems"] if each["check"] == "trigger-state"]


@pytest.mark.usefixtures("deployed")
def test_a_state_that_stays_is_deleted_and_said(server: Proxy, deployer: Run) -> None:
    with server.failing(leaving(3)):
        ended = deployer("sync", "--prune", "--no-wait", "--format", "json")
    assert told(ended) == ["the state of company.team/gone/daily, which its deleted flow had left behind, was deleted"]
    assert [each for each in server.requests if each.startswith("DELETE") and "/triggers/" in each] == [
        each for each in server.requests if each.endswith("/triggers/company.team/gone/daily")
    ]
    assert ended.code == 0


@pytest.mark.usefixtures("deployed")
def test_a_state_that_goes_by_itself_is_left_to_kestra(server: Proxy, deployer: Run) -> None:
    with server.failing(leaving(2)):
        ended = deployer("sync", "--prune", "--no-wait", "--format", "json")
    assert told(ended) == []
    assert not [each for each in server.requests if each.startswith("DELETE") and "/triggers/" in each]


@pytest.mark.usefixtures("deployed")
def test_a_state_that_cannot_be_deleted_is_said(server: Proxy, deployer: Run) -> None:
    with server.failing(leaving(9, can_delete=False)):
        ended = deployer("sync", "--prune", "--no-wait", "--format", "json")
    assert told(ended) == ["company.team/gone/daily still has a state, though its flow was deleted"]
    assert ended.code == 0


@pytest.mark.usefixtures("deployed")
def test_a_flow_that_somebody_else_deleted_is_looked_at_too(
    server: Proxy, deployer: Run, api: httpx.Client, engine: RunningEngine
) -> None:
    assert engine.version.dialect in Dialect
    api.delete("/flows/company.team/gone").raise_for_status()
    with server.failing(leaving(3)):
        ended = deployer("sync", "--prune", "--no-wait", "--format", "json")
    assert told(ended) == ["the state of company.team/gone/daily, which its deleted flow had left behind, was deleted"]


@pytest.mark.usefixtures("deployed")
def test_where_states_cannot_be_read_it_is_said_once(server: Proxy, deployer: Run) -> None:
    with server.failing(lambda _, request: answers(403, "{}") if "/triggers/company.team/gone" in request else None):
        ended = deployer("sync", "--prune", "--no-wait", "--format", "json")
    [message] = told(ended)
    assert "whether deleted flows left states of triggers behind is not known" in message
    assert ended.code == 0


@pytest.mark.usefixtures("deployed")
def test_without_prune_nothing_is_asked(server: Proxy, deployer: Run) -> None:
    server.requests.clear()
    assert deployer("sync").code == 0
    assert not [each for each in server.requests if "/triggers/" in each]
