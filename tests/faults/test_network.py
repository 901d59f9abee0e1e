"""Each fault at each request of a deploy: the report is true, and the same command again brings it to its end."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from cli.project import Ended, Project
from faults.changing import SYNC, World
from faults.faults import LASTING, PASSING, UNTOLD, reset
from proxy import Fault, Proxy

from deployer.engine.process.launch import RunningEngine
from deployer.model.version import Dialect

Run = Callable[..., Ended]
_EVERY = 3  # of so many requests one is hit; the next one may be the same once more


def only(number: int, fault: Fault) -> Callable[[int, str], Fault | None]:
    return lambda at, _: fault if at == number else None


def every(many: int, first: int, fault: Fault) -> Callable[[int, str], Fault | None]:
    return lambda at, _: fault if at % many == first else None


def since(number: int, fault: Fault) -> Callable[[int, str], Fault | None]:
    return lambda at, _: fault if at >= number else None


def requests_of(world: World, server: Proxy, deployer: Run) -> int:
    """How many requests a deploy of one step takes."""
    assert deployer(*SYNC).code == 0
    world.step()
    server.requests.clear()
    assert deployer(*SYNC).code == 0
    world.is_deployed()
    return len(server.requests)


def deployed_with(world: World, server: Proxy, deployer: Run, fault: Callable[[int, str], Fault | None]) -> Ended:
    """Deploy one step while something is wrong, and look whether the report says what the server has."""
    world.step()
    before = world.live()
    with server.failing(fault):
        ended = deployer(*SYNC)
    world.tells_the_truth(ended.report, before)
    return ended


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_overcome_wherever_it_comes(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client, fault: Fault
) -> None:
    world = World(project, api)
    assert requests_of(world, server, deployer) > _EVERY
    for first in range(_EVERY):
        ended = deployed_with(world, server, deployer, every(_EVERY, first, fault))
        assert ended.code == 0
        world.is_deployed()


@pytest.mark.every_version
@pytest.mark.parametrize("name", LASTING)
@pytest.mark.parametrize("part", [0, pytest.param(1, marks=pytest.mark.thorough)])
def test_what_ends_a_run_is_told_and_the_next_one_converges(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client, *, engine: RunningEngine, name: str, part: int
) -> None:
    """Each part has every other request. Where the server did nothing, the two versions share those of a part."""
    world, fault = World(project, api), LASTING[name]
    codes = set()
    second = ([*LASTING].index(name) + (engine.version.dialect is Dialect.V2)) % 2
    first, step = (1 + part, 2) if fault is UNTOLD else (1 + part + 2 * second, 4)
    for number in range(first, requests_of(world, server, deployer) + 1, step):
        codes.add(deployed_with(world, server, deployer, only(number, fault)).code)
        assert deployer(*SYNC).code == 0
        world.is_deployed()
    assert codes & {3, 5}


def test_a_server_that_goes_away_between_any_two_requests_is_told_and_the_next_run_converges(
    project: Project, server: Proxy, deployer: Run, api: httpx.Client
) -> None:
    project.write("kestra-deployer.yaml", "retry: {attempts: 2}\n")
    world = World(project, api)
    for number in range(1, requests_of(world, server, deployer) + 1):
        ended = deployed_with(world, server, deployer, since(number, reset))
        unseen = {each["condition"] for each in ended.report["health"]} == {"unknown"}
        assert ended.code in (3, 5) or (ended.code == 0 and unseen)
        assert deployer(*SYNC).code == 0
        world.is_deployed()
