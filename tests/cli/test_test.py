"""`test`: the tests of flows are run on an engine of their own, with tasks mocked whose plugins it does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from cli.project import Ended, Project
from proxy import Proxy

from deployer.cli.test import _filled
from deployer.engine.process.launch import RunningEngine
from deployer.errors import UsageError
from deployer.kestra.dialect import server_info

Run = Callable[..., Ended]

PIPELINE = """\
id: pipeline
namespace: company.data
inputs:
  - {id: day, type: STRING, defaults: "2026-01-01"}
tasks:
  - id: extract
    type: io.kestra.plugin.gcp.bigquery.Query
    sql: SELECT * FROM t WHERE d = '{{ inputs.day }}'
    retry: {type: constant, interval: PT1S, maxAttempts: 3}
  - id: gate
    type: io.kestra.plugin.core.flow.If
    condition: "{{ outputs.extract.row.count > 100 }}"
    then:
      - id: model
        type: io.kestra.plugin.dbt.cli.DbtCLI
        commands: [dbt build]
      - id: upload
        type: io.kestra.plugin.aws.s3.Upload
        from: "{{ outputs.model.uri }}"
    else:
      - id: alert
        type: io.kestra.plugin.slack.SlackIncomingWebhook
        url: "{{ secret('SLACK') }}"
  - id: done
    type: io.kestra.plugin.core.debug.Return
    format: "{{ outputs.upload.eTag ?? 'none' }} {{ secret('SLACK') }} {{ kv('limit') }}"
errors:
  - {id: page, type: io.kestra.plugin.pagerduty.Alert}
triggers:
  - {id: queue, type: io.kestra.plugin.aws.sqs.Trigger, queueUrl: x}
outputs:
  - {id: result, type: STRING, value: "{{ outputs.done.value }}"}
"""
SUITE = """\
id: pipeline
namespace: company.data
flowId: pipeline
testCases:
  - id: many-rows
    fixtures:
      trigger: {id: queue, variables: {body: hi}}
      tasks:
        - {id: extract, outputs: {row: {count: 500}}}
        - {id: model, outputs: {uri: "s3://x"}}
        - {id: upload, outputs: {eTag: abc}}
    assertions:
      - {value: "{{ outputs.extract.row.count }}", greaterThan: 100, lessThan: 1000}
      - {value: "{{ trigger.body }}", equalTo: hi}
    expectedTaskStates: {alert: NOT_RUN, upload: SUCCESS}
    expectedOutputs: {result: "abc not-real 10"}
  - id: few-rows
    tags: [quick]
    fixtures:
      tasks:
        - {id: extract, outputs: {row: {count: 5}}}
        - {id: alert}
    expectedTaskStates: {alert: SUCCESS, upload: NOT_RUN}
  - id: extract-fails
    expectedState: FAILED
    fixtures:
      tasks:
        - {id: extract, state: FAILED}
        - {id: page}
    expectedTaskStates: {page: SUCCESS}
"""
OF_A = "id: s\nnamespace: company.team\nflowId: a\ntestCases:\n"
CASE = OF_A + "  - id: c\n"
LATE = "afterExecution:\n  - {id: l, type: io.kestra.plugin.core.log.Log, message: x}\n"
GIVEN = 'project: x\ntest:\n  secrets: {SLACK: "${NOT_REAL}"}\n  kv: {company.data: {limit: 10}}\n'


def write(project: Project, suite: str = SUITE) -> None:
    project.write("flows/pipeline.yaml", PIPELINE)
    project.write("flows/pipeline.smoke.yaml", suite)


def verdicts(ended: Ended) -> dict[str, str]:
    return {each["case"]: each["verdict"] for each in ended.report["smokes"]}


@pytest.fixture
def shared(engine: RunningEngine, tenant: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let `test` find an engine that runs already, with nothing in this tenant, instead of starting one."""

    @contextmanager
    def running(*_: Any, **__: Any) -> Iterator[RunningEngine]:
        yield engine

    monkeypatch.setattr("deployer.cli.embedded.embedded", running)
    monkeypatch.setattr("deployer.cli.test.MAIN", tenant)
    return engine.version.name


@pytest.mark.engine
@pytest.mark.parametrize("version", ["1.3", pytest.param("2.0", marks=pytest.mark.thorough)])
def test_a_flow_of_cloud_plugins_passes_with_fixtures_alone(
    project: Project, deployer: Run, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    """On a fresh engine, which gets the secrets when it starts."""
    write(project)
    project.write("kestra-deployer.yaml", GIVEN)
    monkeypatch.setenv("NOT_REAL", "not-real")
    ended = deployer("test", "--kestra", version, "--format", "json")
    assert verdicts(ended) == dict.fromkeys(("many-rows", "few-rows", "extract-fails"), "passed")
    assert (ended.code, ended.report["command"], ended.report["outcomes"]) == (0, "test", [])


def test_a_test_that_reaches_what_the_engine_does_not_have_fails_and_names_the_line(
    project: Project, deployer: Run, shared: str
) -> None:
    """Even one that expects a failure: this one is not the flow's."""
    write(project, SUITE.replace("        - {id: page}\n    expectedTaskStates: {page: SUCCESS}\n", ""))
    ended = deployer("test", "-k", "extract-fails", "--kestra", shared, "--format", "json")
    assert ended.code == 6
    [smoke] = ended.report["smokes"]
    assert smoke["verdict"] == "failed"
    assert smoke["message"].startswith("reached `page`, a io.kestra.plugin.pagerduty.Alert")
    assert smoke["url"] is None
    [problem] = [each for each in ended.report["problems"] if each["check"] == "absent-plugin"]
    assert (problem["file"], problem["line"]) == ("flows/pipeline.yaml", 28)
    assert problem["message"].endswith("and `page` is not mocked in pipeline/extract-fails")
    assert "fixtures: tasks: [{id: page}]" in problem["hint"]
    assert "--plugins io.kestra.plugin:plugin-pagerduty:VERSION" in problem["hint"]


def test_what_a_called_flow_reaches_counts_too(project: Project, deployer: Run, shared: str) -> None:
    child = "id: child\nnamespace: company.team\ntasks:\n  - {id: load, type: io.kestra.plugin.aws.s3.Upload}\n"
    project.write("flows/child.yaml", child)
    call = "{id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: child, wait: true}"
    project.write("flows/parent.yaml", f"id: parent\nnamespace: company.team\ntasks:\n  - {call}\n")
    case = "testCases:\n  - {id: fails, expectedState: FAILED}\n  - {id: mocked, fixtures: {tasks: [{id: call}]}}\n"
    project.write("flows/parent.smoke.yaml", f"id: s\nnamespace: company.team\nflowId: parent\n{case}")
    ended = deployer("test", "--kestra", shared, "--format", "json")
    assert verdicts(ended) == {"fails": "failed", "mocked": "passed"}
    [problem] = [each for each in ended.report["problems"] if each["check"] == "absent-plugin"]
    assert (problem["file"], problem["line"]) == ("flows/child.yaml", 4)
    assert problem["hint"].startswith("mock the task that calls this flow")


def test_tests_are_selected_by_name_and_tag(project: Project, deployer: Run, shared: str) -> None:
    write(project, SUITE.replace("fixtures:", "description: x\n    fixtures:", 1))
    project.write("kestra-deployer.yaml", "project: x\ntest: {kv: {company.data: {limit: 10}}}\n")
    ended = deployer("test", "--tag", "quick", "--kestra", shared, "--format", "json")
    assert [*verdicts(ended)] == ["few-rows"]
    for option, hint in (("-k", "has 'nothing' in its name"), ("--tag", "has the tag nothing")):
        ended = deployer("test", option, "nothing", "--kestra", shared)
        assert ended.code == 2
        assert hint in ended.stderr


@pytest.mark.one_version
def test_a_failure_is_explained(project: Project, deployer: Run, shared: str) -> None:
    project.flow("a")
    project.write("flows/a.smoke.yaml", f"{CASE}    assertions: [{{value: '{{{{ flow.id }}}}', equalTo: b}}]\n")
    ended = deployer("test", "--kestra", shared)
    assert ended.code == 6
    assert "✗ company.team/a  c: failed: {{ flow.id }} equalTo: expected `b`, but was `a`" in ended.stdout
    assert "CREATED → RUNNING → SUCCESS" in ended.stdout
    assert "repeat it: kestra-deployer test flows -k 'company.team/a: s/c'" in ended.stdout
    assert "http" not in ended.stdout.split("Tests", 1)[1]
    assert "0 tests passed, 1 did not." in ended.stdout


@pytest.mark.one_version
def test_a_problem_of_a_file_ends_it_before_anything_runs(project: Project, deployer: Run, shared: str) -> None:
    write(project, SUITE.replace("id: extract, state", "id: extrakt, state"))
    ended = deployer("test", "--kestra", shared, "--format", "json")
    assert (ended.code, ended.report["smokes"]) == (1, [])
    [problem] = [each for each in ended.report["problems"] if each["severity"] == "error"]
    assert problem["hint"] == "did you mean `extract`?"


@pytest.mark.one_version
def test_a_real_secret_that_a_test_gets_is_not_shown(
    project: Project, deployer: Run, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REAL", "Sesame-4711")
    project.flow("a")
    project.write("kestra-deployer.yaml", 'project: x\ntest: {secrets: {TOKEN: "${REAL}"}}\n')
    project.write("flows/a.smoke.yaml", f"{CASE}    assertions: [{{value: it is Sesame-4711, equalTo: x}}]\n")
    ended = deployer("test", "--kestra", shared)
    assert ended.code == 6
    assert "it is ***" in ended.stdout
    assert "Sesame" not in ended.stdout + ended.stderr


def test_variables_are_filled_in_wherever_they_are() -> None:
    found = _filled({"a": ["${X}", 1, {"b": "<${X}>"}]}, "test.kv.a.b", {"X": "y"})
    assert found == {"a": ["y", 1, {"b": "<y>"}]}
    with pytest.raises(UsageError, match=r"test\.kv\.a\.b\.c\[0\] names the variable X"):
        _filled({"c": ["${X}"]}, "test.kv.a.b", {})


def test_a_variable_that_is_not_set_is_a_mistake(project: Project, deployer: Run) -> None:
    write(project)
    project.write("kestra-deployer.yaml", GIVEN)
    ended = deployer("test")
    assert ended.code == 2
    assert "test.secrets.SLACK names the variable NOT_REAL, which is not set" in ended.stderr


@pytest.mark.one_version
@pytest.mark.parametrize("ours", [True, False])
def test_smoke_on_kestras_server_skips_what_has_to_be_mocked_and_on_ours_runs_it(
    project: Project, deployer: Run, server: Proxy, monkeypatch: pytest.MonkeyPatch, ours: bool
) -> None:
    assert server.url
    told = server_info
    monkeypatch.setattr("deployer.kestra.connection.server_info", lambda *said: replace(told(*said), ours=ours))
    project.flow("a")
    suite = f"{OF_A}  - id: real\n  - id: mocked\n"
    project.write("flows/a.smoke.yaml", f"{suite}    fixtures: {{tasks: [{{id: say}}]}}\n")
    ended = deployer("sync", "--smoke", "--format", "json")
    assert (ended.code, verdicts(ended)) == (0, {"real": "passed", "mocked": "passed" if ours else "skipped"})


@pytest.mark.one_version
def test_a_variable_in_a_key_value_pair_is_hidden_unless_it_is_short(
    project: Project, deployer: Run, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "kvtok-777-ZZZ")
    monkeypatch.setenv("REGION", "eu")
    project.flow("a")
    pairs = '{tok: "${TOKEN}", obj: {inner: ["${TOKEN}"]}, region: "${REGION}"}'
    project.write("kestra-deployer.yaml", f"project: x\ntest: {{kv: {{company.team: {pairs}}}}}\n")
    value = "\"{{ kv('tok') }} in {{ kv('region') }}\""
    project.write("flows/a.smoke.yaml", f"{CASE}    assertions: [{{value: {value}, equalTo: x}}]\n")
    ended = deployer("test", "--kestra", shared)
    assert ended.code == 6
    assert "but was `*** in eu`" in ended.stdout
    assert "kvtok" not in ended.stdout + ended.stderr


@pytest.mark.one_version
@pytest.mark.parametrize("more", ["", LATE])
def test_a_test_that_reaches_what_is_absent_never_counts_as_passed_and_covers_nothing(
    project: Project, deployer: Run, shared: str, more: str
) -> None:
    write(project, SUITE.replace("        - {id: page}\n", "").replace("{page: SUCCESS}", "{extract: FAILED}"))
    project.write("flows/pipeline.yaml", PIPELINE + more)
    project.write("kestra-deployer.yaml", GIVEN.replace("${NOT_REAL}", "x"))
    ended = deployer("test", "-k", "extract-fails", "--kestra", shared, "--coverage", "--format", "json")
    assert verdicts(ended) == {"extract-fails": "failed"}
    assert "passed" not in ended.stderr
    [flow] = ended.report["coverage"]["flows"]
    assert "page" in [each["name"] for each in flow["missed"]]
