"""Edits, stops and other people's flows on the server, against the real engine."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from cli.others import create, disable, edit, enable, put, source
from cli.project import HELLO, Ended, Project
from proxy import Proxy

Run = Callable[..., Ended]
OURS = ("--project", "ours")

pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture
def deployed(project: Project, deployer: Run, server: Proxy) -> Project:
    """A project whose flows a and b are live."""
    assert server.url
    project.flow("a")
    project.flow("b")
    assert deployer("sync", *OURS).code == 0
    return project


def standing(ended: Ended, name: str) -> tuple[str, str]:
    found = {each["name"]: each for each in ended.report["plan"]["changes"]}
    return found[name]["action"], found[name]["standing"]


def test_what_was_edited_is_drift_and_refuses_the_run(
    deployed: Project, deployer: Run, api: httpx.Client, server: Proxy
) -> None:
    edited = edit(api, "a", "hello", "edited")
    deployed.flow("b", message="good day")
    server.requests.clear()
    ended = deployer("sync", *OURS, "--format", "json")
    assert ended.code == 4
    assert standing(ended, "a") == ("update", "drifted")
    assert server.count("PUT", "DELETE") == 0
    assert source(api, "a") == edited


def test_drift_alone_is_told_with_what_changed(deployed: Project, deployer: Run, api: httpx.Client) -> None:
    assert deployer("drift", *OURS).code == 0
    edit(api, "a", "hello", "edited")
    deployed.flow("a", message="changed in the file, which is no drift")
    ended = deployer("drift", *OURS)
    assert ended.code == 11
    assert "edited on the server since it was deployed as revision 1" in ended.stdout
    assert [line[6:] for line in ended.stdout.splitlines() if line[:7].strip() in ("-", "+")] == [
        "--- company.team/a (deployed, revision 1)",
        "+++ company.team/a (live, revision 2)",
        "-    message: hello",
        "+    message: edited",
    ]


@pytest.mark.usefixtures("deployed")
def test_drift_may_be_written_over_or_kept(deployer: Run, api: httpx.Client) -> None:
    edited = edit(api, "a", "hello", "edited")
    kept = deployer("sync", *OURS, "--on-drift", "keep", "--format", "json")
    assert (kept.code, source(api, "a")) == (0, edited)
    assert deployer("sync", *OURS, "--on-drift", "overwrite", "--format", "json").done[0] == ("a", "update", 3)
    assert deployer("drift", *OURS).code == 0


@pytest.mark.usefixtures("deployed")
def test_an_edit_that_equals_the_next_text_is_no_drift(deployed: Project, deployer: Run, api: httpx.Client) -> None:
    text = deployed.flow("a", message="good day")
    edit(api, "a", "hello", "good day")
    ended = deployer("sync", *OURS, "--format", "json")
    assert (ended.code, standing(ended, "a")) == (0, ("keep", "same"))
    assert source(api, "a") == text
    assert deployer("drift", *OURS).code == 0


@pytest.mark.usefixtures("deployed")
def test_a_flow_that_was_deleted_is_drift_and_comes_back(deployer: Run, api: httpx.Client) -> None:
    api.delete("/flows/company.team/a").raise_for_status()
    assert deployer("drift", *OURS).code == 11
    ended = deployer("sync", *OURS, "--format", "json")
    assert ended.code == 0
    assert ended.done[0][:2] == ("a", "create")


def test_what_others_deployed_is_foreign(project: Project, deployer: Run, api: httpx.Client) -> None:
    create(api, HELLO.replace("id: hello", "id: a"))
    project.flow("a", message="ours")
    ended = deployer("sync", *OURS, "--format", "json")
    assert (ended.code, standing(ended, "a")) == (4, ("update", "foreign"))
    assert "hello" in source(api, "a")


@pytest.mark.parametrize(
    "change", [lambda text: text.rstrip("\n"), lambda text: text.replace("hello\n", "'hello'  \n")]
)
def test_the_same_flow_in_other_layout_is_taken_over(
    project: Project, deployer: Run, api: httpx.Client, server: Proxy, change: Callable[[str], str]
) -> None:
    text = project.flow("a")
    create(api, change(text))
    ended = deployer("sync", *OURS, "--format", "json")
    assert (ended.code, standing(ended, "a")) == (0, ("keep", "layout"))
    assert source(api, "a") == change(text)
    assert [
        request for request in server.requests if request.startswith(("POST", "PUT")) and "/kv/" not in request
    ] == []
    assert standing(deployer("plan", *OURS, "--format", "json"), "a") == ("keep", "ours")
    project.write("flows/company.team/a.yaml", text + "# changed\n")
    assert deployer("sync", *OURS, "--format", "json").done == [("a", "update", 2)]


class TestStops:
    """What an operator disabled stays disabled."""

    def test_a_stop_is_told_and_is_no_drift(self, deployed: Project, deployer: Run, api: httpx.Client) -> None:
        disable(api, "a")
        ended = deployer("drift", *OURS)
        assert ended.code == 0
        assert "the flow stays disabled" in ended.stdout
        assert deployed.root.is_dir()

    def test_what_is_pending_in_its_file_is_not_told(self, deployed: Project, deployer: Run, api: httpx.Client) -> None:
        disable(api, "a")
        deployed.flow("a", message="good day")
        deployed.flow("new")
        ended = deployer("drift", *OURS)
        assert ended.code == 0
        assert "good day" not in ended.stdout
        assert "3 flows: 1 disabled on the server, 1 not deployed yet, 1 as deployed." in ended.stdout

    def test_new_text_is_deployed_with_the_stop_kept(self, deployed: Project, deployer: Run, api: httpx.Client) -> None:
        disable(api, "a")
        deployed.flow("a", message="good day")
        assert deployer("sync", *OURS).code == 0
        live = api.get("/flows/company.team/a").json()
        assert (live["disabled"], live["tasks"][0]["message"]) == (True, "good day")
        again = deployer("sync", *OURS, "--format", "json")
        assert {action for _, action, _ in again.done} == {"keep"}

    def test_it_may_be_enabled_by_the_file_or_by_an_option(
        self, deployed: Project, deployer: Run, api: httpx.Client
    ) -> None:
        disable(api, "a")
        disable(api, "b")
        text = deployed.flow("a")
        deployed.write("flows/company.team/a.yaml", text + "disabled: false\n")
        assert deployer("sync", *OURS).code == 0
        disabled = [api.get(f"/flows/company.team/{name}").json()["disabled"] for name in ("a", "b")]
        assert disabled == [False, True]
        assert deployer("sync", *OURS, "--on-disabled", "enable").code == 0
        assert api.get("/flows/company.team/b").json()["disabled"] is False

    def test_what_an_operator_started_again_is_started(
        self, deployed: Project, deployer: Run, api: httpx.Client
    ) -> None:
        disable(api, "a")
        deployer("sync", *OURS)
        enable(api, "a")
        deployed.flow("a", message="good day")
        assert deployer("sync", *OURS).code == 0
        assert api.get("/flows/company.team/a").json()["disabled"] is False


BOM = "\ufeff"
BODY = HELLO.removeprefix("id: hello\n")


@pytest.mark.parametrize(
    "head",
    [f"{BOM}id: a\n", f"{BOM}# a\nid: a\n", "? id\n: a\n", "--- # a\n!!map\nid: a\n"],
    ids=["a mark", "a mark and a comment", "a key that is asked for", "a tag"],
)
class TestStopsInOddTexts:
    """A stop stays however a file is written, and what has not changed does not fail."""

    def test_a_file_that_has_not_changed_is_unchanged(
        self, project: Project, deployer: Run, api: httpx.Client, head: str
    ) -> None:
        project.write("flows/a.yaml", head + BODY)
        assert deployer("sync", *OURS).code == 0
        disable(api, "a")
        ended = deployer("sync", *OURS, "--format", "json")
        assert (ended.code, ended.done) == (0, [("a", "keep", 2)])
        assert api.get("/flows/company.team/a").json()["disabled"] is True

    def test_new_text_is_deployed_with_the_stop_kept(
        self, project: Project, deployer: Run, api: httpx.Client, head: str
    ) -> None:
        project.write("flows/a.yaml", head + BODY)
        assert deployer("sync", *OURS).code == 0
        disable(api, "a")
        project.write("flows/a.yaml", head + BODY.replace("message: hello", "message: good day"))
        ended = deployer("sync", *OURS, "--format", "json")
        assert (ended.code, ended.done) == (0, [("a", "update", 3)])
        assert ended.report["plan"]["changes"][0]["reason"] == "the flow stays disabled"
        live = api.get("/flows/company.team/a", params={"source": "true"}).json()
        assert (live["disabled"], live["tasks"][0]["message"]) == (True, "good day")
        assert BOM not in live["source"].removeprefix(BOM)
        assert deployer("sync", *OURS, "--format", "json").done == [("a", "keep", 3)]

    def test_it_can_be_started_again(self, project: Project, deployer: Run, api: httpx.Client, head: str) -> None:
        project.write("flows/a.yaml", head + BODY)
        assert deployer("sync", *OURS).code == 0
        disable(api, "a")
        assert deployer("sync", *OURS, "--on-disabled", "enable").code == 0
        live = api.get("/flows/company.team/a", params={"source": "true"}).json()
        assert (live["disabled"], live["source"]) == (False, head + BODY)


@pytest.mark.usefixtures("server")
def test_files_with_marks_are_validated_and_written_together(
    project: Project, deployer: Run, api: httpx.Client
) -> None:
    for name in ("a", "b", "c"):
        project.write(f"flows/{name}.yaml", f"{BOM}id: {name}\n{BODY}")
    ended = deployer("sync", *OURS, "--format", "json")
    assert (ended.code, ended.report["problems"]) == (0, [])
    assert [each[1] for each in ended.done] == ["create"] * 3
    assert source(api, "b") == f"{BOM}id: b\n{BODY}"
    assert [each[1] for each in deployer("sync", *OURS, "--format", "json").done] == ["keep"] * 3
    project.write("flows/b.yaml", f"{BOM}id: b\n{BODY.replace('message', 'massage')}")
    assert deployer("sync", *OURS, "--format", "json").report["problems"][0]["file"] == "flows/b.yaml"


def test_a_stop_that_cannot_be_written_holds_new_text_and_nothing_else(
    project: Project, deployer: Run, api: httpx.Client
) -> None:
    text = "? id\n: a\n" + BODY + "...\n"  # the flow's text ends in front of where a stop could go
    project.write("flows/a.yaml", text)
    assert deployer("sync", *OURS).code == 0
    put(api, "a", "disabled: true\n" + text)
    assert deployer("sync", *OURS, "--format", "json").done == [("a", "keep", 2)]
    project.write("flows/a.yaml", text.replace("message: hello", "message: good day"))
    ended = deployer("sync", *OURS, "--format", "json")
    assert (ended.code, ended.done) == (5, [("a", "failed", None)])
    assert "the flow cannot be kept disabled in this text" in ended.stdout
    live = api.get("/flows/company.team/a").json()
    assert (live["disabled"], live["tasks"][0]["message"]) == (True, "hello")
