"""`kestra-deployer sync` against a real engine that cannot read some of what it has stored."""

from __future__ import annotations

from collections.abc import Callable

from cli.project import Ended, Project
from engine.http.flow_texts import flow

from deployer.engine.process.launch import RunningEngine

Run = Callable[..., Ended]


def test_a_stored_flow_that_cannot_be_read_is_named_and_the_rest_goes_on(
    project: Project, deployer: Run, spoiled: RunningEngine
) -> None:
    project.write("flows/sound.yaml", flow("sound", message="changed"))
    project.write("flows/mended.yaml", flow("mended", message="changed"))
    project.write("flows/new.yaml", flow("new"))
    server = ("--host", spoiled.url, "--tenant", "other", "--project", "ours", "--on-drift", "overwrite")
    ended = deployer("sync", *server, "--format", "json")
    again = deployer("sync", *server, "--format", "json")
    assert ended.code == 0
    assert ended.done == [("mended", "update", 2), ("new", "create", 1), ("sound", "update", 2)]
    [named] = ended.report["problems"]
    assert (named["check"], named["severity"]) == ("unreadable-on-server", "warning")
    assert "team.a/spoiled" in named["message"]
    assert "gone.Gone" in named["message"]
    assert {action for _, action, _ in again.done} == {"keep"}
