"""Whether what was deployed will run, on engines with a scheduler: every sickness is brought about on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cli.others import create, disable, edit, put, save_draft, source
from cli.project import HELLO, Ended, Project
from conftest import SCHEDULING
from engine.processes import eventually
from proxy import Passing, Proxy, answers, pass_on

from deployer.engine.process.launch import RunningEngine
from deployer.language.cron_dates import Cron
from deployer.model.version import Dialect

Run = Callable[..., Ended]
OURS = ("--project", "ours")
NS = "company.team"
LATER = (datetime.now(UTC) + timedelta(hours=12)).replace(minute=7, second=0, microsecond=0)
SCHEDULE = "type: io.kestra.plugin.core.trigger.Schedule"
DAILY = f'triggers:\n  - id: daily\n    {SCHEDULE}\n    cron: "7 {LATER.hour} * * *"\n    timezone: UTC\n'
TICK = f'triggers:\n  - id: tick\n    {SCHEDULE}\n    cron: "* * * * * *"\n    withSeconds: true\n'

schedules = pytest.mark.parametrize("kestra", [f"1.3{SCHEDULING}", f"2.0{SCHEDULING}"], indirect=True)
"""On engines with a scheduler."""


@pytest.fixture(autouse=True)
def _stop_schedules(api: httpx.Client) -> Iterator[None]:
    """Delete this test's flows, whose schedules would go on."""
    yield
    for flow in api.get(f"/flows/{NS}").json():
        api.delete(f"/flows/{NS}/{flow['id']}")


@pytest.fixture
def deployed(project: Project, deployer: Run, server: Proxy) -> Project:
    """A project whose flow a, with a schedule, is live."""
    assert server.url
    project.write("flows/a.yaml", HELLO.replace("id: hello", "id: a") + DAILY)
    assert deployer("sync", *OURS).code == 0
    return project


def health(ended: Ended) -> dict[str, tuple[str, str]]:
    """The condition of each flow, and all reasons."""
    return {each["name"]: (each["condition"], " ".join(each["reasons"])) for each in ended.report["health"]}


def states(api: httpx.Client, name: str) -> dict[str, dict[str, Any]]:
    found = api.get(f"/triggers/{NS}/{name}", params={"size": 1000}).raise_for_status().json()["results"]
    return {each["triggerId"]: each for each in found}


def switch(api: httpx.Client, engine: RunningEngine, name: str, trigger: str, *, off: bool) -> None:
    """Switch a trigger off or on, as Kestra's page of triggers does."""
    place = {"namespace": NS, "flowId": name, "triggerId": trigger}
    if engine.version.dialect is Dialect.V1:
        place["tenantId"] = str(api.base_url).rstrip("/").rpartition("/")[2]
    asked = {"triggers": [place], "disabled": off}
    api.post("/triggers/set-disabled/by-triggers", json=asked).raise_for_status()
    assert eventually(lambda: states(api, name)[trigger]["disabled"] is off)


def deploy_anew(project: Project, deployer: Run, api: httpx.Client) -> None:
    """Do what the reasons advise: deploy the flow a without its trigger, and then with it again."""
    text = source(api, "a")
    for each in (text.partition("triggers:")[0], text):
        project.write("flows/a.yaml", each)
        assert deployer("sync", *OURS).code == 0
    assert "daily" in states(api, "a")


@pytest.mark.parametrize("kestra", [f"{each}{SCHEDULING}" for each in ("1.0", "1.3", "2.0")], indirect=True)
@pytest.mark.usefixtures("deployed")
def test_a_schedule_is_healthy_after_its_deploy_and_later(deployer: Run, api: httpx.Client) -> None:
    assert states(api, "a")["daily"]["disabled"] is False  # the deploy has waited for it
    ended = deployer("health", *OURS)
    assert (ended.code, ended.stderr) == (0, "")
    assert f"  ✓ {NS}/a  healthy\n" in ended.stdout
    assert "1 flow looked at: 1 healthy." in ended.stdout
    api.delete(f"/flows/{NS}/a").raise_for_status()
    assert deployer("health", *OURS).code == 7


@schedules
def test_a_deploy_says_how_many_are_healthy_and_counts_no_others(
    project: Project, deployer: Run, server: Proxy
) -> None:
    project.write("flows/a.yaml", HELLO.replace("id: hello", "id: a") + DAILY)
    project.flow("b")
    assert health(deployer("sync", *OURS, "--format", "json")) == {"a": ("healthy", ""), "b": ("healthy", "")}
    project.flow("b", message="changed")
    server.requests.clear()
    ended = deployer("sync", *OURS)
    assert "1 flow looked at: 1 healthy." in ended.stdout
    assert "Health" not in ended.stdout
    assert server.count("GET") - server.count("HEAD") > 0
    assert [each for each in server.requests if "triggers" in each] == []  # b has none
    server.requests.clear()
    assert "looked at" not in deployer("sync", *OURS).stdout


@schedules
def test_a_trigger_that_is_switched_off_is_degraded_until_it_is_on(
    deployed: Project, deployer: Run, api: httpx.Client, engine: RunningEngine
) -> None:
    switch(api, engine, "a", "daily", off=True)
    ended = deployer("health", *OURS, "--format", "json")
    assert ended.code == 7
    condition, reason = health(ended)["a"]
    assert condition == "degraded"
    assert "the trigger `daily` is switched off on the server: switch it on" in reason
    assert ended.report["counts"]["degraded"] == 1
    deployed.write("flows/a.yaml", source(api, "a") + "# and more\n")
    ended = deployer("sync", *OURS)
    assert ended.code == 0, ended.stdout  # the deploy kept it off, and the ledger says so
    assert "the trigger `daily` stays disabled" in ended.stdout
    assert deployer("health", *OURS).code == 0
    switch(api, engine, "a", "daily", off=False)
    assert deployer("health", *OURS, "--format", "json").report["health"][0]["name"] == "a"


@schedules
@pytest.mark.usefixtures("deployed")
def test_another_cron_gives_another_date(
    project: Project, deployer: Run, api: httpx.Client, engine: RunningEngine
) -> None:
    switch(api, engine, "a", "daily", off=True)
    project.write("flows/a.yaml", source(api, "a").replace('"7 ', '"9 '))
    ended = deployer("sync", *OURS, "--on-disabled", "enable", "--wait", "3", "--format", "json")
    assert ended.code == 0
    assert health(ended)["a"][0] == "healthy"  # a new cron gives a new date, also on 1.x
    state = states(api, "a")["daily"]
    assert f"{LATER:%Y-%m-%dT%H}:09:00Z" in (state.get("nextExecutionDate"), state.get("nextEvaluationDate"))


@pytest.mark.every_version
@schedules
def test_a_run_that_is_left_out_is_named(
    deployed: Project, deployer: Run, api: httpx.Client, engine: RunningEngine
) -> None:
    assert deployed.root.is_dir()
    switch(api, engine, "a", "daily", off=True)
    switch(api, engine, "a", "daily", off=False)
    ended = deployer("health", *OURS, "--format", "json")
    if engine.version.dialect is Dialect.V2:
        assert health(ended)["a"] == ("healthy", "")
        return
    assert ended.code == 7
    assert f"the run of {LATER:%Y-%m-%dT%H:07Z} is left out: the trigger `daily` is on" in health(ended)["a"][1]
    deploy_anew(deployed, deployer, api)


@schedules
@pytest.mark.usefixtures("deployed")
def test_a_state_that_was_deleted_is_missed_and_comes_back_with_the_trigger(
    project: Project, deployer: Run, api: httpx.Client
) -> None:
    create(api, HELLO.replace("id: hello", "id: other") + DAILY)  # a server without any state has no scheduler
    assert eventually(lambda: bool(states(api, "other")))
    api.delete(f"/triggers/{NS}/a/daily").raise_for_status()
    assert eventually(lambda: not states(api, "a"))
    ended = deployer("health", *OURS, "--format", "json")
    assert (ended.code, health(ended)["a"][0]) == (7, "degraded")
    assert "the trigger `daily` has no state on the server, so nothing evaluates it" in health(ended)["a"][1]
    deploy_anew(project, deployer, api)


@schedules
def test_a_trigger_that_waits_for_an_execution_that_is_gone_is_degraded(
    project: Project, deployer: Run, server: Proxy, api: httpx.Client
) -> None:
    assert server.url
    pause = HELLO[: HELLO.index("tasks:")] + "tasks:\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n"
    project.write("flows/hello.yaml", pause + TICK)
    assert deployer("sync", *OURS).code == 0
    assert eventually(lambda: bool(states(api, "hello")["tick"].get("executionId")))
    assert health(deployer("health", *OURS, "--format", "json"))["hello"] == ("healthy", "")  # it is running
    execution = states(api, "hello")["tick"]["executionId"]
    api.delete(f"/executions/{execution}").raise_for_status()
    ended = deployer("health", *OURS, "--format", "json")
    assert ended.code == 7
    assert f"waits for the execution {execution}, which is not there: unlock it" in health(ended)["hello"][1]


@pytest.mark.every_version
@schedules
def test_what_others_did_to_the_texts_is_degraded(
    deployed: Project, deployer: Run, api: httpx.Client, engine: RunningEngine
) -> None:
    for name in "bcdef":
        deployed.flow(name)
    assert deployer("sync", *OURS).code == 0
    deployed.flow("never")
    deployed.write("flows/a.yaml", HELLO.replace("id: hello", "id: a") + DAILY + "# newer in the file only\n")
    edit(api, "b", "message: hello", "message: edited")
    api.delete(f"/flows/{NS}/c").raise_for_status()
    disable(api, "d")
    create(api, HELLO.replace("id: hello", "id: foreign").replace("message: hello", "message: theirs"))
    deployed.flow("foreign")
    if engine.version.dialect is Dialect.V2:
        save_draft(api, "e", "message: hello", "message: draft")
    ended = deployer("health", *OURS, "--format", "json")
    assert ended.code == 7
    found = health(ended)
    assert {name for name, (condition, _) in found.items() if condition == "healthy"} == {"a", "e", "f"}
    assert "it was edited on the server since it was deployed as revision 1" in found["b"][1]
    assert "it was deleted on the server since it was deployed" in found["c"][1]
    assert "the flow was disabled on the server" in found["d"][1]
    assert "it is not on the server: deploy it" in found["never"][1]
    assert "the server has another text of it than flows/company.team/foreign.yaml" in found["foreign"][1]
    (deployed.root / f"flows/{NS}/foreign.yaml").unlink()
    assert deployer("sync", *OURS, "--on-drift", "overwrite").code == 0
    assert health(deployer("health", *OURS, "--format", "json"))["d"] == (
        "healthy",
        "",
    )  # it stays disabled, and is meant


@pytest.mark.parametrize("kestra", [f"2.0{SCHEDULING}"], indirect=True)
def test_only_a_draft_does_not_run(project: Project, deployer: Run, server: Proxy, api: httpx.Client) -> None:
    assert server.url
    text = project.flow("a")
    answer = api.post(
        "/flows", params={"draft": "true"}, content=text.encode(), headers={"Content-Type": "application/x-yaml"}
    )
    assert answer.raise_for_status().json()["draft"]
    ended = deployer("health", *OURS, "--format", "json")
    assert ended.code == 7
    assert "only a draft of it is on the server" in health(ended)["a"][1]


@schedules
def test_a_write_that_someone_undoes_at_once_is_noticed(
    project: Project, deployer: Run, server: Proxy, api: httpx.Client
) -> None:
    project.flow("a")
    exports: list[str] = []

    def undo(request: Passing) -> None:
        exports.append(request.path)
        if len(exports) == 2:  # the first is the plan's
            put(api, "a", source(api, "a") + "# mine\n")
        pass_on(request)

    with server.failing(lambda _, asked: undo if "export/by-query" in asked else None):
        ended = deployer("sync", *OURS, "--wait", "0", "--format", "json")
    assert ended.code == 7
    assert "another text of it is on the server, as revision 2, since this run wrote it" in health(ended)["a"][1]


@schedules
@pytest.mark.parametrize("status", [403, 404])
def test_where_triggers_are_not_shown_they_are_unknown(
    deployed: Project, deployer: Run, server: Proxy, status: int
) -> None:
    deployed.flow("b")
    deployed.write("flows/c.yaml", HELLO.replace("id: hello", "id: c") + DAILY)
    with server.failing(lambda _, asked: answers(status, "{}") if "triggers/search" in asked else None):
        ended = deployer("sync", *OURS, "--format", "json")
        assert (ended.code, health(ended)["b"], health(ended)["c"][0]) == (0, ("healthy", ""), "unknown")
        ended = deployer("health", *OURS, "--format", "json")
    assert ended.code == 0
    assert {name: condition for name, (condition, _) in health(ended).items()} == {
        "a": "unknown", "b": "healthy", "c": "unknown",
    }  # fmt: skip
    [warning] = ended.report["problems"]
    assert (warning["check"], warning["severity"]) == ("health", "warning")
    assert "whether triggers will start their flows is not known" in warning["message"]


@pytest.mark.one_version
def test_what_cannot_be_read_again_is_unknown_and_the_deploy_is_reported(
    project: Project, deployer: Run, server: Proxy
) -> None:
    project.flow("a")

    def fault(_: int, asked: str) -> Callable[[Passing], None] | None:
        wrote = any(each.startswith("POST") and each.endswith("/flows") for each in server.requests)
        return answers(500, "{}") if wrote and "flows/search" in asked else None

    with server.failing(fault):
        ended = deployer("sync", *OURS, "--format", "json")
    assert (ended.code, ended.done) == (0, [("a", "create", 1)])
    condition, reason = health(ended)["a"]
    assert (condition, "it could not be read again" in reason) == ("unknown", True)
    [warning] = ended.report["problems"]
    assert (warning["check"], warning["severity"]) == ("health", "warning")
    assert "as it could not be read again: GET" in warning["message"]


@pytest.mark.every_version
@schedules
def test_flow_triggers_are_said_not_to_be_judged(
    project: Project, deployer: Run, server: Proxy, engine: RunningEngine
) -> None:
    assert server.url
    flows = f"[{{namespace: {NS}, flowId: b}}]"
    on = f"preconditions: {{id: p, flows: {flows}}}" if engine.version.dialect is Dialect.V1 else f"dependsOn: {flows}"
    project.flow("b")
    after = f"triggers:\n  - id: after\n    type: io.kestra.plugin.core.trigger.Flow\n    {on}\n"
    project.write("flows/a.yaml", HELLO.replace("id: hello", "id: a") + after)
    ended = deployer("sync", *OURS, "--format", "json")
    assert (ended.code, health(ended)["a"]) == (0, ("healthy", ""))
    [notice] = ended.report["problems"]
    assert notice["severity"] == "notice"
    assert notice["message"].endswith(f"that is not judged: {NS}/a")


@schedules
def test_no_wait_does_not_look(project: Project, deployer: Run, server: Proxy) -> None:
    project.write("flows/a.yaml", HELLO.replace("id: hello", "id: a") + DAILY)
    ended = deployer("sync", *OURS, "--no-wait", "--format", "json")
    assert (ended.code, ended.report["health"]) == (0, [])
    assert [each for each in server.requests if "triggers" in each] == []


@schedules
def test_a_saved_plan_is_looked_at_after_it_is_applied(project: Project, deployer: Run, server: Proxy) -> None:
    project.write("flows/a.yaml", HELLO.replace("id: hello", "id: a") + DAILY)
    assert deployer("plan", *OURS, "--out", "plan.json").code == 0
    ended = deployer("apply", "plan.json", "--format", "json")
    assert (ended.code, health(ended)) == (0, {"a": ("healthy", "")})
    project.flow("b")
    assert deployer("plan", *OURS, "--out", "plan.json").code == 0
    server.requests.clear()
    assert health(deployer("apply", "plan.json", "--no-wait", "--format", "json")) == {}


def test_a_server_without_a_scheduler_is_named_and_smoke_tests_run_all_the_same(
    project: Project, deployer: Run, server: Proxy
) -> None:
    assert server.url
    project.write("flows/a.yaml", HELLO.replace("id: hello", "id: a") + DAILY)
    project.write("flows/a.smoke.yaml", f"id: s\nnamespace: {NS}\nflowId: a\ntestCases: [{{id: x}}]\n")
    project.write("kestra-deployer.yaml", "wait: PT0S\n")
    ended = deployer("sync", *OURS, "--smoke", "--format", "json")
    assert ended.code == 7
    assert health(ended)["a"] == ("degraded", "no trigger of this server has a state: is its scheduler running?")
    assert [smoke["verdict"] for smoke in ended.report["smokes"]] == ["passed"]
    ended = deployer("health", *OURS, "--format", "github")
    assert ended.code == 7
    assert (
        f"::error file=flows/a.yaml,title=kestra-deployer%3A health::{NS}/a is degraded: no trigger of" in ended.stdout
    )


@pytest.mark.one_version
@pytest.mark.parametrize("text", ["soon", "-1", "P2D", "1e3"])
@pytest.mark.usefixtures("server")
def test_a_wait_that_is_no_duration_is_refused(project: Project, deployer: Run, text: str) -> None:
    project.flow("a")
    ended = deployer("sync", *OURS, "--wait", text)
    assert ended.code == 2
    assert "is no duration up to a day" in ended.stderr


@pytest.mark.one_version
@pytest.mark.usefixtures("server")
def test_without_a_ledger_the_file_is_what_counts(project: Project, deployer: Run, api: httpx.Client) -> None:
    project.write("kestra-deployer.yaml", "ledger: none\n")
    project.flow("a")
    project.flow("b")
    assert deployer("sync").code == 0
    edit(api, "a", "message: hello", "message: edited")
    found = health(deployer("health", "--format", "json"))
    assert found["b"] == ("healthy", "")
    assert "the server has another text of it than flows/company.team/a.yaml" in found["a"][1]


CRONS = (
    "0 3 * * *", "*/7 2-4 * * *", "5,10,50 */6 * * *", "15 10 * * MON", "0 0 1 * *", "30 12 1,15 * *", "0 9 * * 1-5",
    "0 0 29 2 *", "59 23 31 12 *", "0 8 13 * FRI", "10 4 1 JAN,JUL *", "1/20 5 * * 0", "0 22 * * 7", "@weekly",
    "@hourly",
    "@yearly", "0 6 1-7 3 SUN", "*/5 * * * *", "12 0/4 10-20/3 * *",
)  # fmt: skip
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")


@schedules
def test_our_dates_of_crons_are_the_schedulers(
    project: Project, deployer: Run, server: Proxy, api: httpx.Client
) -> None:
    """Each of these schedules gets its next date from Kestra, which is the first that is due by our reading as well."""
    assert server.url
    cases = [(cron, zone) for cron in CRONS for zone in ZONES] + [(cron, "") for cron in CRONS]
    triggers = "".join(
        f'  - id: t{number}\n    {SCHEDULE}\n    cron: "{cron}"\n' + (f"    timezone: {zone}\n" if zone else "")
        for number, (cron, zone) in enumerate(cases)
    )
    project.write("flows/a.yaml", HELLO.replace("id: hello", "id: a") + "triggers:\n" + triggers)
    ended = deployer("sync", *OURS, "--format", "json")
    assert health(ended) == {"a": ("healthy", "")}
    found, now = states(api, "a"), datetime.now(UTC)
    for number, (cron, zone) in enumerate(cases):
        state, read = found[f"t{number}"], Cron.read({"cron": cron, "timezone": zone or "UTC"})
        following = datetime.fromisoformat(state.get("nextExecutionDate") or state["nextEvaluationDate"])
        assert read
        assert read.zone
        local, since = (each.astimezone(read.zone).replace(tzinfo=None) for each in (following, now))
        assert read.is_due(local), (cron, zone, following)
        assert following < now or read.after(since) == local, (cron, zone, following)
