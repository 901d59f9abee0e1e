"""Keys of the server's own in a flow's text: found before a write, and no write that undoes itself ends well."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from cli.others import source, there
from cli.project import Ended, Project
from proxy import Proxy, answers

Run = Callable[..., Ended]
SYNC = ("sync", "--project", "ours", "--format", "json")
ANYWAY = "checks:\n  server-key: off\n"


def add(project: Project, line: str) -> None:
    file = project.root / "flows/company.team/a.yaml"
    file.write_text(f"{file.read_text()}{line}\n")


@pytest.mark.one_version
@pytest.mark.parametrize("line", ["deleted: true", "deleted: 1", '"deleted": "TRUE"', "revision: 1", "revision: 7"])
def test_what_would_undo_the_deploy_ends_it_before_the_first_write(
    project: Project, deployer: Run, api: httpx.Client, server: Proxy, line: str
) -> None:
    text = project.flow("a")
    assert deployer(*SYNC).code == 0
    add(project, line)
    server.requests.clear()
    ended = deployer(*SYNC)
    assert (ended.code, [each["check"] for each in ended.report["problems"]]) == (1, ["server-key"])
    assert server.count("PUT", "POST", "DELETE") == 0
    assert source(api, "a") == text


@pytest.mark.parametrize(
    ("line", "words"),
    [("deleted: true", "this deleted the flow"), ("revision: 7", "the server has a different source than was sent")],
)
@pytest.mark.usefixtures("server")
def test_an_update_that_is_none_does_not_end_well(
    project: Project, deployer: Run, api: httpx.Client, line: str, words: str
) -> None:
    project.write("kestra-deployer.yaml", ANYWAY)
    project.flow("a")
    project.flow("b")
    assert deployer(*SYNC).code == 0
    add(project, line)
    project.flow("b", message="good day")
    ended = deployer(*SYNC)
    assert (ended.code, ended.done) == (5, [("a", "failed", None), ("b", "update", 2)])
    assert words in ended.report["outcomes"][0]["message"]
    assert there(api) == ({"b"} if "deleted" in line else {"a", "b"})


@pytest.mark.usefixtures("server")
def test_a_creation_that_nobody_can_see_does_not_end_well(project: Project, deployer: Run, api: httpx.Client) -> None:
    project.write("kestra-deployer.yaml", ANYWAY)
    project.flow("a")
    add(project, "deleted: true")
    ended = deployer(*SYNC)
    assert (ended.code, ended.done) == (5, [("a", "failed", None)])
    assert "this deleted the flow" in ended.report["outcomes"][0]["message"]
    assert "remove `deleted`" in ended.report["outcomes"][0]["hint"]
    assert there(api) == set()


@pytest.mark.usefixtures("server")
def test_what_counts_for_nothing_is_deployed_with_a_warning(project: Project, deployer: Run, api: httpx.Client) -> None:
    project.flow("a")
    add(project, "deleted: false\ntenantId: other\nsource: nothing")
    ended = deployer(*SYNC)
    assert (ended.code, [each["severity"] for each in ended.report["problems"]]) == (0, ["warning"] * 3)
    assert there(api) == {"a"}


@pytest.mark.parametrize(
    "answer",
    [
        '{"namespace": "company.team", "id": "other", "revision": 2}',
        '{"namespace": "company.team", "id": "a", "revision": 2, "deleted": true}',
        '{"namespace": "company.team", "id": "a", "revision": 2, "draft": true}',
        '{"namespace": "company.team", "id": "a", "revision": 2, "source": "id: a"}',
        "[]",
    ],
)
def test_an_answer_that_does_not_say_that_the_text_runs_is_a_failure(
    project: Project, deployer: Run, server: Proxy, answer: str
) -> None:
    project.flow("a")
    assert deployer(*SYNC).code == 0
    project.flow("a", message="good day")
    with server.failing(
        lambda _, request: answers(200, answer) if request.startswith("PUT /api/v1") and "/kv/" not in request else None
    ):
        ended = deployer(*SYNC)
    assert (ended.code, ended.done) == (5, [("a", "failed", None)])
    assert deployer(*SYNC).code == 0


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("written", ["010", "off", "1.50", "0x10"])
def test_a_flow_whose_id_is_no_text_to_kestra_is_created_and_warned_of_as_nobody_can_update_it(
    project: Project, deployer: Run, api: httpx.Client, written: str
) -> None:
    project.flow(written)
    created = deployer(*SYNC)
    assert created.done == [(written, "create", 1)]
    assert ["quote it" in each["hint"] for each in created.report["problems"]] == [True]
    assert deployer(*SYNC).done == [(written, "keep", 1)]
    assert there(api) == {written}
    project.flow(written, message="good day")
    assert "Illegal flow id update" in deployer(*SYNC).report["outcomes"][0]["message"]
    quoted = project.flow(f'"{written}"', message="good day")
    project.remove(written)
    assert deployer(*SYNC).done == [(written, "update", 2)]
    assert api.get(f"/flows/company.team/{written}", params={"source": "true"}).json()["source"] == quoted
