"""What another project, root or repository deployed is left to it, until somebody says that it is taken over."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cli.others import create, edit, source, there
from cli.project import Ended, Project
from proxy import Fault, Proxy, answers

Run = Callable[..., Ended]
UPSTREAM, FORK = ("--project", "upstream", "--format", "json"), ("--project", "fork", "--format", "json")
PRUNE = ("--prune", "--max-prune", "100%")


def keys_of(api: httpx.Client, project: str) -> set[str]:
    """What a project's ledger says is its own."""
    kept = api.get(f"/namespaces/system/kv/kestra-deployer.{project}.default")
    return {entry["name"] for entry in kept.json()["value"].get("entries", ())} if kept.status_code == 200 else set()


def told(ended: Ended, check: str = "adopt") -> list[str]:
    return [each["message"] for each in ended.report["problems"] if each["check"] == check]


def changes(ended: Ended) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in ended.report["plan"]["changes"]}


@pytest.fixture
def deployed(project: Project, deployer: Run, server: Proxy) -> Project:
    """A project `upstream` that deployed a and b; the current folder becomes a fork with the same files."""
    project.flow("a")
    project.flow("b")
    assert deployer("sync", *UPSTREAM).code == 0
    server.requests.clear()
    return project


class TestEqualTexts:
    """Both say the same: nothing is to be written, and nothing changes hands in silence."""

    def test_they_are_left_to_who_deployed_them_and_that_is_told(
        self, deployed: Project, deployer: Run, api: httpx.Client, server: Proxy
    ) -> None:
        deployed.flow("mine")
        ended = deployer("sync", *FORK)
        assert ended.code == 0
        assert told(ended) == [
            "2 flows were deployed by the project upstream, and are left to it: company.team/a, company.team/b"
        ]
        assert changes(ended)["a"]["reason"] == "left to the project upstream, which deployed it"
        assert (keys_of(api, "fork"), keys_of(api, "upstream")) == ({"mine"}, {"a", "b"})
        assert server.count("PUT /api/v1/main/namespaces/system/kv/kestra-deployer.upstream") == 0

    def test_a_fork_that_changes_or_removes_them_changes_and_deletes_nothing(
        self, deployed: Project, deployer: Run, api: httpx.Client
    ) -> None:
        deployed.flow("mine")
        deployer("sync", *FORK)
        deployed.flow("a", message="good day")
        deployed.remove("b")
        refused = deployer("sync", *FORK, *PRUNE)
        assert refused.code == 4
        assert changes(refused)["a"]["held"] == "deployed by the project upstream"
        kept = deployer("sync", *FORK, *PRUNE, "--on-drift", "keep")
        assert kept.code == 0
        assert (there(api), "hello" in source(api, "a")) == ({"a", "b", "mine"}, True)

    def test_they_are_taken_over_where_that_is_said(self, deployed: Project, deployer: Run, api: httpx.Client) -> None:
        plan = deployer("plan", *FORK, "--adopt")
        assert told(plan) == [
            "2 flows were deployed by the project upstream, and are taken over: company.team/a, company.team/b"
        ]
        assert keys_of(api, "upstream") == {"a", "b"}
        assert deployer("sync", *FORK, "--adopt").code == 0
        assert (keys_of(api, "fork"), keys_of(api, "upstream")) == ({"a", "b"}, set())
        assert told(deployer("sync", *FORK)) == []
        deployed.flow("a", message="good day")
        assert deployer("sync", *FORK).code == 0
        deployed.flow("a")
        assert deployer("sync", *UPSTREAM).code == 4
        assert "good day" in source(api, "a")


def test_what_is_taken_over_keeps_what_others_did_to_it_since(
    deployed: Project, deployer: Run, api: httpx.Client
) -> None:
    edited = edit(api, "a", "hello", "edited")
    deployed.flow("a", message="good day")
    deployed.flow("b", message="good day")
    refused = deployer("sync", *FORK, "--adopt")
    assert refused.code == 4
    assert changes(refused)["a"]["standing"] == "drifted"
    assert (changes(refused)["b"]["standing"], source(api, "a")) == ("ours", edited)
    assert deployer("sync", *FORK, "--adopt", "--on-drift", "overwrite").code == 0
    assert "good day" in source(api, "a")


def test_what_two_projects_deployed_is_not_deleted_by_one_of_them(
    deployed: Project, deployer: Run, api: httpx.Client
) -> None:
    deployed.flow("a", message="good day")
    assert deployer("sync", *FORK, "--on-drift", "overwrite").code == 0
    assert keys_of(api, "fork") >= {"a"}
    deployed.remove("a")
    ended = deployer("sync", *FORK, *PRUNE)
    assert ended.code == 0
    assert "the project upstream deployed it, too" in changes(ended)["a"]["reason"]
    assert (there(api), keys_of(api, "fork")) == ({"a", "b"}, set())


class TestOneName:
    """A fork has the name that is in the committed configuration: so who deployed is kept beside it."""

    @pytest.fixture
    def origin(self, project: Project) -> Callable[[str], None]:
        def called(address: str) -> None:
            subprocess.run(["git", "init", "--quiet"], cwd=project.root, check=True)
            subprocess.run(["git", "config", "remote.origin.url", address], cwd=project.root, check=True)

        return called

    def test_another_repository_neither_writes_nor_deletes(
        self, project: Project, deployer: Run, api: httpx.Client, server: Proxy, origin: Callable[[str], None]
    ) -> None:
        assert server.url
        project.write("kestra-deployer.yaml", "project: acme\n")
        origin("git@github.com:acme/flows.git")
        project.flow("a")
        project.flow("b")
        assert deployer("sync").code == 0
        origin("https://github.com/somebody/flows")
        project.flow("a", message="good day")
        project.remove("b")
        refused = deployer("sync", *PRUNE, "--format", "json")
        assert refused.code == 4
        assert changes(refused)["a"]["held"] == "deployed by the repository github.com/acme/flows"
        assert (there(api), keys_of(api, "acme")) == ({"a", "b"}, {"a", "b"})
        assert deployer("sync", "--adopt").code == 0
        origin("git@github.com:acme/flows.git")
        assert deployer("sync").code == 0  # what it says is left to the fork now
        assert changes(deployer("plan", "--format", "json"))["a"]["reason"].startswith("left to the repository")

    def test_another_folder_of_the_repository_neither_writes_nor_deletes(
        self, project: Project, deployer: Run, api: httpx.Client, server: Proxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert server.url
        subprocess.run(["git", "init", "--quiet"], cwd=project.root, check=True)
        for folder in ("one", "two"):
            Project(project.root / folder).write("kestra-deployer.yaml", "project: acme\n")
        one, two = (Project(project.root / folder) for folder in ("one", "two"))
        one.flow("a")
        two.flow("a", message="good day")
        monkeypatch.chdir(one.root)
        assert deployer("sync").code == 0
        monkeypatch.chdir(two.root)
        refused = deployer("sync", "--format", "json")
        assert refused.code == 4
        assert changes(refused)["a"]["held"] == "deployed by the folder `one` of this project"
        assert "hello" in source(api, "a")


def test_looking_at_others_costs_nothing_once_all_is_known(deployed: Project, deployer: Run, server: Proxy) -> None:
    assert deployed.root
    assert deployer("sync", *FORK, "--adopt").code == 0
    server.requests.clear()
    assert deployer("sync", *FORK).code == 0
    assert len(server.requests) == 4


@pytest.mark.parametrize("status", [403, 500])
def test_where_others_cannot_be_looked_at_that_is_told(
    project: Project, deployer: Run, api: httpx.Client, server: Proxy, status: int
) -> None:
    create(api, project.flow("a"))

    def fault(_: int, request: str) -> Fault | None:
        return answers(status, "{}") if request.rpartition("/")[2].startswith("kv") else None

    project.write("kestra-deployer.yaml", "retry: {attempts: 1}\n")
    with server.failing(fault):
        ended = deployer("sync", *FORK)
    assert ended.code == 0
    assert "whether another project deployed what is on the server is not known" in told(ended, "ledger")[0]


def test_a_broken_ledger_of_another_project_is_told_and_stops_nothing(
    deployed: Project, deployer: Run, api: httpx.Client, tmp_path: Path
) -> None:
    assert deployed.root == tmp_path
    api.put("/namespaces/system/kv/kestra-deployer.upstream.default", content=b'"spoilt"',
        headers={"content-type": "text/plain"}).raise_for_status()  # fmt: skip
    ended = deployer("sync", *FORK)
    assert ended.code == 0
    assert "not known" in told(ended, "ledger")[0]
