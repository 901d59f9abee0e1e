"""What every format makes of the health of what was looked at."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator
from report.requests import asked
from report.test_formats import FULL, SCHEMA

from deployer.errors import DeployerError, ExitCode
from deployer.model.health import Condition, Health
from deployer.model.resource import FLOW, Key
from deployer.model.result import Report
from deployer.report import github, terminal
from deployer.report.hidden import hide
from deployer.report.table import FORMATS

WELL, OFF, UNSEEN, BUSY = (Key(FLOW, "company.team", name) for name in ("well", "off", "unseen", "busy"))
HEALTH = (
    Health(BUSY, Condition.HEALTHY, ("a backfill is under way",), origin="flows/busy.yaml"),
    Health(OFF, Condition.DEGRADED, ("the trigger is off: switch it on", "it is locked"), origin="flows/off.yaml"),
    Health(UNSEEN, Condition.UNKNOWN, ("it was not shown",)),
    Health(WELL, Condition.HEALTHY),
)
DEPLOYED = Report(asked("sync", "flows"), health=HEALTH)
LOOKED = Report(asked("health", "flows"), health=HEALTH)
COUNTED = "4 flows looked at: 2 healthy, 1 degraded, 1 unknown."


def test_after_a_deploy_a_person_reads_of_those_that_there_is_more_to_say_of() -> None:
    assert terminal.render(DEPLOYED).splitlines() == [
        "Health",
        "  ✓ company.team/busy  healthy",
        "      a backfill is under way",
        "  ✗ company.team/off  degraded",
        "      the trigger is off: switch it on",
        "      it is locked",
        "  ? company.team/unseen  unknown",
        "      it was not shown",
        f"{COUNTED} (0.0 s)",
    ]


def test_the_command_has_a_line_for_each_flow() -> None:
    lines = terminal.render(LOOKED).splitlines()
    assert lines[0] == "  ✓ company.team/busy  healthy"
    assert lines[-2:] == ["  ✓ company.team/well  healthy", f"{COUNTED} (0.0 s)"]


def test_the_document_has_all_of_it() -> None:
    document = json.loads(FORMATS["json"](DEPLOYED))
    Draft202012Validator(SCHEMA).validate(document)
    assert [each["condition"] for each in document["health"]] == ["healthy", "degraded", "unknown", "healthy"]
    assert document["health"][1] == {
        "kind": "flow",
        "namespace": "company.team",
        "name": "off",
        "file": "flows/off.yaml",
        "condition": "degraded",
        "reasons": ["the trigger is off: switch it on", "it is locked"],
    }
    assert (document["counts"]["healthy"], document["counts"]["degraded"], document["counts"]["unknown"]) == (2, 1, 1)
    assert json.loads(FORMATS["json"](FULL))["health"] == []


def test_a_workflow_gets_an_annotation_for_each_that_is_not_healthy() -> None:
    assert github.commands(DEPLOYED).splitlines() == [
        (
            "::error file=flows/off.yaml,title=kestra-deployer%3A health::"
            "company.team/off is degraded: the trigger is off: switch it on; it is locked"
        ),
        "::warning title=kestra-deployer%3A health::company.team/unseen is unknown: it was not shown",
    ]
    outputs = github.outputs(DEPLOYED)
    assert (outputs["healthy"], outputs["degraded"], outputs["unknown"], outputs["exit-code"]) == ("2", "1", "1", "7")


def test_the_summary_has_a_table_of_them() -> None:
    rows = [line for line in github.summary(DEPLOYED).splitlines() if line.startswith("|")]
    assert rows == [
        "| Health | Condition |",
        "| --- | --- |",
        "| company.team/busy | healthy a backfill is under way |",
        "| company.team/off | degraded the trigger is off: switch it on; it is locked |",
        "| company.team/unseen | unknown it was not shown |",
    ]
    assert "| company.team/well | healthy |" in github.summary(LOOKED)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_names_what_is_not_healthy_and_no_secret(name: str) -> None:
    text = FORMATS[name](hide(DEPLOYED, lambda each: each.replace("switch it on", "***")))
    assert "off" in text
    assert "unseen" in text
    assert "switch it on" not in text


def test_what_is_unhealthy_counts_before_a_smoke_test_and_after_what_was_not_written() -> None:
    assert DEPLOYED.exit_code is ExitCode.UNHEALTHY
    assert replace(FULL, health=HEALTH).exit_code is ExitCode.APPLY_INCOMPLETE
    assert replace(FULL, outcomes=(), health=HEALTH).exit_code is ExitCode.UNHEALTHY
    assert replace(FULL, outcomes=(), health=HEALTH[2:]).exit_code is ExitCode.SMOKE_FAILED
    assert Report(asked(), health=HEALTH[2:]).exit_code is ExitCode.OK
    assert replace(DEPLOYED, error=DeployerError("x")).exit_code is ExitCode.COULD_NOT_RUN
