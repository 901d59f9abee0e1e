"""Every format of the table, and where reports are written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from report.requests import asked
from report.test_formats import FULL, PLANNED

from deployer.cli.output import Outputs, outputs_of, write
from deployer.cli.output import report as report_of
from deployer.errors import ExitCode, KestraError, UsageError
from deployer.model.problem import Problem
from deployer.model.result import Report
from deployer.report.hidden import hide
from deployer.report.table import FORMATS


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", [FULL, PLANNED], ids=["deployed", "planned"])
def test_every_format_shows_every_flow_that_changes_and_no_secret(name: str, report: Report) -> None:
    text = FORMATS[name](hide(report, lambda each: each.replace("company", "hidden")))
    assert "hidden.team/a" in text or '"hidden.team"' in text, "name a flow as NAMESPACE/ID, or give both as JSON does"
    assert "company" not in text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("secret", ['pass"word\\, <b>', "100%_word*s", "word" * 100])
def test_a_secret_is_taken_out_before_a_format_quotes_or_cuts_it(name: str, secret: str) -> None:
    problem = Problem("cron", f"it is {secret}", "a.yaml", hint=secret, excerpt=f"cron: {secret}")
    report = replace(FULL, problems=(problem,), error=KestraError(f"no {secret}", method="GET", url="http://kestra"))
    text = FORMATS[name](hide(report, lambda each: each.replace(secret, "***")))
    assert "word" not in text


def test_one_run_writes_any_number_of_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document, summary = tmp_path / "report.json", tmp_path / "report.md"
    outputs = outputs_of(None, (f"json={document}", f"markdown={summary}"))
    assert write(FULL, outputs, {})
    assert json.loads(document.read_text())["command"] == "sync"
    assert summary.read_text().startswith("### ")
    assert "company.team/a  created, revision 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("format_", "reports", "stdout"),
    [(None, (), "text"), ("json", (), "json"), (None, ("json",), "json"), ("github", ("json=x.json",), "github")],
)
def test_one_format_goes_to_stdout(format_: str | None, reports: tuple[str, ...], stdout: str) -> None:
    assert outputs_of(format_, reports).stdout == stdout


@pytest.mark.parametrize(
    ("format_", "reports", "says"),
    [
        (None, ("jsn",), "there is no format `jsn`"),
        (None, ("json=",), "cannot be a file"),
        (None, ("json=/nowhere/at/all",), "cannot be a file"),
        (None, ("json=/",), "cannot be a file"),
        (None, ("json=a\0b",), "cannot be a file"),
        ("json", ("text",), "only one report can go to stdout"),
    ],
)
def test_what_could_not_be_written_is_said_before_the_run(
    format_: str | None, reports: tuple[str, ...], says: str
) -> None:
    with pytest.raises(UsageError, match=says) as raised:
        outputs_of(format_, reports)
    assert raised.value.hint


def test_a_file_that_cannot_be_written_after_all_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not write(FULL, Outputs(files=[("json", tmp_path / "gone/report.json")]), {})
    assert "gone/report.json cannot be written: No such file or directory" in capsys.readouterr().err


def test_an_interrupt_before_the_first_stage_is_reported_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> Report:
        raise KeyboardInterrupt

    file = tmp_path / "report.json"
    assert report_of(Outputs(files=[("json", file)]), asked("test"), work) == ExitCode.INTERRUPTED
    assert json.loads(file.read_text())["exit_code"] == ExitCode.INTERRUPTED
    assert "interrupted" in capsys.readouterr().out.lower()
