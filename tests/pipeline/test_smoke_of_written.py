"""`sync --smoke` runs the smoke tests of what it has written and of what calls that, and says where that is none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pipeline.fake import FakeKestra
from pipeline.runs import HELLO, Project

from deployer.model.resource import Key
from deployer.model.result import Report
from deployer.model.smoke import SmokeCase, SmokeResult, Verdict
from deployer.smoke.run import NOT_DEPLOYED

CALL = """\
  - {{id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: {called}}}
"""
SUITE = "id: s\nnamespace: company.team\nflowId: {name}\ntestCases: [{{id: runs}}]\n"


class Kestra(FakeKestra):
    def search_executions(self, **_: Any) -> list[Any]:
        return []


@dataclass
class Ran:
    """The smoke tests that were run instead of real ones: all pass whose flow was deployed."""

    cases: list[str] = field(default_factory=list)

    def __call__(
        self, cases: Sequence[SmokeCase], deployed: Collection[Key], *_: Any, **__: Any
    ) -> tuple[list[SmokeResult], bool]:
        self.cases = [case.flow.name for case in cases]
        there = ((case, case.flow in deployed) for case in cases)
        return [
            SmokeResult(case, *((Verdict.PASSED,) if is_there else (Verdict.NOT_RUN, NOT_DEPLOYED)))
            for case, is_there in there
        ], False


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, project: Project) -> Ran:
    project.kestra = Kestra()
    found = Ran()
    monkeypatch.setattr("deployer.afterwards.run_smoke", found)
    return found


def write(project: Project, name: str, message: str = "hello", calls: str = "", *, suite: bool = True) -> None:
    call = CALL.format(called=calls) if calls else ""
    project.write(f"{name}.yaml", HELLO.format(name=name, message=message) + call)
    if suite:
        project.write(f"{name}.smoke.yaml", SUITE.format(name=name))


def deployed(project: Project) -> None:
    """A project in which b calls a, c calls b, and d nothing; e has no suite. All of it is on the server."""
    write(project, "a")
    write(project, "b", calls="a")
    write(project, "c", calls="b")
    write(project, "d")
    write(project, "e", suite=False)
    project.sync()


def notices(report: Report) -> list[str]:
    return [each.message for each in report.problems if each.check == "smoke"]


def test_a_first_deploy_runs_all_of_them(project: Project, ran: Ran) -> None:
    write(project, "a")
    write(project, "b", calls="a")
    assert notices(project.sync(smoke=True)) == []
    assert ran.cases == ["a", "b"]


def test_those_of_what_was_written_and_of_what_calls_it_are_run(project: Project, ran: Ran) -> None:
    deployed(project)
    write(project, "a", "good day")
    assert notices(project.sync(smoke=True)) == []
    assert ran.cases == ["a", "b", "c"]
    write(project, "d", "good day")
    project.sync(smoke=True)
    assert ran.cases == ["d"]


def test_where_nothing_was_written_none_is_run_and_that_is_said(project: Project, ran: Ran) -> None:
    deployed(project)
    report = project.sync(smoke=True)
    assert (ran.cases, report.exit_code) == ([], 0)
    assert notices(report) == ["nothing was written, so no smoke test was run"]


def test_where_none_is_of_what_was_written_that_is_said(project: Project, ran: Ran) -> None:
    deployed(project)
    write(project, "e", "good day", suite=False)
    report = project.sync(smoke=True)
    assert (ran.cases, report.exit_code) == ([], 0)
    assert notices(report) == ["no smoke test is of a flow that was written, or calls one that was, so none was run"]


def test_what_calls_a_deleted_flow_is_tested(project: Project, ran: Ran) -> None:
    deployed(project)
    project.remove("d.yaml")
    project.remove("d.smoke.yaml")
    write(project, "b", calls="a")
    project.remove("a.yaml")
    project.remove("a.smoke.yaml")
    report = project.sync(smoke=True, prune=True, force=True, max_prune=5)
    assert [outcome.change.key.name for outcome in report.outcomes if outcome.change.writes] == ["a", "d"]
    assert ran.cases == ["b", "c"]


def test_that_of_a_flow_that_could_not_be_written_fails_and_what_calls_it_is_not_run(
    project: Project, ran: Ran
) -> None:
    deployed(project)
    project.kestra.refuses = {"good day": "it is not polite"}
    write(project, "a", "good day")
    report = project.sync(smoke=True, keep_going=True)
    assert [(each.case.flow.name, each.verdict) for each in report.smokes] == [("a", Verdict.NOT_RUN)]
