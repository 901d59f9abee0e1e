"""Flows that are stored, and that the scheduler has not noticed: they are written again, until it has.

A proxy says that there is no state of a flow, until the flow is written again. That the engines then make one, is asked
without it: of 1.x with another text, of 2.x with a draft that lacks the trigger.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest
from cli.project import Ended, Project, scheduled
from engine.processes import eventually
from proxy import Fault, Proxy, answers

from deployer.kestra.client import KestraClient
from deployer.kinds import kind_of
from deployer.model.change import Action, Change
from deployer.model.resource import FLOW, Key, Resource
from deployer.settings import Settings

Run = Callable[..., Ended]
NAMES = ("a", "b", "c")
PLACE = {"namespace": "company.team", "flowId": "other", "triggerId": "daily", "disabled": False}
OTHER = {"abstractTrigger": None, "triggerContext": PLACE, "trigger": None, "state": {**PLACE, "locked": False}}


@pytest.fixture(autouse=True)
def _stop(api: httpx.Client) -> Iterator[None]:
    yield
    api.delete("/flows/delete/by-query", params={"filters[namespace][STARTS_WITH]": "company"}).raise_for_status()


@pytest.fixture
def deploy(
    project: Project, server: Proxy, deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[int, str], Fault | None]], Ended]:
    """Deploy three new flows with schedules to a server that does this to requests."""
    monkeypatch.setattr("deployer.model.request.PATIENCE", 2.0)
    project.write("kestra-deployer.yaml", "project: ours\nconcurrency: 3\n")
    for name in NAMES:
        project.write(f"flows/{name}.yaml", scheduled(name))

    def run(fault: Callable[[int, str], Fault | None]) -> Ended:
        with server.failing(fault):
            return deployer("sync", "--wait", "4", "--format", "json")

    return run


def test_what_is_noticed_is_written_once(
    deploy: Callable[[Callable[[int, str], Fault | None]], Ended], server: Proxy
) -> None:
    ended = deploy(lambda _, __: None)
    assert (ended.code, server.count("PUT /api/v1") - puts_of_the_ledger(server)) == (0, 0)
    assert {each["condition"] for each in ended.report["health"]} == {"healthy"}


def puts_of_the_ledger(server: Proxy) -> int:
    return sum(request.startswith("PUT") and "/kv/" in request for request in server.requests)


def test_what_is_not_noticed_is_written_again_and_said(
    deploy: Callable[[Callable[[int, str], Fault | None]], Ended], server: Proxy, deployer: Run
) -> None:
    def hides(_: int, request: str) -> Fault | None:
        again = sum(each.startswith("PUT") and "/flows/company.team/" in each for each in server.requests)
        if "/triggers/search" in request and again < 2 * len(NAMES):
            return answers(200, json.dumps({"results": [OTHER], "total": 1}))
        return None

    ended = deploy(hides)
    assert ended.code == 0, ended.stdout
    said = [each["message"] for each in ended.report["problems"] if each["check"] == "health"]
    expected = [f"company.team/{name} was written again, as Kestra's scheduler had not noticed it" for name in NAMES]
    assert said == expected
    again = deployer("sync", "--format", "json")
    assert {action for _, action, _ in again.done} == {"keep"}


def test_what_is_never_noticed_is_degraded(deploy: Callable[[Callable[[int, str], Fault | None]], Ended]) -> None:
    page = json.dumps({"results": [OTHER], "total": 1})
    ended = deploy(lambda _, request: answers(200, page) if "/triggers/search" in request else None)
    assert ended.code == 7
    assert all("has no state on the server" in each["reasons"][0] for each in ended.report["health"])


def test_the_scheduler_notices_what_is_written_again(api: httpx.Client, server: Proxy, tenant: str) -> None:
    """On 1.0 no state can be deleted, so that there is none to be missed: it is enough that the text is the same."""
    text = scheduled("a")

    def states() -> list[str]:
        return [each["triggerId"] for each in api.get("/triggers/company.team/a").json()["results"]]

    with KestraClient(Settings(host=server.url, tenant=tenant)) as client:
        client.create_flow(text, namespace="company.team", id="a")
        assert eventually(lambda: states() == ["daily"])
        if client.server().version.startswith(("1.0", "1.1")):
            deleted = True
        else:
            client.delete_trigger("company.team", "a", "daily")
            deleted = eventually(lambda: states() == [])
        assert deleted
        key = Key(FLOW, "company.team", "a")
        kind_of(key).write_again(client, Change(Action.CREATE, key, Resource(key, text)))
        assert eventually(lambda: states() == ["daily"])
        assert client.flow("company.team", "a").source == text
