"""`--prune` where the run sees only a part: a folder, an empty checkout, another root, a search with holes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cli.others import edit, there
from cli.project import HELLO, Ended, Project
from proxy import Fault, Passing, Proxy, answers, pass_on

Run = Callable[..., Ended]
OURS = ("--project", "ours")
PRUNE = (*OURS, "--prune", "--format", "json")

pytestmark = pytest.mark.usefixtures("server")


def flow(name: str) -> str:
    return HELLO.replace("id: hello", f"id: {name}")


def held(ended: Ended) -> dict[str, str]:
    """Why each flow that would have been deleted was not."""
    return {each["name"]: each["held"] for each in ended.report["plan"]["changes"] if each["action"] == "prune"}


@pytest.fixture
def deployed(project: Project, deployer: Run) -> Project:
    """A project that deployed x and y from one folder, z and eight more from another."""
    for name, folder in (("x", "a"), ("y", "a"), ("z", "b"), *((f"more{n}", "b") for n in range(8))):
        project.write(f"flows/{folder}/{name}.yaml", flow(name))
    assert deployer("sync", *OURS).code == 0
    return project


def move(project: Project, old: str, new: str) -> None:
    (project.root / new).parent.mkdir(parents=True, exist_ok=True)
    (project.root / old).rename(project.root / new)


def test_a_flow_whose_file_moved_is_declared_by_the_other_folder(
    deployed: Project, deployer: Run, api: httpx.Client
) -> None:
    move(deployed, "flows/a/x.yaml", "flows/b/x.yaml")
    assert held(deployer("sync", "flows/a", *PRUNE)) == {"x": "flows/b/x.yaml declares it"}
    assert deployer("sync", "flows/b", *OURS).code == 0
    assert deployer("sync", "flows/a", *PRUNE).done == [("y", "keep", 1)]
    assert {"x", "y", "z"} <= there(api)


@pytest.mark.parametrize(
    "name", ["flows/a/x.YAML", "flows/a/.x.yaml", ".hidden/x.yml", "flows/a/x.yaml.bak", "elsewhere/X.Yml"]
)
def test_a_file_that_a_run_does_not_read_declares_its_flow_all_the_same(
    deployed: Project, deployer: Run, api: httpx.Client, name: str
) -> None:
    move(deployed, "flows/a/x.yaml", name)
    assert held(deployer("sync", *PRUNE)) == {"x": f"{name} declares it"}
    assert "x" in there(api)


def test_a_file_that_names_a_flow_and_cannot_be_read_may_declare_it(deployed: Project, deployer: Run) -> None:
    deployed.write("drafts/x.yaml", flow("x") + "  bad: [\n")
    (deployed.root / "flows/a/x.yaml").unlink()
    assert held(deployer("sync", *PRUNE)) == {"x": "drafts/x.yaml names it, but cannot be read"}


@pytest.mark.parametrize("more", [(), ("--max-prune", "100%")])
def test_a_folder_without_any_flow_is_no_reason_to_delete(
    deployed: Project, deployer: Run, api: httpx.Client, more: tuple[str, ...]
) -> None:
    before = there(api)
    for file in (deployed.root / "flows").rglob("*.yaml"):
        file.unlink()
    ended = deployer("sync", *PRUNE, *more)
    assert set(held(ended).values()) == {"nothing at all was found: an empty folder is no reason to delete"}
    assert there(api) == before


def test_a_small_project_loses_one_flow_at_a_time(deployed: Project, deployer: Run, api: httpx.Client) -> None:
    for name in ("x", "y", "z"):
        next((deployed.root / "flows").rglob(f"{name}.yaml")).unlink()
    ended = deployer("sync", *PRUNE)
    assert set(held(ended).values()) == {"3 of 11 would be deleted, and --max-prune allows 2"}
    assert {"x", "y", "z"} <= there(api)
    assert deployer("sync", *PRUNE, "--max-prune", "3").code == 0
    assert not {"x", "y", "z"} & there(api)


def git(project: Project, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=project.root, check=True, capture_output=True)


@pytest.mark.parametrize("named", ["", "project: ours\n"])
def test_two_roots_in_one_repository_delete_nothing_of_each_other(
    project: Project, deployer: Run, api: httpx.Client, named: str
) -> None:
    git(project, "init")
    git(project, "remote", "add", "origin", "https://example.com/acme/flows.git")
    for root in ("a", "b"):
        project.write(f"{root}/kestra-deployer.yaml", named or "timeout: 30\n")
        for number in range(3):
            project.write(f"{root}/flows/{root}{number}.yaml", flow(f"{root}{number}"))
    for _ in range(2):
        for root in ("a", "b"):
            prune = ("--config", f"{root}/kestra-deployer.yaml", "--prune", "--max-prune", "100%")
            assert deployer("sync", f"{root}/flows", *prune).code == 0
    assert there(api) == {f"{root}{number}" for root in ("a", "b") for number in range(3)}


def missing(name: str) -> Callable[[int, str], Fault | None]:
    """Leave a flow out of every search and export."""

    def without(request: Passing) -> None:
        with request.passed() as answer:
            body = answer.read().replace(f'"id":"{name}"'.encode(), b'"id":"somebody"')
            request.begin(answer)
            if answer.getheader("Content-Length") is None:
                request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)

    def fault(_: int, asked: str) -> Fault | None:
        if "/flows/search" in asked:
            return without
        return answers(500) if "/flows/export" in asked else None

    return fault


def test_what_a_search_missed_is_not_gone(deployed: Project, deployer: Run, api: httpx.Client, server: Proxy) -> None:
    (deployed.root / "flows/a/x.yaml").unlink()
    with server.failing(missing("x")):
        ended = deployer("sync", *PRUNE)
    assert held(ended)["x"].startswith("who calls it is not known, as the server gave no export")
    assert "x" in there(api)
    assert ("x", "prune", None) in deployer("sync", *PRUNE).done


@pytest.mark.parametrize("answer", [500, 503, 404])
def test_what_could_not_be_read_is_not_gone_and_stays_ours(
    deployed: Project, deployer: Run, api: httpx.Client, server: Proxy, answer: int
) -> None:
    deployed.write("kestra-deployer.yaml", "retry: {attempts: 1}\n")
    (deployed.root / "flows/a/x.yaml").unlink()
    search = missing("x")

    def fault(number: int, asked: str) -> Fault | None:
        if asked.startswith("GET") and asked.partition("?")[0].endswith("/flows/company.team/x"):
            return answers(answer, "no way to Kestra", "text/plain")
        return search(number, asked)

    with server.failing(fault):
        ended = deployer("sync", *PRUNE)
    told = {each["name"]: each["reason"] for each in ended.report["plan"]["changes"]}
    assert told.get("x", "").startswith("whether it is there is not known") or ended.code == 3
    assert "x" in there(api)
    assert ("x", "prune", None) in deployer("sync", *PRUNE).done


def test_what_somebody_changed_since_the_plan_was_made_is_not_deleted(
    deployed: Project, deployer: Run, api: httpx.Client, server: Proxy
) -> None:
    (deployed.root / "flows/a/x.yaml").unlink()
    deployed.write("flows/a/y.yaml", flow("y").replace("hello", "good day"))
    done: list[Any] = []

    def meanwhile(request: Passing) -> None:
        done.append(edit(api, "x", "hello", "theirs"))
        pass_on(request)

    def fault(_: int, asked: str) -> Fault | None:
        return meanwhile if asked.startswith("PUT") and asked.endswith("/flows/company.team/y") else None

    with server.failing(fault):
        ended = deployer("sync", *PRUNE)
    assert done
    assert ended.code == 5
    [outcome] = [each for each in ended.report["outcomes"] if each["name"] == "x"]
    assert outcome["message"] == "company.team/x was changed meanwhile, as revision 2: it is not deleted"
    assert "x" in there(api)
