"""Where the ledger is kept, and what becomes of a deploy without it, or with somebody else at work."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cli.others import edit, source, there
from cli.project import Ended, Project
from proxy import Fault, Proxy, answers

Run = Callable[..., Ended]
OURS = ("--project", "ours")
KEY = "/namespaces/system/kv/kestra-deployer.ours.default"

pytestmark = pytest.mark.usefixtures("server")


def kept(api: httpx.Client) -> dict[str, Any]:
    value: dict[str, Any] = api.get(KEY).raise_for_status().json()["value"]
    return value


def test_it_says_what_was_deployed_from_where_and_by_whom(
    project: Project, deployer: Run, api: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI_JOB_URL", "https://ci/1")
    monkeypatch.delenv("GITHUB_RUN_ID", raising=False)
    project.flow("a")
    deployer("sync", *OURS)
    [entry] = kept(api)["entries"]
    assert (entry["namespace"], entry["name"], entry["revision"]) == ("company.team", "a", 1)
    assert (entry["file"], entry["by"]) == ("flows/company.team/a.yaml", "https://ci/1")
    assert not kept(api).get("pending")


def test_reading_all_of_it_takes_four_requests_when_nothing_has_changed(
    project: Project, deployer: Run, server: Proxy
) -> None:
    for number in range(12):
        project.flow(f"f{number}", namespace=f"company.team{number % 3}")
    deployer("sync", *OURS)
    server.requests.clear()
    assert deployer("sync", *OURS).code == 0
    assert len(server.requests) == 4
    assert server.count("POST", "PUT", "DELETE") == 0


@pytest.mark.one_version("2.0")
def test_the_project_is_called_what_the_git_origin_is(project: Project, deployer: Run, api: httpx.Client) -> None:
    for command in (["init", "--quiet"], ["remote", "add", "origin", "git@github.com:acme/flows.git"]):
        subprocess.run(["git", *command], cwd=project.root, check=True)
    project.flow("a")
    deployer("sync")
    name = "kestra-deployer.github-com-acme-flows-17ba9aa5.default"  # with a hash of `github.com/acme/flows`
    assert api.get(f"/namespaces/system/kv/{name}").json()["value"]["project"] == "github.com/acme/flows"


@pytest.mark.one_version("2.0")
def test_it_may_be_kept_in_a_file(project: Project, deployer: Run, api: httpx.Client) -> None:
    project.write("kestra-deployer.yaml", "project: ours\nledger: file:state/ledger.json\n")
    project.flow("a")
    assert deployer("sync").code == 0
    data = json.loads((project.root / "state/ledger.json").read_text())
    assert [each["name"] for each in data["entries"]] == ["a"]
    edit(api, "a", "hello", "edited")
    assert deployer("sync").code == 4


def test_without_one_what_differs_is_written_over(project: Project, deployer: Run, api: httpx.Client) -> None:
    project.write("kestra-deployer.yaml", "project: ours\nledger: none\n")
    text = project.flow("a")
    deployer("sync")
    edit(api, "a", "hello", "edited")
    ended = deployer("sync", "--format", "json")
    assert ended.code == 0
    assert source(api, "a") == text
    [told] = ended.report["problems"]
    assert (told["severity"], told["message"].partition(":")[0]) == ("notice", "`ledger")
    drift = deployer("drift")
    assert (drift.code, "that is not recorded" in drift.stderr) == (2, True)


def test_a_project_that_nothing_names_is_called_after_its_folder_and_protected(
    project: Project, deployer: Run, api: httpx.Client
) -> None:
    project.flow("a")
    first = deployer("sync", "--format", "json")
    [told] = first.report["problems"]
    assert (told["check"], told["severity"]) == ("project-name", "notice")
    assert project.root.name in told["message"]
    edited = edit(api, "a", "hello", "edited")
    project.flow("a", message="good day")
    assert deployer("sync").code == 4
    assert source(api, "a") == edited
    assert deployer("drift").code == 11
    refused = deployer("sync", "--prune")
    assert (refused.code, "only its folder names this one" in refused.stderr) == (2, True)


@pytest.mark.one_version("2.0")
def test_without_a_git_program_a_project_has_the_same_name(
    project: Project, deployer: Run, api: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in (["init", "--quiet"], ["remote", "add", "origin", "git@github.com:acme/flows.git"]):
        subprocess.run(["git", *command], cwd=project.root, check=True)
    project.flow("a")
    assert deployer("sync").code == 0
    edit(api, "a", "hello", "edited")
    project.flow("a", message="good day")
    monkeypatch.setenv("PATH", str(project.root / "nothing"))
    assert deployer("sync").code == 4


GONE = {"as Kestra says it": answers(404, "{}"), "a gateway's": answers(404, "no way", "text/plain")}


@pytest.mark.parametrize("page", GONE)
def test_a_ledger_that_seems_empty_a_moment_later_ends_the_run_with_nothing_written(
    project: Project, deployer: Run, server: Proxy, api: httpx.Client, page: str
) -> None:
    before = project.flow("a")
    deployer("sync", *OURS)
    project.flow("a", message="good day")
    looks = []

    def gone(_: int, asked: str) -> Fault | None:
        if not (asked.startswith("GET") and "/kv/" in asked):
            return None
        looks.append(asked)
        return GONE[page] if looks[1:] else None

    with server.failing(gone):
        ended = deployer("sync", *OURS)
    assert ended.code in (3, 4)
    assert source(api, "a") == before


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_where_the_account_may_not_use_it_the_run_goes_on_and_says_what_that_costs(
    project: Project, deployer: Run, server: Proxy, api: httpx.Client, method: str
) -> None:
    text = project.flow("a")

    with server.failing(lambda _, asked: answers(403) if asked.startswith(method) and "/kv/" in asked else None):
        ended = deployer("sync", *OURS, "--format", "json")
    assert ended.code == 0
    assert source(api, "a") == text
    [told] = ended.report["problems"]
    assert (told["check"], told["severity"]) == ("ledger", "warning")
    verb = "read" if method == "GET" else "write"
    assert f"does not let us {verb} the key kestra-deployer.ours.default of the namespace system" in told["message"]
    assert "`ledger:`" in told["hint"]


@pytest.mark.one_version("2.0")
@pytest.mark.parametrize(
    "content", ["[", "[]", "null", "{}", '{"format": 99}', '{"format": 1, "entries": [{"kind": "flow"}]}']
)
def test_what_is_no_ledger_is_said_to_be_none_and_nothing_is_written(
    project: Project, deployer: Run, server: Proxy, content: str
) -> None:
    project.write("kestra-deployer.yaml", "project: ours\nledger: file:ledger.json\n")
    project.write("ledger.json", content)
    project.flow("a")
    ended = deployer("sync")
    assert ended.code == 3
    assert "ledger" in ended.stderr
    assert server.count("POST", "PUT", "DELETE") == 0
    assert (project.root / "ledger.json").read_text() == content


def test_who_is_at_work_is_told(project: Project, deployer: Run, api: httpx.Client) -> None:
    project.flow("a")
    deployer("sync", *OURS)
    ledger = {**kept(api), "lease": {"by": "ann", "until": "2999-01-01T00:00:00+00:00"}}
    api.put(KEY, content=json.dumps(ledger), headers={"Content-Type": "text/plain"}).raise_for_status()
    ended = deployer("sync", *OURS, "--format", "json")
    assert ended.code == 0
    assert ["ann is deploying this project too" in each["message"] for each in ended.report["problems"]] == [True]


def test_a_deploy_that_is_killed_is_finished_by_the_next(project: Project, deployer: Run, api: httpx.Client) -> None:
    project.write("kestra-deployer.yaml", "project: ours\nconcurrency: 1\n")
    for number in range(150):
        project.flow(f"f{number:03}")
    process = subprocess.Popen([sys.executable, "-m", "deployer", "sync"], cwd=project.root)
    while len(there(api)) < 5:
        assert process.poll() is None
    process.kill()
    process.wait()
    assert len(there(api)) < 150
    assert len(kept(api)["pending"]) == 150
    ended = deployer("sync", "--format", "json")
    assert ended.code == 0
    assert {revision for _, _, revision in ended.done} == {1}
    assert len(kept(api)["entries"]) == 150
    assert {action for _, action, _ in deployer("sync", "--format", "json").done} == {"keep"}


@pytest.mark.one_version("2.0")
@pytest.mark.parametrize(
    "name",
    [
        {"namespace": "/elsewhere", "name": "pwn"},
        {"namespace": "ok.ns", "name": "../../../pwn"},
        {"namespace": "ok.ns", "name": "a\nb"},
        {"namespace": "ok.ns", "name": "-o"},
    ],
    ids=["a root", "a way up", "a line", "an option"],
)
def test_a_ledger_with_a_name_that_kestra_would_refuse_is_none(
    project: Project, deployer: Run, api: httpx.Client, server: Proxy, name: dict[str, str]
) -> None:
    project.flow("a")
    assert deployer("sync", *OURS).code == 0
    spoilt = kept(api)
    spoilt["entries"].append(spoilt["entries"][0] | name)
    api.put(KEY, content=json.dumps(spoilt), headers={"content-type": "text/plain"}).raise_for_status()
    server.requests.clear()
    ended = deployer("sync", *OURS, "--prune", "--max-prune", "100%")
    assert (ended.code, "does not hold a ledger" in ended.stderr) == (3, True)
    assert server.count("PUT", "DELETE") == 0
