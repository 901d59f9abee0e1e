"""What follows a deploy: a look whether what was written is healthy, and the smoke tests."""

from __future__ import annotations

from collections.abc import Collection, Generator, Sequence
from dataclasses import replace

from deployer import leftovers
from deployer.health import look
from deployer.health.again import write_again
from deployer.health.subjects import written
from deployer.model.problem import Problem
from deployer.model.resource import Key
from deployer.model.result import Report
from deployer.model.smoke import SmokeCase
from deployer.session import Session
from deployer.smoke.labels import Origin
from deployer.smoke.run import NOT_DEPLOYED
from deployer.smoke.run import run as run_smoke


def look_after(report: Report, session: Session) -> Generator[Report, None, Report]:
    """Look whether what was written is healthy, where that is asked for; return the report with what was found."""
    wait, wrote = report.request.wait, written(report.outcomes)
    if wait is None or not wrote or report.interrupted or report.error:
        return report
    session.listen("Looking whether it is healthy")

    def judge(keys: Collection[Key] | None) -> look.Looked:
        return look.judge_written(session.client, [each for each in wrote if keys is None or each.change.key in keys])

    looked = look.watch(judge, wait / 2)
    again: list[Problem] = []
    if report.request.writes_again and (unseen := looked.unseen):
        session.listen("Writing again what Kestra has not noticed")
        again = [*write_again(session.client, wrote, unseen)]
    if looked.unsound and wait:
        looked = look.watch(lambda keys: judge(looked.unsound if keys is None else keys), wait / 2).after(looked)
    report = replace(report.with_problems([*again, *looked.problems]), health=looked.found)
    yield report
    return report


def smoke_test(
    cases: Sequence[SmokeCase], flows: Collection[Key], report: Report, session: Session, project: str
) -> Generator[Report, None, Report]:
    """Run the smoke tests of these flows, and record what could not be killed; return the report with the results."""
    session.listen("Running smoke tests")
    missing = NOT_DEPLOYED if report.request.writes else "its flow is not on the server"
    origin = Origin(project=project, commit=report.request.checkout.commit)
    results, interrupted = run_smoke(
        cases,
        flows,
        session.client,
        report.request.concurrency,
        session.listen,
        origin=origin,
        missing=missing,
        mocks=session.client.server().ours,
        whole_logs=report.request.whole_logs,
    )
    report = replace(report, smokes=tuple(results), interrupted=interrupted)
    yield report
    report = report.with_problems(leftovers.record(results, session))
    yield report
    return report
