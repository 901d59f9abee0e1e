"""`test --coverage`: what of the flows the executions of tests have reached, and what these have started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from cli.project import Ended, Project
from proxy import Proxy, proxy

from deployer.engine.process.launch import RunningEngine

Run = Callable[..., Ended]

CORE = "io.kestra.plugin.core"
LOG = f"type: {CORE}.log.Log, message: hi"
CALL = f"type: {CORE}.flow.Subflow, namespace: company.team, flowId: called"
LOOPS = {
    "1.3": (f"type: {CORE}.flow.ForEach", "taskrun.value"),
    "2.0": (f"type: {CORE}.flow.Loop", "item.value"),
}
CALLER = f"""\
id: caller
namespace: company.team
inputs:
  - {{id: fails, type: BOOL, defaults: false}}
tasks:
  - id: each
    LOOP
    values: [one, two]
    tasks:
      - {{id: in_loop, {LOG}, runIf: "{{{{ VALUE == 'two' }}}}"}}
      - {{id: call, {CALL}, wait: true, inputs: {{way: "{{{{ VALUE }}}}"}}}}
  - {{id: call_later, {CALL}, wait: false, inputs: {{way: three}}}}
  - {{id: fail, type: {CORE}.execution.Fail, runIf: "{{{{ inputs.fails }}}}"}}
errors:
  - {{id: tell, {LOG}}}
"""
CALLED = f"""\
id: called
namespace: company.team
inputs:
  - {{id: way, type: STRING}}
tasks:
  - id: ways
    type: {CORE}.flow.Switch
    value: "{{{{ inputs.way }}}}"
    cases:
      one:
        - {{id: first, {LOG}}}
      two:
        - id: inner
          LOOP
          values: [1]
          tasks: [{{id: second, {LOG}}}]
      three:
        - {{id: nap, type: {CORE}.flow.Sleep, duration: PT0.5S}}
        - {{id: third, {LOG}}}
    defaults:
      - {{id: other, {LOG}}}
afterExecution:
  - {{id: clean_up, type: {CORE}.flow.Sleep, duration: PT0.5S}}
  - {{id: cleaned, {LOG}}}
"""
UNTESTED = f"id: untested\nnamespace: company.team\ntasks: [{{id: t, {LOG}}}, {{id: off, disabled: true, {LOG}}}]\n"
SUITE = "id: s\nnamespace: company.team\nflowId: {flow}\ntestCases:\n  - id: one\n  - id: two\n"


@pytest.fixture
def between(
    project: Project, engine: RunningEngine, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, Proxy]]:
    """Let `test` find an engine that runs already, with nothing in this tenant: its version, and what it is asked."""
    assert project.root.is_dir()
    monkeypatch.setattr("deployer.cli.test.MAIN", tenant)
    with proxy(engine.url) as asked:

        @contextmanager
        def running(*_: Any, **__: Any) -> Iterator[SimpleNamespace]:
            yield SimpleNamespace(url=asked.url, left_out=())

        monkeypatch.setattr("deployer.cli.embedded.embedded", running)
        yield engine.version.name, asked


def searches(asked: Proxy) -> int:
    return sum("/executions/search" in request for request in asked.requests)


def reads(asked: Proxy) -> int:
    return sum(
        request.startswith("GET") and "/executions/" in request and "?" not in request for request in asked.requests
    )


def test_executions_of_subflows_loops_and_what_comes_after_the_end_count_for_their_flows(
    project: Project, deployer: Run, between: tuple[str, Proxy]
) -> None:
    version, asked = between
    loop, value = LOOPS[version]
    for name, text in {"caller": CALLER, "called": CALLED, "untested": UNTESTED}.items():
        project.write(f"flows/{name}.yaml", text.replace("LOOP", loop).replace("VALUE", value))
    project.write("flows/caller.smoke.yaml", SUITE.format(flow="caller"))
    ended = deployer("test", "--kestra", version, "--coverage", "--format", "json")
    assert ended.code == 0
    found = ended.report["coverage"]
    assert {each["name"]: (each["reached"], each["all"], each["missed"]) for each in found["flows"]} == {
        "caller": (
            4,
            7,
            [
                {"name": "fail", "kind": "task", "line": 13},
                {"name": "errors", "kind": "branch", "line": 14},
                {"name": "tell", "kind": "task", "line": 15},
            ],
        ),
        "called": (
            12,
            14,
            [{"name": "ways.defaults", "kind": "branch", "line": 20}, {"name": "other", "kind": "task", "line": 21}],
        ),
        "untested": (0, 1, [{"name": "t", "kind": "task", "line": 3}]),
    }
    assert (found["reached"], found["all"], found["percent"], found["minimum"]) == (16, 22, 72.7, None)
    assert searches(asked) in range(2, 8)  # for each test: its loop, what it started, and that again until it has ended
    assert reads(asked) < 60  # nothing that runs after a flow is waited for in the iterations of its loops


@pytest.mark.one_version
def test_below_the_least_that_is_asked_for_the_run_fails_and_says_so(
    project: Project, deployer: Run, between: tuple[str, Proxy]
) -> None:
    version, asked = between
    project.flow("a")
    project.write("flows/untested.yaml", UNTESTED)
    project.write("flows/a.smoke.yaml", SUITE.format(flow="a"))
    ended = deployer("test", "--kestra", version, "--min-coverage", "51")
    assert ended.code == 6
    assert ended.stdout.splitlines()[-5:-1] == [
        "Coverage",
        "  company.team/a         1/1  100 %",
        "  company.team/untested  0/1    0 %  no test reaches it",
        "  total                  1/2   50 %",
    ]
    said = "50 % of tasks and branches reached, less than the 51 % that are asked for"
    assert ended.stdout.splitlines()[-1].startswith(f"2 tests passed. {said}. (")
    assert searches(asked) == 0  # nothing of these flows starts another one


@pytest.mark.one_version
def test_where_enough_is_reached_it_passes(project: Project, deployer: Run, between: tuple[str, Proxy]) -> None:
    version, _ = between
    project.flow("a")
    project.write("flows/a.smoke.yaml", SUITE.format(flow="a"))
    ended = deployer("test", "--kestra", version, "--min-coverage", "100", "--format", "json")
    assert ended.code == 0
    assert (ended.report["coverage"]["percent"], ended.report["coverage"]["minimum"]) == (100, 100)
    assert deployer("test", "--kestra", version, "--format", "json").report["coverage"] is None


@pytest.mark.parametrize("percent", ["101", "-1", "most", "nan"])
def test_a_percentage_that_is_none_is_a_mistake(project: Project, deployer: Run, percent: str) -> None:
    project.flow("a")
    assert deployer("test", "--min-coverage", percent).code == 2
