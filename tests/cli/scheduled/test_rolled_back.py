"""Nothing that an operator has switched off starts by a rollback, and what a run has enabled is off again."""

from __future__ import annotations

import time
from collections.abc import Callable

from cli.others import source
from cli.project import Ended, Project
from cli.scheduled.operators import EDITS, SECONDS, Operator, flow, schedule
from engine.processes import eventually

Run = Callable[..., Ended]
SYNC = ("sync", "--smoke", "--rollback", "--no-wait", "--prune", "--max-prune", "100%", "--format", "json")
SUITE = "id: works\nnamespace: company.team\nflowId: broken\ntestCases:\n  - id: once\n"
FAILS = "  - id: end\n    type: io.kestra.plugin.core.execution.Fail\n"
ANEW = ("renamed", "rewritten", "removed", "pruned")
"""Flows whose trigger begins anew when they are put back, so that its stop is in the text then."""


def deploy(project: Project, operator: Operator, deployer: Run, *names: str) -> dict[str, str]:
    """Deploy flows of which each is due each second, switch their triggers off, and break another flow's file."""
    project.write("kestra-deployer.yaml", "project: ours\n")
    project.write("flows/broken.yaml", flow("broken"))
    project.write("flows/broken.smoke.yaml", SUITE)
    for name in names:
        project.write(f"flows/{name}.yaml", flow(name, schedule()))
    assert deployer(*SYNC).code == 0
    assert eventually(lambda: all("often" in operator.states(name) for name in names))
    operator.switch_off(*names)
    project.write("flows/broken.yaml", flow("broken") + FAILS)
    return {name: flow(name, schedule()) for name in names}


def test_what_was_off_stays_off(project: Project, operator: Operator, deployer: Run) -> None:
    names = [*EDITS, "pruned"]
    former = deploy(project, operator, deployer, *names)
    before = operator.settled(names)
    for name, edited in EDITS.items():
        project.write(f"flows/{name}.yaml", edited(name))
    (project.root / "flows/pruned.yaml").unlink()
    ended = deployer(*SYNC)
    assert ended.code == 6
    assert {each["status"] for each in ended.report["rollback"]} == {"done"}
    time.sleep(SECONDS)
    assert operator.settled(names) == before
    stopped = {
        name: text.replace("  - id: often", "  - disabled: true\n    id: often") for name, text in former.items()
    }
    texts = {name: source(operator.api, name) for name in names}
    assert texts == {name: (stopped if name in ANEW else former)[name] for name in names}
    assert [name for name in names if name not in ANEW and not operator.is_off(name)] == []
    planned = {each["name"]: each for each in deployer("plan", "--prune", "--format", "json").report["plan"]["changes"]}
    assert {planned[name]["standing"] for name in names} <= {"ours", "same", "disabled"}
    assert "stays disabled" in planned["task"]["reason"]


def test_what_the_run_has_enabled_is_off_again(project: Project, operator: Operator, deployer: Run) -> None:
    former = deploy(project, operator, deployer, "task", "cron", "same")
    for name in ("task", "cron"):
        project.write(f"flows/{name}.yaml", EDITS[name](name))
    ended = deployer(*SYNC, "--on-disabled", "enable")
    assert ended.code == 6
    assert {each["name"]: (each["action"], each["status"]) for each in ended.report["rollback"]} == {
        "broken": ("revert", "done"),
        "task": ("revert", "done"),
        "cron": ("revert", "done"),
        "same": ("disable", "done"),
    }
    assert all(map(operator.is_off, former))
    before = operator.settled(former)
    time.sleep(SECONDS)
    assert operator.settled(former) == before
    assert {name: source(operator.api, name) for name in former} == former
