"""What a failed smoke test takes back, and what the ledger then says, with a fake Kestra and told verdicts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from pipeline.fake import FakeKestra
from pipeline.runs import HELLO, Project

from deployer.errors import ExitCode, KestraAccessError, KestraError
from deployer.model.ledger import digest
from deployer.model.policy import OnDrift, Policy
from deployer.model.resource import FLOW, Key
from deployer.model.result import Report
from deployer.model.smoke import SmokeCase, SmokeResult, Verdict
from deployer.pipeline import sync
from deployer.running import run

SUITE = "id: works\nnamespace: company.team\nflowId: {name}\ntestCases:\n  - id: once\n"
Judge = Callable[..., None]


def calls(name: str, *called: str) -> str:
    """A flow that calls others."""
    kind = "io.kestra.plugin.core.flow.Subflow"
    tasks = (f"  - id: {each}\n    type: {kind}\n    namespace: company.team\n    flowId: {each}\n" for each in called)
    return HELLO.format(name=name, message="hello") + "".join(tasks)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Say how smoke tests end, and what is done on the server before they have: all fail, unless told."""

    def told(
        *,
        verdicts: Mapping[str, Verdict] | None = None,
        meanwhile: Callable[[], object] = lambda: None,
        interrupted: bool = False,
    ) -> None:
        def judged(
            cases: Sequence[SmokeCase], flows: Collection[Key], *_: Any, **__: Any
        ) -> tuple[list[SmokeResult], bool]:
            meanwhile()
            ends = verdicts or {}
            results = [
                SmokeResult(case, ends.get(case.flow.name, Verdict.FAILED) if case.flow in flows else Verdict.NOT_RUN)
                for case in cases
            ]
            return results, interrupted

        monkeypatch.setattr("deployer.afterwards.run_smoke", judged)
        monkeypatch.setattr("deployer.pipeline.leftovers.kill", lambda *_, **__: [])

    told()
    return told


@pytest.fixture
def deployed(project: Project) -> Project:
    """Five flows that were deployed; then one is changed, one is new, and the file of one is gone."""
    for name in ("changed", "gone", "kept", "more", "most"):
        project.flow(name)
    assert project.sync().exit_code is ExitCode.OK
    project.write("changed.smoke.yaml", SUITE.format(name="changed"))
    project.flow("changed", "good day")
    project.flow("new")
    project.remove("gone.yaml")
    return project


def texts(kestra: FakeKestra) -> dict[str, str]:
    return {name: each[-1] for (_, name), each in kestra.flows.items()}


def rolled_back(project: Project, **more: Any) -> Report:
    return project.sync(smoke=True, rollback=True, prune=True, **more)


def told(report: Report) -> dict[str, tuple[str, str]]:
    return {each.outcome.change.key.name: (each.way, each.outcome.status) for each in report.rollback or ()}


def next_plan(project: Project) -> dict[str, tuple[str, str]]:
    plan = project.plan(prune=True).plan
    assert plan
    return {each.key.name: (each.action, each.standing) for each in plan.changes if each.action != "keep"}


AGAIN = {"changed": ("update", "ours"), "new": ("create", "absent"), "gone": ("prune", "ours")}
"""What there is to do again after a rollback, and nothing of it is drift."""


@pytest.mark.usefixtures("judge")
def test_everything_that_was_written_is_put_back_and_nothing_else(deployed: Project) -> None:
    before = texts(deployed.kestra)
    entries = deployed.keeper.read().entries
    report = rolled_back(deployed)
    assert report.exit_code is ExitCode.SMOKE_FAILED
    assert told(report) == {
        "changed": ("revert", "done"),
        "new": ("delete", "done"),
        "gone": ("recreate", "done"),
    }
    assert texts(deployed.kestra) == before
    assert [len(deployed.kestra.flows["company.team", name]) for name in ("changed", "kept")] == [3, 1]
    ledger = deployed.keeper.read()
    assert (ledger.pending, ledger.lease) == ({}, None)
    assert {key: entry.sent for key, entry in ledger.entries.items()} == {
        key: each.sent for key, each in entries.items()
    }
    assert ledger.entries[Key(FLOW, "company.team", "changed")].revision == 3
    assert next_plan(deployed) == AGAIN


def test_without_a_failure_and_without_the_option_nothing_is_put_back(deployed: Project, judge: Judge) -> None:
    report = deployed.sync(smoke=True)
    assert (report.exit_code, report.rollback) == (ExitCode.SMOKE_FAILED, None)
    judge(verdicts={"changed": Verdict.PASSED})
    report = rolled_back(deployed)
    assert (report.exit_code, report.rollback) == (ExitCode.OK, None)


@pytest.mark.usefixtures("judge")
def test_where_nothing_was_written_there_is_nothing_to_put_back(deployed: Project) -> None:
    deployed.sync()
    report = rolled_back(deployed, max_prune=0)
    # the deletion is held back; without a write no smoke test is run that could fail
    assert (report.exit_code, report.smokes, report.rollback) == (ExitCode.APPLY_INCOMPLETE, (), None)
    assert len(deployed.kestra.flows["company.team", "changed"]) == 2


@pytest.mark.usefixtures("judge")
def test_a_smoke_test_of_a_flow_that_was_not_deployed_takes_nothing_back(deployed: Project) -> None:
    deployed.kestra.refuses["good day"] = "no"
    deployed.kestra.validate_flows = lambda texts: [None] * len(texts)  # type: ignore[method-assign]
    report = rolled_back(deployed)
    assert (report.exit_code, report.rollback) == (ExitCode.APPLY_INCOMPLETE, None)
    assert "new" in texts(deployed.kestra)


def test_what_another_user_has_written_since_is_left_and_named(deployed: Project, judge: Judge) -> None:
    edited = HELLO.format(name="changed", message="edited")

    def meanwhile() -> None:
        deployed.kestra.update_flow("company.team", "changed", edited)
        deployed.kestra.create_flow(HELLO.format(name="gone", message="anew"))
        deployed.kestra.delete_flow("company.team", "new")

    judge(meanwhile=meanwhile)
    report = rolled_back(deployed)
    assert report.exit_code is ExitCode.SMOKE_FAILED
    left = {each.outcome.change.key.name: (each.is_left, each.outcome.message) for each in report.rollback or ()}
    assert left == {
        "changed": (True, "it was edited on the server since this run wrote it, as revision 3"),
        "gone": (True, "it was created anew on the server since this run deleted it, as revision 1"),
        "new": (False, "it was as before already"),
    }
    assert texts(deployed.kestra)["changed"] == edited
    assert next_plan(deployed)["changed"] == ("update", "drifted")


def test_an_interrupted_smoke_test_begins_no_rollback_and_the_report_says_what_stands(
    deployed: Project, judge: Judge
) -> None:
    judge(interrupted=True)
    report = rolled_back(deployed)
    assert (report.exit_code, report.rollback, report.stands) == (ExitCode.INTERRUPTED, None, True)
    assert "new" in texts(deployed.kestra)


def test_an_interrupt_before_the_first_write_of_a_rollback_leaves_what_was_written(
    deployed: Project, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    judge(meanwhile=lambda: monkeypatch.setattr(deployed.kestra, "search_flows", pressed))
    report = rolled_back(deployed)
    assert (report.exit_code, report.rollback, report.stands) == (ExitCode.INTERRUPTED, None, True)


def test_a_server_that_shows_nothing_any_more_is_told_flow_by_flow(
    deployed: Project, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise KestraAccessError("no access", method="GET", url="http://kestra", status=401)

    judge(meanwhile=lambda: monkeypatch.setattr(deployed.kestra, "search_flows", closed))
    report = rolled_back(deployed)
    assert report.exit_code is ExitCode.APPLY_INCOMPLETE
    assert told(report) == {
        "changed": ("revert", "skipped"),
        "new": ("delete", "skipped"),
        "gone": ("recreate", "skipped"),
    }
    assert {each.outcome.message for each in report.rollback or ()} == {"not tried: no access"}


@pytest.mark.parametrize("done", [False, True], ids=["refused", "done without an answer"])
def test_a_write_that_fails_is_told_unless_the_server_has_done_it(
    deployed: Project, judge: Judge, monkeypatch: pytest.MonkeyPatch, *, done: bool
) -> None:
    write = deployed.kestra.update_flow

    def fails(*given: Any) -> None:
        if done:
            write(*given)
        raise KestraError("no answer", method="PUT", url="http://kestra", status=500)

    judge(meanwhile=lambda: monkeypatch.setattr(deployed.kestra, "update_flow", fails))
    report = rolled_back(deployed)
    assert report.exit_code is (ExitCode.SMOKE_FAILED if done else ExitCode.APPLY_INCOMPLETE)
    assert told(report)["changed"] == ("revert", "done" if done else "failed")
    assert told(report)["new"] == ("delete", "done")
    assert next_plan(deployed) == (AGAIN if done else {name: AGAIN[name] for name in ("new", "gone")})
    monkeypatch.setattr(deployed.kestra, "update_flow", write)
    judge(verdicts={"changed": Verdict.PASSED})
    assert rolled_back(deployed).exit_code is ExitCode.OK


@pytest.mark.usefixtures("judge")
def test_a_write_of_the_deploy_without_an_answer_is_put_back_as_well(
    deployed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = deployed.kestra.create_flow

    def unanswered(*given: Any, **more: Any) -> None:
        create(*given, **more)
        raise KestraError("no answer", method="POST", url="http://kestra", status=500)

    with monkeypatch.context() as patch:
        patch.setattr(deployed.kestra, "create_flow", unanswered)
        report = deployed.sync(smoke=True, rollback=True)
    assert report.exit_code is ExitCode.APPLY_INCOMPLETE
    assert told(report) == {"changed": ("revert", "done"), "new": ("delete", "done")}
    assert "new" not in texts(deployed.kestra)


@pytest.mark.usefixtures("judge")
def test_a_write_that_was_clearly_refused_takes_back_nothing_of_what_is_there(
    deployed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = deployed.kestra.create_flow

    def refused(*given: Any, **more: Any) -> None:
        create(*given, **more)  # another user's, with the same text
        error = KestraAccessError("no access", method="POST", url="http://kestra", status=403)
        error.undone = True
        raise error

    monkeypatch.setattr(deployed.kestra, "create_flow", refused)
    report = deployed.sync(smoke=True, rollback=True)
    assert report.exit_code is ExitCode.APPLY_INCOMPLETE
    assert "new" in texts(deployed.kestra)
    assert "new" not in told(report)


@pytest.mark.usefixtures("judge")
def test_an_update_that_another_user_was_faster_with_is_left_and_named(
    deployed: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same text makes no revision, so that only a look before the write tells whose it is."""
    kestra, keeper = deployed.kestra, type(deployed.keeper)
    update, write = kestra.update_flow, keeper.write

    def same(namespace: str, id: str, body: str) -> Any:  # noqa: A002
        return kestra.flow(namespace, id) if kestra.flows[namespace, id][-1] == body else update(namespace, id, body)

    def faster(self: Any, ledger: Any) -> None:
        same("company.team", "changed", HELLO.format(name="changed", message="good day"))
        write(self, ledger)

    monkeypatch.setattr(kestra, "update_flow", same)
    monkeypatch.setattr(keeper, "write", faster)
    report = deployed.sync(smoke=True, rollback=True)
    assert report.exit_code is ExitCode.SMOKE_FAILED
    left = {each.outcome.change.key.name: (each.is_left, each.outcome.message) for each in report.rollback or ()}
    assert left == {
        "changed": (True, "another user wrote this text, before this run did"),
        "new": (False, ""),
    }
    assert "good day" in texts(kestra)["changed"]


@pytest.mark.usefixtures("judge")
def test_callers_are_put_back_before_what_they_call_and_a_deletion_waits_for_them(project: Project) -> None:
    project.write("top.yaml", calls("top", "old"))
    project.flow("old")
    for name in ("more", "most", "enough", "plenty"):
        project.flow(name)
    project.sync()
    former = texts(project.kestra)
    project.write("top.yaml", calls("top", "middle"))
    project.write("middle.yaml", calls("middle", "bottom"))
    project.flow("bottom")
    project.remove("old.yaml")
    project.write("top.smoke.yaml", SUITE.format(name="top"))
    project.kestra.asked.clear()
    report = rolled_back(project)
    writes = [each for each in project.kestra.asked if each in ("create_flow", "update_flow", "delete_flow")]
    assert writes == [
        *["create_flow"] * 2,
        "update_flow",
        "delete_flow",
        "create_flow",
        "update_flow",
        *["delete_flow"] * 2,
    ]
    assert texts(project.kestra) == former
    assert report.exit_code is ExitCode.SMOKE_FAILED


def test_what_a_flow_that_stays_calls_is_not_deleted(project: Project, judge: Judge) -> None:
    project.flow("top")
    project.sync()
    project.write("top.yaml", calls("top", "middle"))
    project.flow("middle")
    project.write("top.smoke.yaml", SUITE.format(name="top"))
    edited = calls("top", "middle").replace("hello", "edited")
    judge(meanwhile=lambda: project.kestra.update_flow("company.team", "top", edited))
    report = project.sync(smoke=True, rollback=True)
    assert report.exit_code is ExitCode.APPLY_INCOMPLETE
    assert {each.outcome.change.key.name: each.outcome.message for each in report.rollback or ()} == {
        "top": "it was edited on the server since this run wrote it, as revision 3",
        "middle": "not deleted: company.team/top still calls it",
    }
    plan = project.plan().plan
    assert plan
    assert {each.key.name: each.standing for each in plan.changes} == {"top": "drifted", "middle": "same"}


def test_a_rollback_that_is_killed_after_any_write_loses_no_ownership(
    deployed: Project, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ledger that cannot be written any more at the end is as good as a run that was killed."""
    keeper = type(deployed.keeper)
    write, times = keeper.write, []

    def last(self: Any, ledger: Any) -> None:
        times.append(ledger)
        if len(times) > 1:
            raise KeyError("killed")
        write(self, ledger)

    judge(meanwhile=lambda: monkeypatch.setattr(keeper, "write", last))
    assert rolled_back(deployed).exit_code is ExitCode.BUG
    monkeypatch.setattr(keeper, "write", write)
    assert next_plan(deployed) == AGAIN


@pytest.mark.usefixtures("judge")
def test_an_edit_that_was_written_over_is_there_again_and_is_drift_as_before(deployed: Project) -> None:
    edited = HELLO.format(name="changed", message="edited")
    foreign = HELLO.format(name="new", message="theirs")
    deployed.kestra.update_flow("company.team", "changed", edited)
    deployed.kestra.create_flow(foreign)
    report = rolled_back(deployed, policy=Policy(OnDrift.OVERWRITE))
    assert report.exit_code is ExitCode.SMOKE_FAILED
    assert (texts(deployed.kestra)["changed"], texts(deployed.kestra)["new"]) == (edited, foreign)
    assert next_plan(deployed) == {**AGAIN, "changed": ("update", "drifted"), "new": ("update", "foreign")}


@pytest.mark.usefixtures("judge")
def test_what_another_user_had_deleted_is_deleted_again_and_still_known(deployed: Project) -> None:
    deployed.kestra.delete_flow("company.team", "kept")
    report = rolled_back(deployed)
    assert told(report)["kept"] == ("delete", "done")
    assert "kept" not in texts(deployed.kestra)
    plan = deployed.plan().plan
    assert plan
    assert [change.key.name for change in plan.changes if change.deleted] == ["kept"]


@pytest.mark.usefixtures("judge")
def test_what_was_taken_over_from_another_root_is_put_back_and_stays_ours(deployed: Project) -> None:
    there = replace(deployed.request().checkout, place="elsewhere")
    request = deployed.request(smoke=True, rollback=True, adopt=True)
    request = replace(request, checkout=there)
    report = run(request, sync(request, deployed.session()))
    assert told(report)["changed"] == ("revert", "done")
    entry = deployed.keeper.read().entries[Key(FLOW, "company.team", "changed")]
    assert (entry.root, entry.sent) == ("elsewhere", digest(texts(deployed.kestra)["changed"]))
    assert texts(deployed.kestra)["changed"] == HELLO.format(name="changed", message="hello")
