"""Two deployers at once: what they say is true, nothing is lost, and nothing is written twice."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from cli.others import create, source
from cli.project import Ended, Project
from faults.changing import MANY, SYNC, World
from faults.deploys import both
from proxy import Passing, Proxy, pass_on

Run = Callable[..., Ended]


def test_two_deployers_at_once(project: Project, server: Proxy, deployer: Run, api: httpx.Client) -> None:
    world = World(project, api, MANY)
    for step in (1, 2):
        ended = both(server)
        assert {code for code, _ in ended} <= {0, 3, 4, 5}  # 3: Kestra may answer 500 where two write a key at once
        for code, report in ended:
            assert report["exit_code"] == code
            assert report["problems"] or report["outcomes"], "each says what became of it"
        assert deployer(*SYNC).code == 0
        world.is_deployed(times=2)  # Kestra lets two create or change one flow at the very same moment
        assert {action for _, action, _ in deployer(*SYNC).done} == {"keep"}
        if step == 1:
            world.step()


@pytest.mark.parametrize("code", [0, 5], ids=["with this very text", "with another text"])
def test_a_flow_that_somebody_else_created_a_moment_before(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client, code: int
) -> None:
    text = project.flow("a")
    theirs = text.replace("message: hello", "message: theirs") if code else text

    def overtaken(request: Passing) -> None:
        create(api, theirs)
        pass_on(request)

    server.fault = lambda _, request: overtaken if request.startswith("POST") and request.endswith("/flows") else None
    ended = deployer(*SYNC)
    assert ended.code == code
    assert [(name, action) for name, action, _ in ended.done] == [("a", "failed" if code else "create")]
    assert source(api, "a") == theirs
