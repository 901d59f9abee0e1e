"""`kestra-deployer trial` on the real engine: what it judges, and that nothing of it is left."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from cli.others import create
from cli.project import HELLO, Ended, Project
from proxy import Proxy
from trial.found import Found, executions, flows, keys
from turns import versions

from deployer.engine.process.launch import RunningEngine

Trial = Callable[..., Found]
Run = Callable[..., Ended]


@versions("1.0", "1.3", "2.0")
def test_an_engine_of_every_version_keeps_every_promise_and_nothing_is_left(
    any_engine: RunningEngine, trial: Trial, api: httpx.Client, server: Proxy
) -> None:
    create(api, HELLO)
    found = trial()
    assert found.steps("broken") == []
    assert found.code == 0
    assert found.steps("not-judged") == ([] if any_engine.version.name == "2.0" else ["draft"])
    assert found.document["server"]["version"] == any_engine.version.engine
    assert flows(api) == {"company.team/hello"}
    assert executions(api, server) == set()
    assert any(asked.startswith("PUT") and "/kv/" in asked for asked in server.requests)
    assert keys(api, server) == set()


@pytest.mark.one_version
def test_a_trial_writes_to_its_own_namespace_alone(trial: Trial, server: Proxy) -> None:
    assert trial().code == 0
    written = [asked for asked in server.requests if asked.startswith(("PUT", "POST", "DELETE"))]
    elsewhere = [
        asked
        for asked in written
        if "/kestra-deployer.trial." not in asked
        and not asked.endswith(("/flows", "/flows/validate", "/flows/disable/by-ids"))
        and "/executions/" not in asked
    ]
    assert elsewhere == []


def test_read_only_writes_nothing(trial: Trial, server: Proxy, api: httpx.Client) -> None:
    create(api, HELLO)
    found = trial("--read-only")
    assert found.code == 0
    assert found.steps("kept") == ["reads"]
    assert {each["step"] for each in found.document["promises"]} == {"reads"}
    assert server.count("PUT", "DELETE") == 0
    assert {asked.rpartition("/")[2] for asked in server.requests if asked.startswith("POST")} == {"validate"}


@pytest.mark.one_version("2.0")
def test_where_there_are_no_flows_yet_the_export_is_judged_after_they_were_made(trial: Trial) -> None:
    found = trial()
    assert found.of("of the flows that the search finds").startswith("not-judged: the search finds no flows yet")
    assert found.of("the export and the search contain all of them") == "kept: "
    assert found.code == 0


def test_what_others_have_in_the_namespace_is_left_alone(trial: Trial, api: httpx.Client) -> None:
    create(api, HELLO)
    execution = api.post("/executions/company.team/hello").raise_for_status().json()["id"]
    api.put("/namespaces/company.team/kv/theirs", content="1", headers={"Content-Type": "text/plain"})
    api.delete("/flows/company.team/hello").raise_for_status()
    found = trial("--namespace", "company.team")
    assert (found.code, found.document["namespace"]) == (0, "company.team")
    assert api.get("/namespaces/company.team/kv/theirs").json()["value"] == 1
    assert executions(api) == {execution}
    assert flows(api) == set()


def test_a_namespace_that_holds_flows_is_refused(trial: Trial, api: httpx.Client, server: Proxy) -> None:
    create(api, HELLO)
    found = trial("--namespace", "company.team")
    assert found.code == 2
    assert "has flows" in found.document["error"]["message"]
    assert server.count("PUT", "POST", "DELETE") == 0


@pytest.mark.parametrize(("name", "reason"), [("Company", "not a valid namespace"), ("system", "is protected")])
def test_a_namespace_that_cannot_be_is_refused(project: Project, deployer: Run, name: str, reason: str) -> None:
    assert project.root.is_dir()
    ended = deployer("trial", "--host", "http://127.0.0.1:9", "--namespace", name)
    assert ended.code == 2
    assert reason in ended.stderr


def test_a_server_that_is_not_there_could_not_be_tried(project: Project, deployer: Run) -> None:
    assert project.root.is_dir()
    ended = deployer("trial")
    assert (ended.code, ended.stdout) == (2, "")
    assert "no Kestra host is configured" in ended.stderr


@pytest.mark.one_version("2.0")
@pytest.mark.usefixtures("server")
def test_it_says_what_it_will_write_and_each_promise_as_a_line(deployer: Run, server: Proxy) -> None:
    ended = deployer("trial")
    assert ended.code == 0
    assert f"About to write to {server.url}" in ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0].startswith(f"{server.url} · Kestra ")
    assert sum(line.startswith("  ✓ ") for line in lines) >= 23
    assert lines[-1].partition(" promises kept, ")[2].startswith("0 broken")
