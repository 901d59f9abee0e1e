"""`sync --smoke --rollback`: where a smoke test fails, what the run wrote is put back, whatever networks do."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from cli.others import disable, edit, save_draft, source, there
from cli.project import HELLO, Ended, Project
from faults.changing import DEPLOYER, LONGEST
from faults.deploys import Halt, kill_at
from faults.faults import LASTING, UNTOLD, reset
from proxy import Fault, Passing, Proxy, pass_on

Run = Callable[..., Ended]
OURS = ("--project", "ours", "--prune", "--no-wait", "--format", "json")
SYNC = ("sync", "--smoke", "--rollback", *OURS)
SUITE = "id: works\nnamespace: company.team\nflowId: broken\ntestCases:\n  - id: once\n"
FAILS = "  - id: end\n    type: io.kestra.plugin.core.execution.Fail\n"
STARTED = "/executions/company.team/broken"


@pytest.fixture
def former(project: Project, server: Proxy, deployer: Run, api: httpx.Client) -> dict[str, str]:
    """The texts of what was deployed; since then one file is new, one gone, and two changed.

    Of these one breaks its flow, and an operator has stopped that of the other.
    """
    assert server.url
    for name in ("broken", "gone", "stopped", "kept", "more", "most"):
        project.flow(name)
    project.write("flows/broken.smoke.yaml", SUITE)
    assert deployer(*SYNC).code == 0
    disable(api, "stopped")
    project.write("flows/company.team/broken.yaml", HELLO.replace("id: hello", "id: broken") + FAILS)
    project.flow("stopped", "good day")
    project.flow("new")
    project.remove("gone")
    return texts(api)


def texts(api: httpx.Client) -> dict[str, str]:
    return {name: source(api, name) for name in there(api)}


def told(report: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["name"]: (each["action"], each["status"]) for each in report["rollback"]}


def to_do(deployer: Run) -> dict[str, tuple[str, str]]:
    """What the next plan would do; none of it is drift, which it would refuse."""
    ended = deployer("plan", "--project", "ours", "--prune", "--format", "json")
    assert ended.code == 0
    changes = [each for each in ended.report["plan"]["changes"] if each["action"] != "keep"]
    assert [each for each in changes if each["held"]] == []
    return {each["name"]: (each["action"], each["standing"]) for each in changes}


AGAIN = {
    "broken": ("update", "ours"),
    "stopped": ("update", "disabled"),
    "new": ("create", "absent"),
    "gone": ("prune", "ours"),
}
ALL = {
    "broken": ("revert", "done"),
    "stopped": ("revert", "done"),
    "new": ("delete", "done"),
    "gone": ("recreate", "done"),
}


def putting_back(name: str, fault: Fault) -> Callable[[int, str], Fault | None]:
    """A fault at each update of a flow but the first, which is the deploy's; without a name, at each creation."""
    written: list[str] = []
    method, path = ("PUT", f"/flows/company.team/{name}") if name else ("POST", "/flows")

    def choose(_: int, request: str) -> Fault | None:
        if request.startswith(method) and request.endswith(path):
            written.append(request)
        return fault if len(written) > 1 and request == written[-1] else None

    return choose


def interrupted(server: Proxy, chosen: Callable[[int, str], object]) -> dict[str, Any]:
    """The report of a run that is interrupted while a chosen request is under way."""
    halt = Halt(chosen, done=True)
    with server.failing(halt):
        command = [*DEPLOYER, *SYNC, "--report", "text=shown.txt"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert halt.reached.wait(LONGEST)
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):  # it waits for the answer, and has noticed by then
            process.wait(0.5)
        server.fault = lambda _, __: None
        halt.go.set()
        written, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 130
    report: dict[str, Any] = json.loads(written)
    return report


def test_what_was_written_is_put_back_and_the_next_plan_knows_it(
    deployer: Run, api: httpx.Client, former: dict[str, str]
) -> None:
    ended = deployer(*SYNC)
    assert ended.code == 6
    assert told(ended.report) == ALL
    assert texts(api) == former
    assert "disabled: true" in former["stopped"]
    assert to_do(deployer) == AGAIN
    assert deployer("drift", "--project", "ours", "--format", "json").code == 0
    shown = deployer(*SYNC[:-2])
    assert shown.code == 6
    assert "Rollback\n  ~ company.team/broken  put back, revision 5\n" in shown.stdout
    assert "0 smoke tests passed, 1 did not. Rollback: 2 put back, 1 deleted again, 1 restored." in shown.stdout
    assert texts(api) == former


def test_an_edit_in_between_is_left_and_named(
    server: Proxy, deployer: Run, api: httpx.Client, former: dict[str, str]
) -> None:
    def meanwhile(request: Passing) -> None:
        edit(api, "stopped", "good day", "edited")
        pass_on(request)

    with server.failing(lambda _, each: meanwhile if each.startswith("POST") and STARTED in each else None):
        ended = deployer(*SYNC)
    assert ended.code == 6
    assert told(ended.report) == {**ALL, "stopped": ("revert", "left")}
    [left] = [each["message"] for each in ended.report["rollback"] if each["status"] == "left"]
    assert left.startswith("it was edited on the server since this run wrote it, as revision ")
    now = texts(api)
    assert "edited" in now.pop("stopped")
    assert now == {name: text for name, text in former.items() if name != "stopped"}
    assert deployer("plan", "--project", "ours", "--detailed-exitcode", "--format", "json").code == 4


def test_what_another_run_of_the_same_files_was_faster_with_is_left_to_it(
    server: Proxy, deployer: Run, api: httpx.Client, former: dict[str, str]
) -> None:
    """The other run begins and ends after this one has looked for the last time, and before its first write."""
    others: list[int] = []
    after: dict[str, str] = {}

    def overtaken(request: Passing) -> None:
        server.fault = lambda _, __: None
        others.append(subprocess.run([*DEPLOYER, "sync", *OURS], stdout=subprocess.PIPE, check=False).returncode)
        after.update(texts(api))
        pass_on(request)

    with server.failing(lambda _, each: overtaken if each.startswith("PUT") and "/kv/" in each else None):
        ended = deployer(*SYNC)
    assert (ended.code, others) == (6, [0])
    assert {each["name"]: (each["status"], each["message"]) for each in ended.report["rollback"]} == {
        "broken": ("left", "another user wrote this text, before this run did"),
        "stopped": ("left", "another user wrote this text, before this run did"),
        "new": ("left", "another user created it with this text, before this run could"),
        "gone": ("left", "another user deleted it, before this run could"),
    }
    assert {each for each in ALL if after.get(each) == former.get(each)} == set()
    assert texts(api) == after
    assert to_do(deployer) == {}


@pytest.mark.parametrize("name", ["500", "no JSON", "401", "HTML after"])
def test_a_write_that_fails_is_looked_up_and_the_ledger_knows_both_texts(
    server: Proxy, deployer: Run, api: httpx.Client, former: dict[str, str], name: str
) -> None:
    done = LASTING[name] is UNTOLD
    with server.failing(putting_back("broken", LASTING[name])):
        ended = deployer(*SYNC)
    assert ended.code == (6 if done else 5)
    assert told(ended.report)["broken"] == ("revert", "done" if done else "failed")
    put_back = {each for each, (_, status) in told(ended.report).items() if status == "done"}
    now = texts(api)
    assert {each for each in AGAIN if now.get(each) == former.get(each)} == put_back
    assert to_do(deployer) == {each: AGAIN[each] for each in put_back}
    assert all(each["message"] for each in ended.report["rollback"] if each["status"] in ("failed", "skipped"))
    assert deployer("drift", "--project", "ours", "--format", "json").code == 0


@pytest.mark.one_version("2.0")
def test_a_server_that_goes_away_while_it_is_put_back_is_told(
    project: Project, server: Proxy, deployer: Run, former: dict[str, str]
) -> None:
    project.write("kestra-deployer.yaml", "retry: {attempts: 2}\n")
    gone: list[str] = []
    back = putting_back("stopped", reset)

    def since(at: int, request: str) -> Fault | None:
        gone.extend([request] if back(at, request) else [])
        return reset if gone else None

    with server.failing(since):
        ended = deployer(*SYNC)
    assert ended.code == 5
    assert told(ended.report)["stopped"] == ("revert", "failed")
    assert {status for _, status in told(ended.report).values()} <= {"done", "failed", "skipped"}
    assert "could not be recorded" in ended.report["problems"][-1]["message"]
    assert former
    assert set(to_do(deployer)) <= set(AGAIN)


@pytest.mark.parametrize("done", [False, True])
def test_a_rollback_that_is_killed_is_no_drift_for_the_next_run(
    server: Proxy, deployer: Run, api: httpx.Client, former: dict[str, str], *, done: bool
) -> None:
    """Before the first text is written back, and after it: what was put back is as before, the rest as deployed."""
    assert kill_at(server, putting_back("stopped", reset), done=done, command=SYNC) == ""
    now = texts(api)
    assert now["gone"] == former["gone"]
    assert (now["stopped"] == former["stopped"]) is done
    assert to_do(deployer).items() <= AGAIN.items()
    assert deployer("drift", "--project", "ours", "--format", "json").code == 0
    assert deployer("sync", *OURS).code == 0
    assert "disabled: true" in source(api, "stopped")
    assert to_do(deployer) == {}


@pytest.mark.one_version
def test_an_interrupt_ends_it_after_what_is_in_flight(server: Proxy, api: httpx.Client, former: dict[str, str]) -> None:
    report = interrupted(server, putting_back("", pass_on))
    assert told(report) == {name: (way, "done" if name == "gone" else "skipped") for name, (way, _) in ALL.items()}
    messages = {each["message"] for each in report["rollback"] if each["status"] == "skipped"}
    assert messages == {"interrupted"}
    now = texts(api)
    assert {each for each in ALL if now.get(each) == former.get(each)} == {"gone"}


@pytest.mark.one_version
def test_an_interrupt_before_it_begins_leaves_what_was_written(
    project: Project, server: Proxy, api: httpx.Client, former: dict[str, str]
) -> None:
    report = interrupted(server, lambda _, each: pass_on if each.startswith("POST") and STARTED in each else None)
    assert report["rollback"] is None
    assert "Nothing was put back: what was written stands." in (project.root / "shown.txt").read_text()
    assert {each for each in ALL if texts(api).get(each) == former.get(each)} == set()


@pytest.mark.one_version("2.0")
def test_a_draft_beside_a_text_is_there_again(deployer: Run, api: httpx.Client, former: dict[str, str]) -> None:
    draft = save_draft(api, "broken", "hello", "a draft")
    ended = deployer(*SYNC)
    assert ended.code == 6
    assert told(ended.report) == ALL
    newest = api.get("/flows/company.team/broken", params={"source": "true"}).json()
    assert (newest["source"], newest["draft"]) == (draft, True)
    texts_that_run = zipfile.ZipFile(io.BytesIO(api.get("/flows/export/by-query").content))
    assert texts_that_run.read("company.team-broken.yml").decode() == former["broken"]
    assert to_do(deployer) == AGAIN


def test_without_smoke_tests_it_is_a_mistake(project: Project, deployer: Run) -> None:
    project.flow("a")
    ended = deployer("sync", "--rollback")
    assert ended.code == 2
    assert "--rollback is about smoke tests that fail, and none would be run" in ended.stderr
    assert "hint: give --smoke, too" in ended.stderr
