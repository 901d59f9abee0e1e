"""The report for programs: one JSON document, described by `docs/report.schema.json`."""

from __future__ import annotations

import json
from typing import Any

from deployer.model.change import Change, Detail
from deployer.model.coverage import Count, Coverage
from deployer.model.health import Health
from deployer.model.problem import Problem, Severity
from deployer.model.request import Request
from deployer.model.result import Outcome, Report, RolledBack
from deployer.model.smoke import Checked, SmokeResult, TaskRun
from deployer.model.upgrade import Upgrade, Verdict
from deployer.report import count
from deployer.report.smoke import inputs, repeat

VERSION = 1
"""Grows when a field changes its meaning or goes away; a new field alone does not change it."""


def render(report: Report) -> str:
    """Return the document with a newline at its end.

    What ended the run is among the problems, as check `run`.
    """
    problems = [_problem(problem) for problem in report.problems]
    if report.error:
        problems.append(_problem(Problem("run", str(report.error), severity=Severity.ERROR, hint=report.error.hint)))
    request, rules, details = report.request, report.request.rules, report.details or {}
    document = {
        "version": VERSION,
        "command": request.command,
        "path": request.path,
        "commit": request.checkout.commit or None,
        "dry_run": request.dry_run,
        "server": _server(report),
        "kestra": rules.version if rules else None,
        "rules": rules.source or None if rules else None,
        "problems": problems,
        "upgrade": _upgrade(report.upgrade) if report.upgrade else None,
        "plan": {
            "changes": [
                {**_change(change), "detail": _detail(details[change.key]) if change.key in details else None}
                for change in (report.plan.changes if report.plan else ())
            ],
            "digest": report.plan.digest if report.plan else None,
        },
        "counts": {
            name.replace(" ", "_"): number for name, number in (count.flows(report) | count.health(report)).items()
        },
        "outcomes": [_outcome(outcome) for outcome in report.outcomes],
        "health": [_health(health) for health in report.health],
        "deleted_texts": report.saved or None,
        "smokes": [_smoke(smoke, report.request) for smoke in report.smokes],
        "coverage": _coverage(report.coverage, report.request.min_coverage) if report.coverage else None,
        "rollback": None if report.rollback is None else [_rolled_back(each) for each in report.rollback],
        "seconds": round(report.seconds, 3),
        "exit_code": int(report.exit_code),
    }
    return json.dumps(document, indent=2) + "\n"


def _server(report: Report) -> dict[str, Any] | None:
    server = report.server
    return {"url": server.url, "version": server.version, "tenant": server.tenant} if server else None


def _problem(problem: Problem) -> dict[str, Any]:
    span = problem.span
    return {
        "file": problem.file,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_line": span.end_line if span else None,
        "end_column": span.end_column if span else None,
        "check": problem.check,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
        "effort": problem.effort,
    }


def _upgrade(upgrade: Upgrade) -> dict[str, Any]:
    return {
        "from": upgrade.from_version,
        "to": upgrade.to_version,
        "flows": [{"file": file, "verdict": verdict} for file, verdict in upgrade.verdicts.items()],
        "totals": {verdict: len(upgrade.files(verdict)) for verdict in Verdict},
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "kind": change.key.kind,
        "namespace": change.key.namespace,
        "name": change.key.name,
        "file": change.origin,
        "revision": change.live.revision if change.live else None,
        "reason": change.reason,
        "held": change.held,
        "standing": change.standing,
        "stops": list(change.stops),
        "off": list(change.off),
        "enables": list(change.enables),
        "since_revision": change.since,
    }


def _detail(detail: Detail) -> dict[str, Any]:
    return {
        "diff": list(detail.diff),
        "added": detail.added,
        "removed": detail.removed,
        "only_layout": detail.layout,
        "dependants": list(detail.dependants),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "kind": outcome.change.key.kind,
        "namespace": outcome.change.key.namespace,
        "name": outcome.change.key.name,
        "action": outcome.change.action,
        "status": outcome.status,
        "revision": outcome.revision,
        "message": outcome.message,
        "hint": outcome.hint,
        "seconds": round(outcome.seconds, 3),
        "lost_revision": outcome.lost,
    }


def _rolled_back(each: RolledBack) -> dict[str, Any]:
    status = count.LEFT if each.is_left else each.outcome.status
    return {**_outcome(each.outcome), "action": each.way, "status": status, "reason": each.outcome.change.reason}


def _health(health: Health) -> dict[str, Any]:
    return {
        "kind": health.key.kind,
        "namespace": health.key.namespace,
        "name": health.key.name,
        "file": health.origin,
        "condition": health.condition,
        "reasons": list(health.reasons),
    }


def _smoke(smoke: SmokeResult, request: Request) -> dict[str, Any]:
    return {
        "suite": smoke.case.suite,
        "case": smoke.case.id,
        "namespace": smoke.case.flow.namespace,
        "flow": smoke.case.flow.name,
        "file": smoke.case.file,
        "verdict": smoke.verdict,
        "expected_state": smoke.case.expects.state,
        "state": smoke.state,
        "execution": smoke.execution,
        "url": smoke.url,
        "message": smoke.message,
        "left_running": smoke.left_running,
        "seconds": round(smoke.seconds, 3),
        "tries": smoke.tries,
        "tags": list(smoke.case.tags),
        "checked": [_checked(checked) for checked in smoke.checked],
        "states": list(smoke.states),
        "runs": [_run(run) for run in smoke.runs],
        "logs": list(smoke.logs),
        "inputs": json.loads(inputs(smoke)),
        "repeat": repeat(request, smoke) if smoke.verdict.fails else None,
    }


def _coverage(coverage: Coverage, minimum: int | None) -> dict[str, Any]:
    return {
        **_reached(coverage.count),
        "minimum": minimum,
        "flows": [
            {
                "namespace": each.flow.namespace,
                "name": each.flow.name,
                "file": each.file,
                **_reached(each.count),
                "missed": [{"name": target.name, "kind": target.kind, "line": target.line} for target in each.missed],
            }
            for each in coverage.flows
        ],
    }


def _reached(count: Count) -> dict[str, Any]:
    return {"reached": count.reached, "all": count.all, "percent": count.percent}


def _checked(checked: Checked) -> dict[str, Any]:
    return {
        "what": checked.what,
        "expected": checked.expected,
        "actual": checked.actual,
        "passed": checked.passed,
        "message": checked.message,
    }


def _run(run: TaskRun) -> dict[str, Any]:
    return {
        "task": run.task,
        "value": run.value or None,
        "state": run.state,
        "attempts": run.attempts,
        "seconds": round(run.seconds, 3),
    }
