"""What the action's inputs become: the arguments and the environment of the program, recorded by one in its place."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from action.github_runner import ACTION, Ended, Runner, evaluate, inputs, step, steps

from deployer.model.request import Command, Request
from deployer.model.result import Report
from deployer.report import github

RECORDER = """#!{python}
import json, os, sys
kestra = {{name: value for name, value in os.environ.items() if name.startswith("KESTRA_")}}
open({file!r}, "w").write(json.dumps([sys.argv[1:], kestra]))
sys.exit({exit_code})
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A run of the action's last step, and what the recorder saw; no arguments where it was never started."""

    ended: Ended
    arguments: list[str]
    environment: dict[str, str]


Run = Callable[..., Call]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(job: dict[str, str] | None = None, exit_code: int = 0, **given: str) -> Call:
        file, program = tmp_path / "call.json", tmp_path / "temp/kestra-deployer/bin/kestra-deployer"
        program.parent.mkdir(parents=True)
        program.write_text(RECORDER.format(python=sys.executable, file=str(file), exit_code=exit_code))
        program.chmod(0o755)
        runner = Runner(tmp_path, tmp_path / "temp", job or {})
        ended = runner.run("run", {"inputs": inputs({name.replace("_", "-"): value for name, value in given.items()})})
        arguments, environment = json.loads(file.read_text()) if file.exists() else ([], {})
        return Call(ended, arguments, environment)

    return run


def test_without_inputs_the_folder_flows_is_synced(run: Run) -> None:
    assert run().arguments == ["sync", "--format", "github", "--", "flows"]


def test_every_input_about_the_run_becomes_an_argument(run: Run) -> None:
    flags = {"embedded": "true", "smoke": "true", "dry_run": "true", "prune": "true"}
    values = {"kestra": "2.0", "project": "our flows", "max_prune": "50%", "on_drift": "keep", "on_disabled": "enable"}

    call = run(command="plan", path="my flows", **flags, **values)

    assert call.arguments == [
        *("plan", "--format", "github", "--embedded", "--smoke", "--dry-run", "--prune", "--kestra=2.0"),
        *("--project=our flows", "--max-prune=50%", "--on-drift=keep", "--on-disabled=enable", "--", "my flows"),
    ]


def test_further_arguments_stand_each_on_a_line_and_are_not_split_at_spaces(run: Run) -> None:
    call = run(args="--keep-going\n\n--config\nmy settings.yaml\n")

    assert call.arguments == [
        "sync",
        "--format",
        "github",
        "--keep-going",
        "--config",
        "my settings.yaml",
        "--",
        "flows",
    ]


def test_a_path_that_looks_like_an_option_or_like_shell_stays_a_path(run: Run, tmp_path: Path) -> None:
    path = "--dry-run $(touch made) `touch made` '\"; touch made"

    call = run(path=path)

    assert call.arguments[-2:] == ["--", path]
    assert not (tmp_path / "made").exists()


def test_credentials_reach_the_program_through_its_environment_alone(run: Run) -> None:
    call = run(host="https://kestra.example", tenant="eu", username="ada", password="s3cret", api_token="t0ken")

    given = ("KESTRA_HOST", "KESTRA_TENANT", "KESTRA_USERNAME", "KESTRA_PASSWORD", "KESTRA_API_TOKEN")
    assert [call.environment[name] for name in given] == ["https://kestra.example", "eu", "ada", "s3cret", "t0ken"]
    assert call.arguments == ["sync", "--format", "github", "--", "flows"]
    assert "s3cret" not in call.ended.log


def test_what_the_job_sets_counts_where_an_input_is_not_given(run: Run) -> None:
    call = run(job={"KESTRA_HOST": "https://job.example", "KESTRA_TENANT": "job"}, tenant="input")

    assert call.environment["KESTRA_HOST"] == "https://job.example"
    assert call.environment["KESTRA_TENANT"] == "input"


@pytest.mark.parametrize("name", ["embedded", "smoke", "dry-run", "prune"])
@pytest.mark.parametrize("value", ["yes", "True", "1", "true\n::set-env name=x::y"])
def test_a_boolean_that_is_none_is_refused_before_anything_runs(run: Run, name: str, value: str) -> None:
    call = run(**{name.replace("-", "_"): value})

    assert call.arguments == []
    assert call.ended.exit_code == 2
    assert call.ended.outputs == {"exit-code": "2"}
    assert call.ended.log.startswith(f"::error title=kestra-deployer::The input {name} must be true or false, and is ")
    assert len(call.ended.log.splitlines()) == 1


@pytest.mark.parametrize("exit_code", [0, 1, 5, 130])
def test_the_step_ends_as_the_program_ended_and_says_so_in_its_outputs(run: Run, exit_code: int) -> None:
    call = run(exit_code=exit_code)

    assert call.ended.exit_code == exit_code
    assert call.ended.outputs == {"exit-code": str(exit_code)}


def test_the_engine_is_installed_for_an_embedded_run_only() -> None:
    extra = step("install")["env"]["EXTRA"].removeprefix("${{").removesuffix("}}")

    assert evaluate(extra, {"inputs": inputs({"embedded": "true"})}) == "-engine"
    assert evaluate(extra, {"inputs": inputs({})}) == ""


def test_no_input_is_pasted_into_a_script() -> None:
    scripts = [step_["run"] for step_ in steps() if "run" in step_]

    assert len(scripts) == 2
    assert not [script for script in scripts if "${{" in script]


def test_every_output_of_the_action_is_an_output_of_its_last_step() -> None:
    values = {name: said["value"] for name, said in ACTION["outputs"].items()}

    assert values == {name: f"${{{{ steps.run.outputs.{name} }}}}" for name in values}
    assert set(values) == set(github.outputs(Report(Request(command=Command.SYNC))))
    assert steps()[-1]["id"] == "run"
