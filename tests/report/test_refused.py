"""What a run that is refused says, in every format; what a plan foretells of it; and what `drift` says."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from report.requests import asked
from report.test_formats import FULL, PLANNED, change

from deployer.model.change import Action, Change, Plan, Standing
from deployer.model.result import Report
from deployer.plan import only_drift
from deployer.refusal import foretell, refuse
from deployer.report import github, terminal
from deployer.report import json as json_report


def _drifted(name: str, action: Action = Action.UPDATE) -> Change:
    edited = "edited on the server since it was deployed as revision 1"
    held, reason = (edited, "") if action is Action.UPDATE else ("", f"{edited}: kept")
    return replace(change(name, action, reason), held=held, standing=Standing.DRIFTED)


PLAN = Plan((change("a", Action.CREATE), _drifted("b"), _drifted("c", Action.KEEP), change("d", Action.KEEP)), "0" * 64)
ENDED = Report(asked("sync", "flows"), plan=PLAN, error=refuse(PLAN))
FORETOLD = Report(asked("plan", "flows", dry_run=True), plan=PLAN, problems=tuple(foretell(PLAN)))


class TestRefused:
    """A refusal says so in every format, and a plan foretells it, with the same numbers."""

    def test_the_text_says_what_and_that_nothing_was_written(self) -> None:
        assert terminal.render(ENDED).splitlines() == [
            "  + company.team/a  skipped",
            "  ~ company.team/b  refused: edited on the server since it was deployed as revision 1",
            "  = company.team/c  edited on the server since it was deployed as revision 1: kept",
            "4 flows: 1 unchanged, 1 kept, 1 refused, 1 skipped. Nothing was written. (0.0 s)",
        ]
        assert str(ENDED.error) == (
            "refused: 1 flow was edited on the server since its last deploy: company.team/b. Nothing was written"
        )

    def test_a_plan_foretells_it(self) -> None:
        shown = terminal.render(FORETOLD)
        assert "would be refused: edited on the server" in shown
        assert "4 flows: 1 to create, 1 unchanged, 1 kept, 1 would be refused." in shown
        assert "warning[drift]" in shown

    @pytest.mark.parametrize(("report", "severity"), [(ENDED, "error"), (FORETOLD, "warning")])
    def test_each_flow_has_an_annotation_at_its_file(self, report: Report, severity: str) -> None:
        where = "file=flows/b.yaml,title=kestra-deployer%3A drift"
        assert f"::{severity} {where}::company.team/b: " in github.commands(report)

    @pytest.mark.parametrize("report", [ENDED, FORETOLD, FULL, PLANNED], ids=["ended", "foretold", "full", "planned"])
    def test_text_document_and_outputs_have_the_same_numbers(self, report: Report) -> None:
        outputs = {name: int(number) for name, number in github.outputs(report).items()}
        counts = json.loads(json_report.render(report))["counts"]
        assert {name: outputs[name.replace("_", "-")] for name in counts} == counts
        sentence = terminal.render(report).splitlines()[-1]
        for name, number in counts.items():
            assert not number or re.search(rf"\b{number} (would be )?{name.replace('_', ' ')}\b", sentence)
        assert sum(counts.values()) == len(report.plan.changes if report.plan else ())

    @pytest.mark.parametrize(
        ("report", "code"),
        [
            (ENDED, 4),
            (FORETOLD, 0),
            (replace(FORETOLD, request=asked("plan", dry_run=True, detailed=True)), 4),
            (replace(FORETOLD, request=asked("sync", dry_run=True, detailed=True)), 4),
            (replace(PLANNED, request=asked("sync", dry_run=True, detailed=True)), 10),
        ],
    )
    def test_the_exit_code_says_it_where_that_was_asked_for(self, report: Report, code: int) -> None:
        assert report.exit_code == code


def test_drift_counts_how_flows_stand_and_not_what_is_pending() -> None:
    changes = (
        _drifted("a"),
        replace(change("b", Action.UPDATE), standing=Standing.OURS),
        replace(change("c", Action.CREATE), live=None),
        replace(change("d", Action.CREATE, "it was deleted on the server since it was deployed"), live=None),
    )
    report = Report(asked("drift", "flows", dry_run=True), plan=only_drift(Plan(changes, "0" * 64)))
    assert terminal.render(report).splitlines() == [
        "  ~ company.team/a  edited on the server since it was deployed as revision 1",
        "  + company.team/d  it was deleted on the server since it was deployed",
        "4 flows: 1 edited on the server, 1 deleted on the server, 1 not deployed yet, 1 as deployed. (0.0 s)",
    ]
    assert (github.outputs(report)["drifted"], github.outputs(report)["changes"]) == ("2", "0")
    assert "::warning file=flows/a.yaml,title=kestra-deployer%3A drift::company.team/a" in github.commands(report)
