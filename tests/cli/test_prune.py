"""`--prune` against the real engine: only ours, only what no file declares, last, and guarded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cli.others import create, disable, edit, source, there
from cli.project import HELLO, Ended, Project
from proxy import Proxy

Run = Callable[..., Ended]
OURS = ("--project", "ours")

pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def deployed(project: Project, deployer: Run, api: httpx.Client, server: Proxy) -> Project:
    """A project that deployed a and b, beside a flow of others."""
    assert server.url
    create(api, HELLO.replace("id: hello", "id: theirs"))
    project.flow("a")
    project.flow("b")
    assert deployer("sync", *OURS).code == 0
    project.remove("b")
    return project


def held(ended: Ended, name: str) -> str:
    return str({each["name"]: each for each in ended.report["plan"]["changes"]}[name]["held"])


@pytest.mark.usefixtures("deployed")
def test_nothing_is_deleted_unless_asked_for(deployer: Run, api: httpx.Client) -> None:
    assert deployer("sync", *OURS).code == 0
    assert there(api) == {"a", "b", "theirs"}


@pytest.mark.usefixtures("deployed")
def test_what_no_file_declares_any_more_is_deleted_and_nothing_else(deployer: Run, api: httpx.Client) -> None:
    ended = deployer("sync", *OURS, "--prune", "--format", "json")
    assert ended.code == 0
    assert ended.done == [("a", "keep", 1), ("b", "prune", None)]
    assert there(api) == {"a", "theirs"}
    assert deployer("sync", *OURS, "--prune", "--format", "json").done == [("a", "keep", 1)]


def test_what_calls_another_is_deleted_before_it(project: Project, deployer: Run, server: Proxy) -> None:
    project.flow("a")
    project.flow("stays")
    call = "    type: io.kestra.plugin.core.flow.Subflow\n    namespace: company.team\n    flowId: a\n"
    project.write("flows/company.team/b.yaml", HELLO.replace("id: hello", "id: b") + f"  - id: call\n{call}")
    assert deployer("sync", *OURS).code == 0
    project.remove("a")
    project.remove("b")
    assert deployer("sync", *OURS, "--prune", "--max-prune", "2").code == 0
    deletions = [request.rpartition("/")[2] for request in server.requests if request.startswith("DELETE")]
    assert deletions == ["b", "a"]


@pytest.mark.usefixtures("deployed")
def test_what_a_later_deployer_deployed_of_another_kind_stays_ours(deployer: Run, api: httpx.Client) -> None:
    key = "/namespaces/system/kv/kestra-deployer.ours.default"
    ledger = api.get(key).raise_for_status().json()["value"]
    other = {**ledger["entries"][0], "kind": "namespace-file", "name": "script.py", "file": "flows/script.py"}
    kept = json.dumps({**ledger, "entries": [*ledger["entries"], other]})
    api.put(key, content=kept, headers={"Content-Type": "text/plain"}).raise_for_status()
    assert deployer("sync", *OURS, "--prune", "--format", "json").done == [("a", "keep", 1), ("b", "prune", None)]
    entries = api.get(key).raise_for_status().json()["value"]["entries"]
    assert [(each["kind"], each["name"]) for each in entries] == [("flow", "a"), ("namespace-file", "script.py")]


@pytest.mark.usefixtures("deployed")
def test_what_is_deleted_is_kept_beside(project: Project, deployer: Run, api: httpx.Client) -> None:
    text = source(api, "b")
    report = deployer("sync", *OURS, "--prune", "--format", "json").report
    [file] = (file for file in Path(report["deleted_texts"]).rglob("*") if file.is_file())
    assert file.read_text() == text
    assert file.relative_to(report["deleted_texts"]).as_posix() == "flow/company.team/b.yaml"
    assert (project.root / ".kestra-deployer/deleted/.gitignore").is_file()
    assert deployer("sync", *OURS, "--prune", "--format", "json").report["deleted_texts"] is None


def test_where_that_cannot_be_kept_nothing_is_written(
    deployed: Project, deployer: Run, api: httpx.Client, server: Proxy
) -> None:
    deployed.flow("a", message="changed")
    deployed.write("taken", "a file")
    server.requests.clear()
    ended = deployer("sync", *OURS, "--prune", "--backup", "taken/deleted")
    assert ended.code == 2
    assert "--backup" in ended.stderr
    assert server.count("PUT", "DELETE") == 0
    assert there(api) == {"a", "b", "theirs"}


@pytest.mark.usefixtures("deployed")
def test_what_an_operator_stopped_may_go(deployer: Run, api: httpx.Client) -> None:
    disable(api, "b")
    held_back = deployer("sync", *OURS, "--prune", "--on-disabled", "refuse", "--format", "json")
    assert held(held_back, "b") == "it was disabled on the server"
    assert deployer("sync", *OURS, "--prune").code == 0
    assert there(api) == {"a", "theirs"}


@pytest.mark.usefixtures("deployed")
def test_what_was_edited_since_is_kept_where_edits_are(deployer: Run, api: httpx.Client) -> None:
    edit(api, "b", "hello", "edited")
    for _ in range(2):
        ended = deployer("sync", *OURS, "--prune", "--on-drift", "keep", "--format", "json")
        assert ended.code == 0
        assert ended.done == [("a", "keep", 1), ("b", "keep", 2)]
    assert there(api) == {"a", "b", "theirs"}


@pytest.mark.usefixtures("deployed")
def test_another_project_deletes_nothing_of_ours(deployer: Run, api: httpx.Client) -> None:
    deployer("sync", "--project", "other", "--on-drift", "overwrite", "--prune")
    assert there(api) == {"a", "b", "theirs"}


def test_what_lay_elsewhere_is_left_alone(deployed: Project, deployer: Run, api: httpx.Client) -> None:
    deployed.write("more/c.yaml", HELLO.replace("id: hello", "id: c"))
    assert deployer("sync", "more", *OURS, "--prune").code == 0
    assert there(api) == {"a", "b", "c", "theirs"}


def test_a_broken_file_holds_everything(deployed: Project, deployer: Run, api: httpx.Client) -> None:
    deployed.write("flows/broken.yaml", "id: [\n")
    ended = deployer("sync", *OURS, "--prune", "--keep-going", "--format", "json")
    assert "could not be read" in held(ended, "b")
    assert there(api) == {"a", "b", "theirs"}


@pytest.mark.usefixtures("deployed")
def test_what_the_server_refuses_is_declared_all_the_same(project: Project, deployer: Run, api: httpx.Client) -> None:
    text = project.flow("a")
    project.write("flows/company.team/a.yaml", text.replace("core.log.Log", "nowhere.Nothing"))
    ended = deployer("sync", *OURS, "--prune", "--keep-going", "--format", "json")
    assert ended.code in (1, 5)
    assert held(ended, "a") == held(ended, "b") == "a file could not be read or was refused, and may declare it"
    assert there(api) == {"a", "b", "theirs"}


def test_an_ignored_file_holds_its_flow(deployed: Project, deployer: Run, api: httpx.Client) -> None:
    deployed.flow("b")
    deployed.write("kestra-deployer.yaml", "ignore: ['flows/company.team/b.yaml']\n")
    ended = deployer("sync", *OURS, "--prune", "--format", "json")
    assert held(ended, "b") == "flows/company.team/b.yaml declares it"
    assert "b" in there(api)


@pytest.mark.usefixtures("deployed")
def test_the_guard_holds_more_than_is_allowed(deployer: Run, api: httpx.Client) -> None:
    ended = deployer("sync", *OURS, "--prune", "--max-prune", "0", "--format", "json")
    assert "--max-prune allows 0" in held(ended, "b")
    assert "b" in there(api)
    assert deployer("sync", *OURS, "--prune", "--max-prune", "50%").code == 0
    assert "b" not in there(api)


@pytest.mark.usefixtures("deployed")
def test_what_was_edited_since_is_not_deleted(deployer: Run, api: httpx.Client) -> None:
    edit(api, "b", "hello", "edited")
    ended = deployer("sync", *OURS, "--prune", "--format", "json")
    assert "edited" in held(ended, "b")
    assert "b" in there(api)


def test_without_a_project_or_a_ledger_it_is_refused(project: Project, deployer: Run) -> None:
    project.flow("a")
    assert deployer("sync", "--prune").code == 2
    project.write("kestra-deployer.yaml", "project: ours\nledger: none\n")
    ended = deployer("sync", "--prune")
    assert (ended.code, "no ledger" in ended.stderr) == (2, True)
    assert deployer("sync", "--prune", "--max-prune", "many").code == 2
