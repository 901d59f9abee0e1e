"""`kestra-deployer plan` and `apply` against the real engine: what is shown, and that exactly that is done."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from cli.others import create, edit, source, there
from cli.project import Ended, Project
from proxy import Proxy, answers

Run = Callable[..., Ended]
OURS = ("--project", "ours")
CALLER = (
    "id: caller\nnamespace: company.other\ntasks:\n  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n"
    "    namespace: company.team\n    flowId: a\n"
)


def test_a_plan_shows_each_change_with_its_difference_and_writes_nothing(
    project: Project, deployer: Run, server: Proxy
) -> None:
    project.flow("a")
    project.flow("b")
    deployer("sync", *OURS)
    project.flow("a", message="good day")
    project.flow("c")
    server.requests.clear()
    shown = deployer("plan", *OURS)
    assert shown.code == 0
    assert server.count("PUT", "DELETE") == 0
    assert [request for request in server.requests if request.startswith("POST") and "validate" not in request] == []
    assert "  ~ company.team/a  to update" in shown.stdout
    assert "      -    message: hello\n      +    message: good day" in shown.stdout
    assert "  + company.team/c  to create" in shown.stdout
    assert "company.team/b" not in shown.stdout
    assert "3 flows: 1 to create, 1 to update, 1 unchanged." in shown.stdout
    assert "      +1 -1" in deployer("plan", *OURS, "--stat").stdout


@pytest.mark.one_version("2.0")
@pytest.mark.usefixtures("server")
def test_whether_there_are_changes_is_told_by_the_exit_code_if_asked_for(project: Project, deployer: Run) -> None:
    project.flow("a")
    assert deployer("plan", *OURS).code == 0
    assert deployer("plan", *OURS, "--detailed-exitcode").code == 10
    deployer("sync", *OURS)
    assert deployer("plan", *OURS, "--detailed-exitcode").code == 0


@pytest.mark.one_version("2.0")
@pytest.mark.usefixtures("server")
def test_a_change_of_comments_only_is_said_to_be_one(project: Project, deployer: Run) -> None:
    text = project.flow("a")
    deployer("sync", *OURS)
    project.write("flows/company.team/a.yaml", text + "# why\n")
    [change] = deployer("plan", *OURS, "--format", "json").report["plan"]["changes"]
    assert (change["action"], change["detail"]["only_layout"]) == ("update", True)
    assert "only comments and layout differ" in deployer("plan", *OURS).stdout


@pytest.mark.usefixtures("server")
def test_who_else_depends_on_a_change_is_told(project: Project, deployer: Run, api: httpx.Client) -> None:
    project.flow("a")
    deployer("sync", *OURS)
    create(api, CALLER)
    project.flow("a", message="good day")
    [change] = deployer("plan", *OURS, "--format", "json").report["plan"]["changes"]
    assert change["detail"]["dependants"] == ["company.other/caller"]


def test_where_who_depends_on_it_cannot_be_told_the_plan_says_so(
    project: Project, deployer: Run, server: Proxy
) -> None:
    project.flow("a")
    deployer("sync", *OURS)
    project.flow("a", message="good day")
    with server.failing(lambda _, request: answers(404, "no way", "text/plain") if "export" in request else None):
        ended = deployer("plan", *OURS, "--format", "json")
    assert ended.code == 0
    assert [change["action"] for change in ended.report["plan"]["changes"]] == ["update"]
    assert "who calls what would change is not known" in ended.report["problems"][-1]["message"]


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("command", [("plan",), ("sync", "--dry-run")], ids=["plan", "sync"])
def test_a_refusal_is_foretold(project: Project, deployer: Run, api: httpx.Client, command: tuple[str, ...]) -> None:
    project.flow("a")
    deployer("sync", *OURS)
    edit(api, "a", "hello", "edited")
    project.flow("a", message="good day")
    told = deployer(*command, *OURS)
    assert told.code == 0
    assert "  ~ company.team/a  would be refused: edited on the server since it was deployed" in told.stdout
    assert "a deploy would be refused: 1 flow was edited on the server since its last deploy" in told.stdout
    assert "1 flow: 1 would be refused." in told.stdout
    assert deployer(*command, *OURS, "--detailed-exitcode").code == 4
    assert deployer(*command, *OURS, "--detailed-exitcode", "--on-drift", "overwrite").code == 10
    refused = deployer("sync", *OURS, "--format", "github")
    assert refused.code == 4
    assert (
        "::error file=flows/company.team/a.yaml,title=kestra-deployer%3A drift::company.team/a: refused"
        in refused.stdout
    )
    assert "error: refused: 1 flow was edited on the server since its last deploy: company.team/a." in refused.stderr


def test_a_detailed_exit_code_is_of_a_dry_run_only(project: Project, deployer: Run) -> None:
    assert project.root
    ended = deployer("sync", "--detailed-exitcode")
    assert (ended.code, "give --dry-run" in ended.stderr) == (2, True)


@pytest.mark.one_version("2.0")
@pytest.mark.usefixtures("server")
def test_secrets_are_masked_in_a_difference(project: Project, deployer: Run) -> None:
    text = project.flow("a")
    project.write(
        "flows/company.team/a.yaml", text + "variables:\n  password: hunter2\n  token: \"{{ secret('T') }}\"\n"
    )
    shown = deployer("plan", *OURS).stdout
    assert "hunter2" not in shown
    assert "{{ secret('T') }}" in shown


class TestSavedPlan:
    """A plan that was saved is carried out exactly, or not at all."""

    @pytest.fixture
    def saved(self, project: Project, deployer: Run, server: Proxy) -> str:
        """A plan to update a and create b."""
        project.flow("a")
        deployer("sync", *OURS)
        project.flow("a", message="good day")
        project.flow("b")
        assert deployer("plan", *OURS, "--out", "plan.json").code == 0
        server.requests.clear()
        return "plan.json"

    def test_it_is_carried_out(self, saved: str, deployer: Run, api: httpx.Client) -> None:
        ended = deployer("apply", saved, "--format", "json")
        assert ended.code == 0
        assert ended.done == [("a", "update", 2), ("b", "create", 1)]
        assert "good day" in source(api, "a")

    @pytest.mark.one_version("2.0")
    def test_it_says_what_it_is_in_its_file(self, saved: str, project: Project) -> None:
        data = json.loads((project.root / saved).read_text())
        assert [(each["action"], each["key"]) for each in data["changes"]] == [
            ("update", "flow:company.team/a"),
            ("create", "flow:company.team/b"),
        ]

    @pytest.mark.one_version("2.0")
    def test_a_second_time_there_is_nothing_that_it_fits(self, saved: str, deployer: Run) -> None:
        deployer("apply", saved)
        again = deployer("apply", saved)
        assert again.code == 4
        assert "has changed" in again.stderr

    @pytest.mark.one_version("2.0")
    def test_a_changed_file_is_refused(self, saved: str, project: Project, deployer: Run, server: Proxy) -> None:
        project.flow("b", message="other")
        assert deployer("apply", saved).code == 4
        assert server.count("PUT", "DELETE") == 0

    def test_a_changed_live_text_is_refused(self, saved: str, deployer: Run, api: httpx.Client, server: Proxy) -> None:
        edit(api, "a", "hello", "edited")
        assert deployer("apply", saved).code == 4
        assert server.count("PUT", "DELETE") == 0

    @pytest.mark.one_version("2.0")
    def test_another_tenant_is_refused(self, saved: str, deployer: Run) -> None:
        ended = deployer("apply", saved, "--tenant", "elsewhere")
        assert ended.code == 4
        assert "is a plan for" in ended.stderr

    def test_what_is_no_plan_is_a_usage_error(self, project: Project, deployer: Run) -> None:
        project.write("no.json", "{}")
        assert deployer("apply", "no.json").code == 2
        assert deployer("apply", "nowhere.json").code == 2


class TestOrder:
    """What is called is written before what calls it."""

    @pytest.mark.usefixtures("server")
    def test_a_caller_whose_subflow_was_refused_is_skipped(
        self, project: Project, deployer: Run, api: httpx.Client
    ) -> None:
        broken = project.flow("a").replace("plugin.core.log.Log", "plugin.absent.Log")
        project.write("flows/company.team/a.yaml", broken + "---\nid: second\n")  # 1.x cannot be asked about it before
        project.write("flows/caller.yaml", CALLER)
        project.flow("z")
        ended = deployer("sync", *OURS, "--keep-going", "--format", "json")
        outcomes = {each["name"]: each for each in ended.report["outcomes"]}
        if "a" in outcomes:
            assert (outcomes["a"]["status"], outcomes["caller"]["status"]) == ("failed", "skipped")
            assert "company.team/a" in outcomes["caller"]["message"]
            assert ended.code == 5
        assert "z" in there(api)
