"""The action from end to end: installed by its own step, run by its own step, against the real embedded engine."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from action.github_runner import ROOT, Ended, Runner, inputs

from deployer.engine.process.launch import launch
from deployer.model.version import DEFAULT

pytestmark = pytest.mark.engine

USER, PASSWORD = "ada@example.com", "Sesame-1234"
FLOW = """id: {id}
namespace: company.{namespace}
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: {id} is here
"""
NOTHING = dict.fromkeys(
    (
        *("created", "updated", "published", "enabled", "deleted", "unchanged", "kept", "refused", "held-back"),
        *("failed", "skipped", "to-create", "to-update", "to-publish", "to-enable", "to-delete", "changes", "drifted"),
        *("healthy", "degraded", "unknown"),
    ),
    "0",
)
Deploy = Callable[..., Ended]


@pytest.fixture(scope="module")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A job's RUNNER_TEMP, in which the action has installed itself, with what it depends on."""
    temp = tmp_path_factory.mktemp("runner")
    contexts = {"inputs": inputs({}), "steps.python.outputs": {"python-path": sys.executable}}
    installed = Runner(ROOT, temp, {"PIP_NO_COMPILE": "1"}).run("install", contexts)
    assert installed.exit_code == 0, installed.log
    assert re.fullmatch(r"\d+", installed.outputs["locks"])
    return temp


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """A Kestra of our own, which wants a name and a password."""
    with launch(DEFAULT, basic_auth=(USER, PASSWORD)) as engine:
        yield engine.url


@pytest.fixture
def deploy(temp: Path, host: str, tmp_path: Path) -> Deploy:
    """Run the action's last step in a checkout that is `tmp_path`; the inputs given here come over the usual ones."""

    def deploy(**given: str) -> Ended:
        usual = {"host": host, "username": USER, "password": PASSWORD}
        asked = {name.replace("_", "-"): value for name, value in given.items()}
        return Runner(tmp_path, temp).run("run", {"inputs": inputs(usual | asked)})

    return deploy


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A named project with two flows, in a namespace that no other test uses."""
    (tmp_path / "kestra-deployer.yaml").write_text(f"project: {tmp_path.name}\n")
    folder = tmp_path / "flows"
    folder.mkdir()
    for id_ in ("first", "second"):
        (folder / f"{id_}.yaml").write_text(FLOW.format(id=id_, namespace=tmp_path.name.replace("_", "-")))
    return folder


def annotations_in(ended: Ended) -> list[str]:
    return [line for line in ended.log.splitlines() if line.startswith("::")]


@pytest.mark.usefixtures("checkout")
def test_a_first_deploy_creates_the_flows_and_a_second_finds_them_unchanged(deploy: Deploy) -> None:
    first, second = deploy(), deploy()

    assert (first.exit_code, second.exit_code) == (0, 0), first.log + second.log
    assert first.outputs == NOTHING | {"created": "2", "healthy": "2", "exit-code": "0"}
    assert second.outputs == NOTHING | {"unchanged": "2", "exit-code": "0"}
    assert "2 created" in first.summary
    assert "2 unchanged" in second.summary
    assert annotations_in(first) == annotations_in(second) == []


def test_a_changed_flow_is_updated_and_a_dry_run_before_it_changes_nothing(deploy: Deploy, checkout: Path) -> None:
    deploy()
    with (checkout / "first.yaml").open("a") as file:
        file.write("# changed\n")

    rehearsed, deployed = deploy(dry_run="true"), deploy()

    assert rehearsed.exit_code == 0, rehearsed.log
    assert "first" in rehearsed.summary
    assert deployed.outputs == NOTHING | {"updated": "1", "unchanged": "1", "healthy": "1", "exit-code": "0"}


def test_smoke_tests_run_and_a_failing_one_fails_the_step(deploy: Deploy, checkout: Path) -> None:
    name = checkout.parent.name.replace("_", "-")
    suite = f"id: s\nnamespace: company.{name}\nflowId: first\ntestCases:\n  - id: a\n"

    (checkout / "first.smoke.yaml").write_text(suite)
    passed = deploy(smoke="true")
    (checkout / "first.smoke.yaml").write_text(f"{suite}    expectedState: FAILED\n")
    unchanged, failed = deploy(smoke="true"), deploy(command="smoke")

    assert (passed.exit_code, failed.exit_code) == (0, 6), passed.log + failed.log
    assert unchanged.outputs == NOTHING | {"unchanged": "2", "exit-code": "0"}
    assert failed.outputs == NOTHING | {"exit-code": "6"}
    [annotation] = annotations_in(failed)
    assert annotation.startswith("::error file=flows/first.smoke.yaml,")


def test_a_broken_flow_is_annotated_at_its_line_and_nothing_is_written(deploy: Deploy, checkout: Path) -> None:
    broken = checkout / "second.yaml"
    broken.write_text(broken.read_text().replace("id: say", "id: say\n    id: again"))

    ended = deploy()

    assert ended.exit_code == 1
    assert ended.outputs == NOTHING | {"exit-code": "1"}
    [annotation] = annotations_in(ended)
    assert annotation.startswith("::error file=flows/second.yaml,")
    assert ",line=5," in annotation
    assert "flows/second.yaml:5" in ended.summary


def test_a_flow_that_kestra_refuses_is_annotated_in_its_file(deploy: Deploy, checkout: Path) -> None:
    broken = checkout / "second.yaml"
    broken.write_text(broken.read_text().replace("log.Log", "log.Lag"))

    ended = deploy()

    assert ended.exit_code == 1
    assert ended.outputs == NOTHING | {"exit-code": "1"}
    [annotation] = annotations_in(ended)
    assert annotation.startswith("::error file=flows/second.yaml,")


@pytest.mark.usefixtures("checkout")
def test_a_wrong_password_ends_with_its_exit_code_and_the_outputs_are_still_there(deploy: Deploy) -> None:
    ended = deploy(password="wrong-Sesame-1")

    assert ended.exit_code == 3
    assert ended.outputs == NOTHING | {"exit-code": "3"}
    [annotation] = annotations_in(ended)
    assert annotation.startswith("::error title=kestra-deployer%3A run::")
    assert "wrong-Sesame-1" not in ended.log + ended.summary


def test_a_folder_that_is_not_there_is_a_mistake_in_the_workflow(deploy: Deploy) -> None:
    ended = deploy(path="flow")

    assert ended.exit_code == 2
    assert ended.outputs == NOTHING | {"exit-code": "2"}
    assert "Traceback" not in ended.log


@pytest.mark.usefixtures("checkout")
def test_an_argument_that_does_not_exist_still_gives_the_exit_code(deploy: Deploy) -> None:
    ended = deploy(args="--no-such-option")

    assert ended.exit_code == 2
    assert ended.outputs == {"exit-code": "2"}
    assert "--no-such-option" in ended.log
