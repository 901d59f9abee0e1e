"""`kestra-deployer sync` against the real engine: what it writes, what it leaves alone, what it says."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cli.project import HELLO, Ended, Project
from proxy import Passing, Proxy, pass_on

from deployer.engine.process.launch import RunningEngine
from deployer.model.version import Dialect

Run = Callable[..., Ended]
DAILY = 'triggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "@daily"\n'
MOST_REQUESTS = 4  # for a run that finds nothing changed


def live(api: httpx.Client, name: str) -> dict[str, object]:
    answer: dict[str, object] = (
        api.get(f"/flows/company.team/{name}", params={"source": "true"}).raise_for_status().json()
    )
    return answer


@pytest.mark.usefixtures("server")
def test_on_an_empty_server_every_flow_is_created(project: Project, deployer: Run, api: httpx.Client) -> None:
    text = project.flow("a")
    project.flow("b", namespace="company.other")
    ended = deployer("sync", "--format", "json")
    assert ended.code == 0
    assert ended.done == [("b", "create", 1), ("a", "create", 1)]
    assert live(api, "a")["source"] == text


def test_a_second_run_writes_nothing_and_asks_little(project: Project, deployer: Run, server: Proxy) -> None:
    for number in range(8):
        project.flow(f"flow-{number}")
    assert deployer("sync").code == 0
    server.requests.clear()
    ended = deployer("sync", "--format", "json")
    assert ended.code == 0
    assert {action for _, action, _ in ended.done} == {"keep"}
    assert server.count("POST", "PUT", "DELETE") == 0
    assert len(server.requests) <= MOST_REQUESTS


def flows_put(server: Proxy) -> list[str]:
    """The flows of which a text was put."""
    return [asked.rpartition("/")[2] for asked in server.requests if asked.startswith("PUT") and "/flows/" in asked]


@pytest.mark.one_version("2.0")
def test_hundreds_of_flows_ask_no_more_than_eight(project: Project, deployer: Run, server: Proxy) -> None:
    for number in range(300):
        project.flow(f"flow-{number}", namespace=f"company.team{number % 7}")
    assert deployer("sync").code == 0
    project.flow("flow-122", message="hello there", namespace="company.team3")
    changes = deployer("sync", "--dry-run", "--format", "json").report["plan"]["changes"]
    assert [change["name"] for change in changes if change["action"] != "keep"] == ["flow-122"]
    server.requests.clear()
    ended = deployer("sync", "--format", "json")
    assert [name for name, action, _ in ended.done if action == "update"] == ["flow-122"]
    assert flows_put(server) == ["flow-122"]
    server.requests.clear()
    assert deployer("sync").code == 0
    assert server.count("POST", "PUT", "DELETE") == 0
    assert len(server.requests) <= MOST_REQUESTS


def test_a_flow_with_triggers_is_written_while_no_other_is(project: Project, deployer: Run, server: Proxy) -> None:
    """Of two at once, Kestra can miss one: it would be there, and its triggers dead."""
    for name in "abcdef":
        text = project.flow(name)
        if name in "bd":
            project.write(f"flows/company.team/{name}.yaml", text + DAILY)
    written: dict[str, tuple[float, float]] = {}

    def slowly(request: Passing) -> None:
        began = time.monotonic()
        time.sleep(0.1)
        written[request.body.decode().splitlines()[0]] = (began, time.monotonic())
        pass_on(request)

    with server.failing(lambda _, asked: slowly if asked.startswith("POST") and asked.endswith("/flows") else None):
        assert deployer("sync", "--no-wait").code == 0
    assert len(written) == 6
    for name in ("id: b", "id: d"):
        began, ended = written.pop(name)
        assert [other for other, (begins, ends) in written.items() if begins < ended and began < ends] == []


def test_one_changed_comment_updates_exactly_one_flow(project: Project, deployer: Run, server: Proxy) -> None:
    project.flow("a")
    text = project.flow("b")
    deployer("sync")
    server.requests.clear()
    project.write("flows/company.team/b.yaml", text + "# changed\n")
    assert deployer("sync", "--format", "json").done == [("a", "keep", 1), ("b", "update", 2)]
    assert flows_put(server) == ["b"]
    assert deployer("sync", "--format", "json").done == [("a", "keep", 1), ("b", "keep", 2)]


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    "text",
    [
        HELLO.replace("\n", "\r\n"),
        "\ufeff" + HELLO,
        HELLO.rstrip("\n"),
        HELLO + "\n\n  \n",
        "---\n" + HELLO,
        HELLO.replace("message: hello", "message: |\n      one\n      ---\n      two"),
        HELLO.replace("message: hello", 'message: "é 日本 \u2028 end"'),
        HELLO + "---\nid: second\n",
    ],
    ids=["crlf", "bom", "no newline", "blanks", "separator first", "separator inside", "unicode", "second document"],
)
def test_any_text_is_stored_as_it_is_and_found_unchanged(
    project: Project, deployer: Run, api: httpx.Client, text: str
) -> None:
    project.write("flows/hello.yaml", text)
    assert deployer("sync").code == 0
    assert live(api, "hello")["source"] == text
    assert deployer("sync", "--format", "json").done == [("hello", "keep", 1)]


def test_a_dry_run_writes_nothing_and_says_what_it_would(project: Project, deployer: Run, server: Proxy) -> None:
    project.flow("a")
    ended = deployer("sync", "--dry-run")
    assert ended.code == 0
    assert "company.team/a  to create" in ended.stdout
    assert [request for request in server.requests if not request.startswith("GET") and "validate" not in request] == []


@pytest.mark.one_version("2.0")
def test_a_problem_in_a_file_stops_the_run_before_anything_is_asked(
    project: Project, deployer: Run, server: Proxy
) -> None:
    project.flow("a")
    project.write("flows/b.yaml", "id: b\n  namespace: x\n")
    ended = deployer("sync")
    assert ended.code == 1
    assert "flows/b.yaml:2:" in ended.stdout
    assert "Nothing was written." in ended.stdout
    assert server.requests == []


BROKEN = HELLO.replace("hello", "broken").replace("plugin.core.log.Log", "plugin.absent.Nowhere")
"""What no check here can refuse, as the server may well have that plugin; ours has not."""


def test_what_the_server_would_refuse_stops_the_run_before_the_first_write(
    project: Project, deployer: Run, server: Proxy
) -> None:
    project.flow("a")
    project.write("flows/broken.yaml", BROKEN)
    ended = deployer("sync", "--project", "ours", "--format", "json")
    assert ended.code == 1
    [problem] = ended.report["problems"]
    assert (problem["check"], problem["file"], problem["line"]) == ("kestra-validate", "flows/broken.yaml", 5)
    assert "Nowhere" in problem["message"]
    assert ended.done == []
    assert server.count("PUT") == 0
    assert [request for request in server.requests if request.startswith("POST") and "validate" not in request] == []


@pytest.mark.usefixtures("server")
def test_keep_going_deploys_what_is_sound_and_names_the_rest(project: Project, deployer: Run) -> None:
    project.flow("a")
    project.write("flows/broken.yaml", BROKEN)
    project.write("flows/syntax.yaml", "id: [\n")
    ended = deployer("sync", "--project", "ours", "--keep-going", "--format", "json")
    assert ended.code == 1
    assert ended.done == [("a", "create", 1)]
    assert {problem["file"] for problem in ended.report["problems"]} == {"flows/broken.yaml", "flows/syntax.yaml"}


SUBFLOW = "{id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: alert}"
WAITS = "{{id: after, type: io.kestra.plugin.core.trigger.Flow, {}}}"
ALERT = "[{namespace: company.team, flowId: alert}]"
OTHER = {Dialect.V1: "triggers of 2.x", Dialect.V2: "triggers"}
CALLS = {
    "tasks": f"tasks: [{SUBFLOW}]\n",
    "a task inside another": f"tasks: [{{id: all, type: io.kestra.plugin.core.flow.Sequential, tasks: [{SUBFLOW}]}}]\n",
    "errors": f"errors: [{SUBFLOW}]\n",
    "finally": f"finally: [{SUBFLOW}]\n",
    "triggers": f"triggers: [{WAITS.format(f'preconditions: {{id: p, flows: {ALERT}}}')}]\n",
    "triggers of 2.x": f"triggers: [{WAITS.format(f'dependsOn: {ALERT}')}]\n",
}


@pytest.mark.every_version
@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("refused", ["by a check", "by the server"])
def test_keep_going_skips_whatever_calls_a_flow_that_was_refused(
    project: Project, deployer: Run, engine: RunningEngine, refused: str
) -> None:
    calls = [each for place, each in CALLS.items() if place != OTHER[engine.version.dialect]]
    why = "mesage: hello" if refused == "by a check" else "message: hello\n    unheard: of"
    project.write("flows/alert.yaml", HELLO.replace("id: hello", "id: alert").replace("message: hello", why))
    if refused == "by the server":
        project.write("kestra-deployer.yaml", "checks: {unknown-property: off}\n")
    for name, call in enumerate(calls):
        tasks = "" if call.startswith("tasks") else HELLO[HELLO.index("tasks") :]
        project.write(f"flows/caller-{name}.yaml", f"id: caller-{name}\nnamespace: company.team\n{tasks}{call}")
    project.flow("other")

    told = deployer("sync", "--keep-going", "--dry-run", "--format", "json").report["problems"]
    assert [each["file"] for each in told if each["check"] == "refused-callee"] == [
        f"flows/caller-{name}.yaml" for name in range(len(calls))
    ]

    ended = deployer("sync", "--keep-going", "--format", "json")
    assert ended.code == 5
    assert ended.done == [*((f"caller-{name}", "skipped", None) for name in range(len(calls))), ("other", "create", 1)]
    assert {each["message"] for each in ended.report["outcomes"] if each["status"] == "skipped"} == {
        "not tried: it calls company.team/alert, which was refused"
    }


@pytest.mark.every_version
@pytest.mark.usefixtures("server")
def test_what_is_refused_at_the_write_fails_alone(project: Project, deployer: Run, engine: RunningEngine) -> None:
    """A 1.x server cannot be asked about two documents without cutting them apart: there the write decides."""
    project.flow("a")
    project.write("flows/broken.yaml", BROKEN + "---\nid: second\n")
    ended = deployer("sync", "--format", "json")
    if engine.version.dialect is Dialect.V2:
        assert ended.code == 1
        return
    assert ended.code == 5
    assert ended.done == [("a", "create", 1), ("broken", "failed", None)]
    assert "Nowhere" in ended.report["outcomes"][1]["message"]


@pytest.mark.every_version
@pytest.mark.usefixtures("server")
def test_a_draft_with_the_same_text_is_published(
    project: Project, deployer: Run, api: httpx.Client, engine: RunningEngine
) -> None:
    if engine.version.dialect is Dialect.V1:
        assert "draft" not in api.post("/flows", content=HELLO, headers={"Content-Type": "application/x-yaml"}).json()
        return
    for number in (1, 2):
        text = project.flow("hello")
        headers = {"Content-Type": "application/x-yaml"}
        if number == 1:
            api.post("/flows", params={"draft": "true"}, content=text, headers=headers).raise_for_status()
        else:
            text = project.flow("hello", message="changed")
            api.put(
                "/flows/company.team/hello", params={"draft": "true"}, content=text, headers=headers
            ).raise_for_status()
        assert live(api, "hello")["draft"] is True
        ended = deployer("sync", "--format", "json")
        assert [(name, action) for name, action, _ in ended.done] == [("hello", "publish")]
        [change] = ended.report["plan"]["changes"]
        assert "a draft is there" in change["reason"]
        assert live(api, "hello")["draft"] is False
        assert deployer("sync", "--format", "json").done[0][1] == "keep"


@pytest.mark.every_version
@pytest.mark.usefixtures("server")
def test_a_draft_of_something_else_is_shown_and_left_alone(
    project: Project, deployer: Run, api: httpx.Client, engine: RunningEngine
) -> None:
    text = project.flow("hello")
    deployer("sync")
    headers = {"Content-Type": "application/x-yaml"}
    if engine.version.dialect is Dialect.V1:
        sent = api.put("/flows/company.team/hello", params={"draft": "true"}, content=text, headers=headers)
        assert "draft" not in sent.json()
        return
    other = text.replace("message: hello", "message: drafted")
    api.put("/flows/company.team/hello", params={"draft": "true"}, content=other, headers=headers).raise_for_status()
    ended = deployer("sync", "--format", "json")
    assert ended.code == 0
    [change] = ended.report["plan"]["changes"]
    assert (change["action"], change["standing"]) == ("keep", "same")
    assert change["reason"] == "a draft is there (revision 2), which does not run"
    assert live(api, "hello")["draft"] is True


@pytest.mark.usefixtures("server")
def test_flows_whose_names_look_alike_in_an_export_are_told_apart(project: Project, deployer: Run) -> None:
    project.flow("c", namespace="a-b")
    project.flow("b-c", namespace="a")
    assert deployer("sync").code == 0
    assert {action for _, action, _ in deployer("sync", "--format", "json").done} == {"keep"}


@pytest.mark.usefixtures("server")
def test_many_namespaces_in_one_run_are_no_trouble(project: Project, deployer: Run, server: Proxy) -> None:
    for number in range(60):
        project.flow("a", namespace=f"company.{'long' * 20}.team-{number}")
    assert deployer("sync").code == 0
    server.requests.clear()
    assert {action for _, action, _ in deployer("sync", "--format", "json").done} == {"keep"}
    assert len(server.requests) <= MOST_REQUESTS


@pytest.mark.usefixtures("server")
def test_ids_are_addressed_as_they_are_written(project: Project, deployer: Run) -> None:
    for name in ("010", "1_000", "yes", "TRUE", "1.50", "0x1F", "1e3", "2024-01-01", "null-not"):
        project.write(f"flows/{name}.yaml", HELLO.replace("id: hello", f"id: {name}"))
    assert deployer("sync").code == 0
    assert {action for _, action, _ in deployer("sync", "--format", "json").done} == {"keep"}


@pytest.mark.one_version("2.0")
@pytest.mark.usefixtures("server")
def test_ignored_files_are_not_deployed(project: Project, deployer: Run) -> None:
    project.flow("a")
    project.flow("b")
    project.write("kestra-deployer.yaml", "ignore:\n  - b.yaml\n")
    assert deployer("sync", "--format", "json").done == [("a", "create", 1)]


@pytest.mark.one_version("2.0")
@pytest.mark.usefixtures("server")
def test_a_folder_without_flows_is_fine_and_says_so(project: Project, deployer: Run) -> None:
    (project.root / "flows").mkdir()
    ended = deployer("sync")
    assert ended.code == 0
    assert "0 flows: none found." in ended.stdout


def test_a_flow_is_deployed_to_every_version_and_its_smoke_test_passes(
    project: Project, deployer: Run, any_engine: RunningEngine, tenant: str
) -> None:
    project.flow("a")
    suite = "id: s\nnamespace: company.team\nflowId: a\ntestCases:\n  - id: runs\n    timeout: PT30S\n"
    project.write("flows/a.smoke.yaml", suite)
    ended = deployer("sync", "--host", any_engine.url, "--tenant", tenant, "--smoke", "--format", "json")
    assert ended.code == 0
    assert ended.report["server"]["version"] == any_engine.version.engine
    assert ended.done == [("a", "create", 1)]
    assert [smoke["verdict"] for smoke in ended.report["smokes"]] == ["passed"]


@pytest.mark.usefixtures("server")
def test_the_sample_flows_deploy_and_pass_their_smoke_tests(deployer: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    ended = deployer("sync", "--project", "samples", "--smoke", "--no-wait", "--format", "json")
    assert ended.report["problems"] == []
    assert [smoke["message"] for smoke in ended.report["smokes"] if smoke["message"]] == []
    assert ended.code == 0
    assert {smoke["verdict"] for smoke in ended.report["smokes"]} == {"passed"}
    assert {smoke["state"] for smoke in ended.report["smokes"]} >= {"SUCCESS", "FAILED"}
