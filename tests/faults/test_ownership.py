"""What a project deployed stays its own, whatever cut its runs off and whoever deployed beside it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import httpx
import pytest
from cli.others import disable, source, there
from cli.project import Ended, Project
from faults.changing import DEPLOYER, LONGEST, SYNC
from faults.faults import reset
from proxy import Fault, Passing, Proxy, answers, pass_on

Run = Callable[..., Ended]
FlowWrite = tuple[str, str]

CREATE = ("POST ", "/flows")
UPDATE = ("PUT ", "/flows/company.team/a")
_LEDGER = "/namespaces/system/kv/kestra-deployer.ours.default"


def gone_from(write: FlowWrite, *, done: bool) -> Callable[[int, str], Fault | None]:
    """The server goes away at this write to a flow: before it is done, or just after."""
    seen: list[str] = []

    def fault(_: int, request: str) -> Fault | None:
        method, path = write
        is_it = request.startswith(method) and request.endswith(path)
        if is_it or seen:
            seen.append(request)
        return reset if len(seen) > done else None

    return fault


def cut_off(server: Proxy, deployer: Run, write: FlowWrite, *, done: bool) -> None:
    """Deploy to a server that goes away."""
    with server.failing(gone_from(write, done=done)):
        assert deployer(*SYNC).code == 5


def owned(api: httpx.Client) -> set[str]:
    """What the ledger says is ours."""
    return {entry["name"] for entry in api.get(_LEDGER).raise_for_status().json()["value"]["entries"]}


@pytest.fixture
def impatient(project: Project) -> None:
    project.write("kestra-deployer.yaml", "retry: {attempts: 2}\n")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("write", [CREATE, UPDATE], ids=["create", "update"])
def test_what_a_run_wrote_before_it_was_cut_off_is_ours_after_a_second_one_with_another_text(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client, write: FlowWrite
) -> None:
    if write == UPDATE:
        project.flow("a")
        assert deployer(*SYNC).code == 0
    text = project.flow("a", message="second")
    cut_off(server, deployer, write, done=True)
    assert source(api, "a") == text
    project.flow("a", message="third")
    cut_off(server, deployer, UPDATE, done=False)
    assert source(api, "a") == text
    text = project.flow("a", message="fourth")
    assert deployer(*SYNC).code == 0
    assert source(api, "a") == text


@pytest.mark.usefixtures("impatient")
def test_what_was_created_before_a_run_was_cut_off_is_deleted_once_no_file_declares_it(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    project.flow("a")
    cut_off(server, deployer, CREATE, done=True)
    assert there(api) == {"a"}
    project.remove("a")
    project.flow("b")
    assert deployer(*SYNC).code == 0
    assert there(api) == {"b"}


@pytest.mark.usefixtures("impatient")
def test_what_others_created_under_a_name_that_we_were_about_to_create_is_not_deleted(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    text = project.flow("a")
    cut_off(server, deployer, CREATE, done=False)
    assert there(api) == set()
    api.post("/flows", content=text + "# theirs\n", headers={"Content-Type": "application/x-yaml"}).raise_for_status()
    project.remove("a")
    deployer(*SYNC)
    assert there(api) == {"a"}


def test_what_another_run_deployed_since_the_ledger_was_read_stays_in_it(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    project.flow("a", namespace="company.a")
    project.flow("b", namespace="company.b")

    def other_run(request: Passing) -> None:
        server.fault = lambda _, __: None
        command = [*DEPLOYER, "sync", "flows/company.b", *SYNC[1:]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=LONGEST)
        pass_on(request)

    server.fault = lambda _, request: other_run if "/flows/validate" in request else None
    assert deployer("sync", "flows/company.a", *SYNC[1:]).code == 0
    assert there(api) == {"a", "b"}
    assert owned(api) == {"a", "b"}


@pytest.mark.parametrize("number", [1, 2, 3], ids=["before planning", "before the last write", "both"])
def test_a_gateway_without_a_server_behind_it_does_not_stand_for_an_empty_ledger(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client, number: int
) -> None:
    project.flow("a")
    assert deployer(*SYNC).code == 0
    project.flow("b")
    reads: list[str] = []

    def fault(_: int, request: str) -> Fault | None:
        if not request.startswith("GET ") or _LEDGER not in request:
            return None
        reads.append(request)
        return answers(404, "404 page not found\n", "text/plain") if len(reads) & number else None

    with server.failing(fault):
        ended = deployer(*SYNC)
    assert ended.code in (3, 5)
    assert "a" in owned(api)
    assert deployer(*SYNC).code == 0
    assert owned(api) == {"a", "b"}


@pytest.mark.usefixtures("impatient")
def test_a_stop_that_was_kept_stays_kept_after_the_run_that_kept_it_was_cut_off(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    project.flow("a")
    assert deployer(*SYNC).code == 0
    disable(api, "a")
    project.flow("a", message="second")
    cut_off(server, deployer, UPDATE, done=True)
    stopped = source(api, "a")
    assert "second" in stopped
    assert "disabled: true" in stopped
    assert deployer(*SYNC, "--format", "json").done == [("a", "keep", 3)]
    assert source(api, "a") == stopped
