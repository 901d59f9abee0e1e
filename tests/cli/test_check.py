"""`kestra-deployer check`: files alone, by the rules of a version, with places and hints."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.project import HELLO, Ended, Project
from pytest_httpserver import HTTPServer

from deployer.cache import VARIABLE
from deployer.check import CHECKS
from deployer.engine.process.launch import RunningEngine
from deployer.model.version import NAMES

Run = Callable[..., Ended]
WRONG = HELLO.replace("    message: hello\n", "    mesage: hello\n")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache in which no server is remembered."""
    monkeypatch.setenv(VARIABLE, str(tmp_path_factory.mktemp("cache")))


@pytest.mark.parametrize("version", NAMES)
def test_the_sample_flows_are_fine_for_every_version(
    deployer: Run, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    ended = deployer("check", "--kestra", version, "--strict")
    assert (ended.code, ended.stderr) == (0, "")
    assert f"16 files checked by the rules of Kestra {version}: nothing found." in ended.stdout


def test_a_problem_is_shown_with_its_line_a_mark_and_a_hint(project: Project, deployer: Run) -> None:
    project.write("flows/a.yaml", WRONG)
    ended = deployer("check")
    assert ended.code == 1
    assert ended.stdout.startswith(
        "error[unknown-property] flows/a.yaml:6:5\n"
        "  `mesage` is not a property of Log\n"
        "  6 |     mesage: hello\n"
        "    |     ^^^^^^\n"
        "  hint: did you mean `message`?\n"
    )


def test_all_problems_of_a_file_are_found_in_one_run_in_their_order(project: Project, deployer: Run) -> None:
    broken = (
        "  - id: b\n    type: io.kestra.plugin.core.log.Logg\n  - id: c d\n    type: io.kestra.plugin.core.flow.Sleep\n"
    )
    project.write("flows/a.yaml", WRONG + broken + "triggers: soon\n")
    ended = deployer("check", "--format", "json")
    assert [(each["line"], each["check"]) for each in ended.report["problems"]] == [
        (6, "unknown-property"),
        (8, "unknown-type"),
        (9, "missing-property"),
        (9, "invalid-value"),
        (11, "wrong-type"),
    ]


def test_what_another_version_has_is_said_to_be_so(project: Project, deployer: Run) -> None:
    inner = HELLO.partition("tasks:\n")[2].replace("  ", "      ", 1).replace("\n    ", "\n        ").rstrip() + "\n"
    each = f"  - id: e\n    type: io.kestra.plugin.core.flow.ForEach\n    values: [a]\n    tasks:\n{inner}"
    project.write("flows/a.yaml", HELLO.replace("id: say", "id: first") + each)
    [gone] = deployer("check", "--kestra", "2.0", "--format", "json").report["problems"]
    assert "is gone since Kestra 2.0" in gone["message"]
    asks = HELLO.replace("message: hello", 'message: "{{ inputs.i }}"')
    project.write("flows/a.yaml", asks + "inputs:\n  - id: i\n    type: STRING\n    prefill: x\n")
    [to_come] = deployer("check", "--kestra", "1.0", "--format", "json").report["problems"]
    assert "needs Kestra 1.1 or later" in to_come["message"]


def test_a_later_version_is_told_with_what_the_upgrade_takes(project: Project, deployer: Run) -> None:
    project.write("flows/a.yaml", HELLO)
    project.write("flows/b.yaml", HELLO.replace("id: hello", "id: b").replace("plugin.core.log", "core.tasks.log"))
    ended = deployer("check", "--kestra", "2.0", "--format", "json")
    assert ended.report["upgrade"]["from"] == "1.3"
    assert ended.report["upgrade"]["to"] == "2.0"
    assert ended.report["upgrade"]["flows"] == [
        {"file": "flows/a.yaml", "verdict": "as-is"},
        {"file": "flows/b.yaml", "verdict": "rename"},
    ]
    [problem] = ended.report["problems"]
    assert (problem["effort"], problem["hint"]) == ("rename", "write `io.kestra.plugin.core.log.Log`")
    assert "    1  need a mechanical rename\n         flows/b.yaml" in deployer("check", "--kestra", "2.0").stdout


def test_what_all_tasks_lost_is_reported_of_tasks_of_unknown_plugins_too(project: Project, deployer: Run) -> None:
    """Each version is judged by its own description, and a type that is not described is not said to run."""
    task = HELLO.replace("io.kestra.plugin.core.log.Log", "com.example.Train").replace("message: hello", "depth: 3")
    project.write("flows/a.yaml", task + "    workerGroup: {key: gpu}\n")
    project.write("flows/b.yaml", task.replace("id: hello", "id: b"))
    report = deployer("check", "--kestra", "2.0", "--format", "json").report
    [gone] = [each for each in report["problems"] if each["severity"] == "error"]
    assert "`workerGroup` of Task is gone since Kestra 2.0" in gone["message"]
    assert [each["verdict"] for each in report["upgrade"]["flows"]] == ["rename", "unverified"]


def test_silence_and_levels_do_not_change_what_an_upgrade_takes(project: Project, deployer: Run) -> None:
    old = HELLO.replace("plugin.core.log", "core.tasks.log")
    project.write("flows/a.yaml", "# kestra-deployer: ignore[unknown-type] later\n" + old)
    project.write("kestra-deployer.yaml", "checks:\n  unknown-type: off\n")
    ended = deployer("check", "--kestra", "2.0", "--format", "json")
    assert ended.code == 0
    assert ended.report["upgrade"]["totals"]["rename"] == 1


@pytest.mark.parametrize(("file", "flag", "told"), [("2.0", "2.0", None), ("1.0", "1.3", "1.0"), ("2.0", "1.3", None)])
def test_an_upgrade_is_from_what_the_configuration_file_names(
    project: Project, deployer: Run, file: str, flag: str, told: str | None
) -> None:
    project.write("flows/a.yaml", HELLO)
    project.write("kestra-deployer.yaml", f'kestra: "{file}"\n')
    upgrade = deployer("check", "--kestra", flag, "--format", "json").report["upgrade"]
    assert (upgrade["from"] if upgrade else None) == told


def test_a_type_of_a_plugin_is_noted_and_what_every_task_has_is_checked(project: Project, deployer: Run) -> None:
    plugin = "  - id: up\n    type: io.kestra.plugin.aws.s3.Upload\n    anything: 1\n    allowFailure: perhaps\n"
    project.write("flows/a.yaml", HELLO + plugin)
    ended = deployer("check", "--format", "json")
    found = [(each["severity"], each["check"]) for each in ended.report["problems"]]
    assert found == [("notice", "unverified-type"), ("error", "wrong-type")]


@pytest.mark.parametrize(("namespace", "code"), [("company.team", 0), ("company", 0), ("*", 0), ("company.te", 1)])
def test_what_a_namespace_adds_is_not_missing(project: Project, deployer: Run, namespace: str, code: int) -> None:
    project.write("flows/a.yaml", HELLO.replace("    message: hello\n", ""))
    assert deployer("check").code == 1
    given = "    - type: io.kestra.plugin.core.log\n      values: {message: hello}\n"
    project.write("kestra-deployer.yaml", f"plugin-defaults:\n  '{namespace}':\n{given}")
    assert deployer("check").code == code


def test_plugin_defaults_that_are_none_are_a_usage_error(project: Project, deployer: Run) -> None:
    for wrong in ("[]", "{a: b}", "{a: [b]}", "{a: [{type: x}]}", "{a: [{type: x, values: {}, more: 1}]}"):
        project.write("kestra-deployer.yaml", f"plugin-defaults: {wrong}\n")
        assert deployer("check").code == 2


def test_several_paths_are_checked_once_each(project: Project, deployer: Run) -> None:
    project.write("flows/a.yaml", HELLO)
    project.write("more/b.yaml", HELLO)
    ended = deployer("check", "flows", "more/b.yaml", "more")
    assert ended.code == 1
    assert ended.stdout.count("error[duplicate-flow]") == 2
    assert "2 files checked" in ended.stdout


def test_warnings_fail_a_strict_check_only(project: Project, deployer: Run) -> None:
    project.write("flows/a.yaml", HELLO + "---\nid: other\n")
    assert deployer("check").code == 0
    assert deployer("check", "--strict").code == 1


def test_the_configuration_file_and_comments_count(project: Project, deployer: Run) -> None:
    project.write("kestra-deployer.yaml", "kestra: '1.0'\nchecks:\n  unknown-property: warning\n")
    project.write("flows/a.yaml", WRONG)
    ended = deployer("check")
    assert ended.code == 0
    assert "warning[unknown-property]" in ended.stdout
    assert "rules of Kestra 1.0" in ended.stdout
    project.write("kestra-deployer.yaml", "checks:\n  unknown-propery: warning\n")
    assert deployer("check").code == 2


def test_a_configured_server_is_asked_once_what_it_is(
    project: Project, deployer: Run, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "2.0.4"})
    monkeypatch.setenv("KESTRA_HOST", httpserver.url_for("/"))
    project.write("flows/a.yaml", HELLO)
    for _ in range(2):
        assert "rules of Kestra 2.0" in deployer("check").stdout
    assert len(httpserver.log) == 1
    assert "rules of Kestra 1.1" in deployer("check", "--kestra", "1.1").stdout


def test_a_server_that_does_not_answer_is_a_notice(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KESTRA_HOST", "http://127.0.0.1:1")
    project.write("flows/a.yaml", HELLO)
    ended = deployer("check")
    assert ended.code == 0
    assert "notice[server-version]" in ended.stdout
    assert "checked by the rules of Kestra 1.3" in ended.stdout


def test_a_real_engine_adds_its_own_verdict(
    project: Project, deployer: Run, engine: RunningEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = HELLO.replace("id: hello", "id: b", 1).replace("plugin.core.log.Log", "plugin.absent.Absent")
    project.write("flows/a.yaml", WRONG)
    project.write("flows/b.yaml", absent)
    project.write("flows/c.yaml", HELLO.replace("id: hello", "id: c", 1))
    monkeypatch.setenv("KESTRA_HOST", engine.url)
    ended = deployer("check", "--server", "--format", "json")
    assert ended.code == 1
    assert [(each["file"], each["check"]) for each in ended.report["problems"]] == [
        ("flows/a.yaml", "unknown-property"),
        ("flows/b.yaml", "kestra-validate"),
    ]
    assert ended.report["server"]["version"] == engine.version.engine
    assert ended.report["kestra"] == engine.version.name


@pytest.mark.engine
def test_an_engine_of_its_own_gives_its_verdict_on_the_sample_flows(
    deployer: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)  # the jars are in the usual cache
    monkeypatch.chdir(Path(__file__).parents[2])
    ended = deployer("check", "--embedded", "--format", "json")
    assert (ended.code, ended.report["problems"]) == (0, [])


def test_an_explanation_says_why_and_shows_bad_and_good(deployer: Run) -> None:
    for each in CHECKS:
        text = deployer("explain", each.name).stdout
        assert all(word in text for word in (each.name, "Why:", "Bad:", "Good:"))
    assert "unknown-property" in deployer("explain").stdout
    missing = deployer("explain", "unknown-propery")
    assert missing.code == 2
    assert "did you mean `unknown-property`?" in missing.stderr


def imported(*arguments: str) -> str:
    """Which of the libraries that take long to import a command line imports."""
    slow = ("httpx", "git", "jpype", "tenacity", "jsonschema")
    program = (
        f"import sys; from deployer.cli import run; run({list(arguments)!r});"
        f"print([name for name in {slow!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()[-1]


def test_a_check_imports_no_client_and_no_engine(project: Project) -> None:
    project.flow("a")
    assert imported("--version") == imported("check", "--help") == imported("check") == "[]"
    project.write("kestra-deployer.yaml", "# nothing yet\n")
    assert imported("check") == "[]"
    project.write("kestra-deployer.yaml", "project: acme\n")
    assert imported("check") == "['jsonschema']"


def test_a_subflow_is_looked_for_when_its_folder_is_checked_and_not_when_only_a_file_is(
    project: Project, deployer: Run
) -> None:
    calls = HELLO.replace("io.kestra.plugin.core.log.Log", "io.kestra.plugin.core.flow.Subflow").replace(
        "    message: hello\n", "    namespace: company.team\n    flowId: nobody\n"
    )
    project.write("flows/a.yaml", calls)
    assert "there is no flow `nobody` in namespace company.team of this folder" in deployer("check").stdout
    assert "nothing found" in deployer("check", "flows/a.yaml").stdout
    project.write("flows/b.yaml", "id: [")
    assert "no flow `nobody`" not in deployer("check").stdout


DEEP = "{id: say, type: io.kestra.plugin.core.log.Log, message: hello}"
for _ in range(450):
    DEEP = f"{{id: all, type: io.kestra.plugin.core.flow.Sequential, tasks: [{DEEP}]}}"
PATTERN = "(" * 500 + "x" + ")" * 500
CHART = "io.kestra.plugin.core.dashboard.chart.Bar"
LOST = {
    "task-runner": (HELLO.replace("core.log.Log", "core.runner.Process"), "wrong-type"),
    "storage": (HELLO.replace("plugin.core.log.Log", "storage.local.LocalStorage"), "wrong-type"),
    "chart": (f"{HELLO}triggers: [{{id: t, type: {CHART}}}]\n", "wrong-type"),
    "pattern": (f"{HELLO}inputs: [{{id: i, type: STRING, validator: {PATTERN}}}]\n", "regex"),
    "tasks": (f"id: hello\nnamespace: company.team\ntasks: [{DEEP}]\n", "unread-flow"),
    "timeout.smoke": (
        "id: s\nnamespace: company.team\nflowId: typo\ntestCases: [{id: c, timeout: P9999999999999D}]\n",
        "smoke-suite",
    ),
}
"""Files with one thing that is more than a check can take, or was, and the check that tells of it."""


@pytest.mark.parametrize("version", NAMES)
def test_what_is_wrong_with_one_file_keeps_no_other_from_being_judged(
    project: Project, deployer: Run, version: str
) -> None:
    project.write("flows/typo.yaml", WRONG.replace("id: hello", "id: typo"))
    for name, (text, _) in LOST.items():
        project.write(f"flows/{name}.yaml", text.replace("id: hello", f"id: {name}"))
    ended = deployer("check", "--kestra", version, "--format", "json")
    assert ended.code == 1
    found = [(each["file"], each["check"]) for each in ended.report["problems"] if each["severity"] == "error"]
    expected = {(f"flows/{name}.yaml", check) for name, (_, check) in LOST.items()}
    assert len(found) == len(set(found))
    assert set(found) == expected | {("flows/typo.yaml", "unknown-property")}
