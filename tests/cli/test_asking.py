"""What a person at a terminal is asked, through a real one."""

from __future__ import annotations

import httpx
import pytest
from cli.others import edit, source, there
from cli.project import Project
from cli.terminal import talk
from proxy import Proxy

from deployer.cli import run

pytestmark = pytest.mark.one_version

SYNC = ("sync", "--project", "ours")
EACH = "[d]iff, [a]ll alike [r]: "
LAST = "[d]iff [r]: "
ALL = "[k]eep all [r]: "
DELETE = "Delete, and deploy the rest? [y/N]: "
QUESTIONS = (EACH, LAST, ALL, DELETE)


def deploy() -> None:
    assert run(SYNC) == 0


@pytest.fixture
def edited(project: Project, server: Proxy, api: httpx.Client) -> dict[str, str]:
    """The texts of three flows that somebody edited on the server since we deployed them."""
    assert server.url
    for name in "abc":
        project.flow(name)
    deploy()
    return {name: edit(api, name, "hello", f"edited {name}") for name in "abc"}


def files(project: Project) -> dict[str, str]:
    return {name: (project.root / f"flows/company.team/{name}.yaml").read_text() for name in "abc"}


def live(api: httpx.Client) -> dict[str, str]:
    return {name: source(api, name) for name in "abc"}


class TestDrift:
    """Each flow that somebody edited is shown and asked about by itself."""

    def test_what_is_asked(self, edited: dict[str, str], server: Proxy, api: httpx.Client) -> None:
        ended = talk(*SYNC, answers={EACH: ["k\n"] * 2, LAST: ["k\n"]})
        assert ended.code == 0
        assert f"3 flows on {server.url}, tenant" in ended.shown
        assert "company.team/a: edited on the server since it was deployed as revision 1 (1 of 3)" in ended.shown
        assert "\x1b[31m  -    message: edited a\x1b[0m" in ended.shown
        assert "3 flows: 3 kept." in ended.shown
        assert live(api) == edited

    def test_overwriting_one_never_writes_over_another(
        self, project: Project, edited: dict[str, str], api: httpx.Client
    ) -> None:
        ended = talk(*SYNC, answers={EACH: ["keep\n", "o\n"], LAST: ["K\n"]})
        assert ended.code == 0
        assert live(api) == edited | {"b": files(project)["b"]}

    def test_all_of_the_rest_may_be_treated_alike(
        self, project: Project, edited: dict[str, str], api: httpx.Client
    ) -> None:
        ended = talk(*SYNC, answers={EACH: ["k\n", "a\n"], ALL: ["o\n"]})
        assert ended.code == 0
        assert live(api) == files(project) | {"a": edited["a"]}

    def test_a_long_difference_is_shown_in_full_when_asked(self, project: Project, edited: dict[str, str]) -> None:
        text = project.flow("a")
        project.write("flows/company.team/a.yaml", text + "".join(f"# line {number}\n" for number in range(60)))
        ended = talk(*SYNC, answers={EACH: ["d\n", "r\n"]})
        assert ended.code == 4
        assert edited
        assert ended.shown.count("# line 59") == 1
        assert "more lines: [d]iff shows them" in ended.shown

    @pytest.mark.parametrize(
        ("answers", "code"), [(["\n"], 4), (["refuse\n"], 4), (["what\n", "r\n"], 4), (["\x04"], 130)]
    )
    def test_the_usual_answer_is_to_refuse_all(
        self, edited: dict[str, str], api: httpx.Client, answers: list[str], code: int
    ) -> None:
        ended = talk(*SYNC, answers={EACH: ["o\n", *answers]})
        assert ended.code == code
        assert "Traceback" not in ended.shown
        assert live(api) == edited

    @pytest.mark.parametrize(
        ("arguments", "environ", "code"),
        [
            ((), {"CI": "true"}, 4),
            (("--dry-run",), {}, 0),
            (("--on-drift", "refuse"), {}, 4),
            (("--format", "json"), {}, 4),
        ],
        ids=["in CI", "of a dry run", "where an option says", "of a program"],
    )
    @pytest.mark.usefixtures("edited")
    def test_nobody_is_asked(self, arguments: tuple[str, ...], environ: dict[str, str], code: int) -> None:
        ended = talk(*SYNC, *arguments, answers={}, environ=environ)
        assert not any(question in ended.shown for question in QUESTIONS)
        assert ended.code == code


class TestDeleting:
    """A deletion is asked about, unless --yes is given."""

    @pytest.fixture
    def removed(self, project: Project, server: Proxy) -> None:
        assert server.url
        for name in "abc":
            project.flow(name)
        deploy()
        project.remove("b")
        project.flow("c", message="good day")

    @pytest.mark.usefixtures("removed")
    @pytest.mark.parametrize("answer", ["\n", "n\n"])
    def test_without_a_yes_nothing_is_written(self, api: httpx.Client, answer: str) -> None:
        ended = talk(*SYNC, "--prune", answers={DELETE: [answer]})
        assert ended.code == 4
        assert "  - company.team/b" in ended.shown
        assert "refused: company.team/b would be deleted. Nothing was written" in ended.shown
        assert (there(api), "hello" in source(api, "c")) == ({"a", "b", "c"}, True)

    @pytest.mark.usefixtures("removed")
    @pytest.mark.parametrize(
        ("arguments", "answers", "environ"),
        [((), {DELETE: ["y\n"]}, {}), (("--yes",), {}, {}), (("-y",), {}, {}), ((), {}, {"CI": "true"})],
        ids=["yes", "--yes", "-y", "in CI"],
    )
    def test_with_one_it_is_deleted(
        self, api: httpx.Client, arguments: tuple[str, ...], answers: dict[str, list[str]], environ: dict[str, str]
    ) -> None:
        ended = talk(*SYNC, "--prune", *arguments, answers=answers, environ=environ)
        assert (ended.code, DELETE in ended.shown) == (0, bool(answers))
        assert (there(api), "good day" in source(api, "c")) == ({"a", "c"}, True)

    @pytest.mark.usefixtures("removed")
    def test_a_dry_run_asks_nothing(self, api: httpx.Client) -> None:
        ended = talk(*SYNC, "--prune", "--dry-run", answers={})
        assert (ended.code, DELETE in ended.shown) == (0, False)
        assert there(api) == {"a", "b", "c"}


def test_it_is_asked_whether_to_take_over_what_another_project_deployed(
    project: Project, server: Proxy, api: httpx.Client
) -> None:
    assert server.url
    project.flow("a")
    deploy()
    question = "so that they belong to this project? [y/N]: "
    left = talk("sync", "--project", "other", answers={question: ["n\n"]})
    assert (left.code, "deployed by the project ours" in left.shown) == (0, True)
    taken = talk("sync", "--project", "other", answers={question: ["y\n"]})
    assert (taken.code, "is taken over: company.team/a" in taken.shown) == (0, True)
    assert question not in talk("sync", "--project", "other", answers={}).shown
    assert there(api) == {"a"}
