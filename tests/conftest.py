"""Real engines for the tests: one at a time, as tests are put into the order of their engines."""

from __future__ import annotations

import os
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from coverage import Coverage
from engine.http.spoil_flows import spoiled_folder
from engine.made_plugin import a_realtime_plugin
from hypothesis import settings
from kinds.notes import Notes, in_the_table
from turns import ONLY_THOROUGH, function_of, repeated
from without_engine.sitecustomize import OPTION, VARIABLE

from deployer.engine.process.launch import RunningEngine, launch
from deployer.model.version import DEFAULT, VERSIONS, KestraVersion, named

STAYED_ON = (named("1.3"), named("2.0"))
"""The versions that teams are on or move to: what every behaviour is tested with."""

APART = (named("1.0"), *STAYED_ON)
"""The first version and those after which something big changed: 1.1 and 1.2 lie between."""

BY_THEMSELVES = ("cli", "faults", "http", "smoke", "trial")
"""Folders whose tests have engines of their own.

The faults look at all that there is; the others fill an engine, where each flow takes longer to store than the last.
"""

OTHERS_COVER = tuple(f" for {folder}" for folder in BY_THEMSELVES if folder != "http")
"""What the parameter of an engine ends with whose code is covered by the tests of the engine."""

UNREADABLE = " with unreadable flows"
"""What the parameter of an engine ends with that has them."""

SCHEDULING = " that schedules"
"""What the parameter of an engine ends with that has a scheduler."""

IN_TURN = ("check", "cli", "faults", "scheduled", "smoke", "testing", "trial")
"""Folders about what the deployer does with what a server answers; what an engine does is asked of every version."""

LONGEST = ("sdk", "fidelity", "bench")
"""Folders with few tests that take minutes."""

RUNNING = ("specification", "trial", "smoke")
"""Folders whose tests run executions: in an engine that others have filled, those take two to three times as long."""

UNTRACED = ("bench", "faults", "fidelity", "http", "sdk", "specification")
"""Folders whose tests go through lines that other tests go through as well: see the marker `untraced`."""

_TRACING = "COVERAGE_PROCESS_CONFIG"  # the variable with which a process measures its coverage

_LONGEST_NAME = 200  # characters of a value in the name of a test

settings.register_profile("suite", max_examples=150, derandomize=True, deadline=None, database=None)
settings.register_profile("long", max_examples=20_000, deadline=None)
settings.load_profile("suite")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Call a long value by its beginning: each name goes from process to process with every step of its test."""
    if isinstance(val, str | bytes) and len(val) > _LONGEST_NAME:
        return f"{val[:_LONGEST_NAME]!r} and so on"
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses an engine once for each of the versions that it is for."""
    chosen = any("kestra" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "kestra" in metafunc.fixturenames and not chosen:
        versions = _versions(metafunc)
        folder = _folder(metafunc.definition.path)
        holds = _kind({*metafunc.fixturenames})
        apart = STAYED_ON if folder in BY_THEMSELVES and not holds else ()
        engines = [f"{each.name} for {folder}" if each in apart else f"{each.name}{holds}" for each in versions]
        metafunc.parametrize("kestra", engines, indirect=True, scope="session")


def _kind(used: set[str]) -> str:
    """Return what the parameter of an engine ends with, by the fixtures that a test uses."""
    return UNREADABLE if "spoiled" in used else SCHEDULING if "scheduling" in used else ""


def _folder(path: Path) -> str:
    """Return the folder of a test; the rooms of the HTTP layer are one."""
    return "http" if "http" in path.parts else path.parent.name


def _versions(metafunc: pytest.Metafunc) -> tuple[KestraVersion, ...]:
    if one := metafunc.definition.get_closest_marker("one_version"):
        return (named(*one.args) if one.args else DEFAULT,)
    used = {*metafunc.fixturenames}
    if "since" in used or ("any_engine" in used and _folder(metafunc.definition.path) != "http"):
        return VERSIONS
    return APART if {"any_engine", "scheduling"} & used else STAYED_ON


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with which nothing is left out."""
    parser.addoption("--thorough", action="store_true", help="also run what repeats: see the marker `thorough`")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what shares an engine, or else a file, with one of several processes: no engine is started twice.

    What takes long comes first, so that no process is left with much of it at the end.
    """
    take_turns(items)
    if not config.getoption("--thorough"):
        left = [item for item in items if item.get_closest_marker("thorough")]
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=left)
        config.stash[ONLY_THOROUGH] = {*map(function_of, left)} - {*map(function_of, items)}
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_engine(item) or str(item.path)))
        if {"kestra", "engine"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.engine)
        if _folder(item.path) in UNTRACED:
            item.add_marker(pytest.mark.untraced)
    items.sort(key=_rank)


def take_turns(items: Sequence[pytest.Item]) -> None:
    """Mark a case `thorough` with all versions but the one whose turn it is, in the folders that do so."""
    cases: dict[tuple[str, str], list[pytest.Function]] = defaultdict(list)
    for item in items:
        if isinstance(item, pytest.Function) and (turn := _turn(item)):
            cases[function_of(item), turn].append(item)
    for (function, _), each in cases.items():
        places = [item.callspec.indices["kestra"] for item in each]
        for item in repeated(function, list(zip(each, places, map(_engine, each), strict=True))):
            item.add_marker(pytest.mark.thorough)


def _turn(item: pytest.Function) -> str:
    """Return what a case takes turns with: all versions, or those of a dialect; empty where it runs with each."""
    used, folder = {*item.fixturenames}, _folder(item.path)
    if "kestra" not in used or item.get_closest_marker("every_version"):
        return ""
    if folder == "http":
        return "" if "since" in used else named(_engine(item).split()[0]).dialect
    return "all" if folder in IN_TURN and "any_engine" not in used else ""


def _rank(item: pytest.Item) -> tuple[bool, ...]:
    folder, has_marker = _folder(item.path), bool(item.get_closest_marker("engine"))
    return folder not in LONGEST, not _engine(item), not has_marker, folder not in RUNNING


def _engine(item: pytest.Item) -> str:
    given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return str(given.get("kestra", ""))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let no Java start for a test without the marker `engine`, neither in this process nor in one that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        if not item.get_closest_marker("engine"):
            patch.setenv(VARIABLE, OPTION)
            patch.setenv("PYTHONPATH", str(Path(__file__).parent / "without_engine"), prepend=os.pathsep)
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Measure no coverage of a test with the marker `untraced`, nor of the processes that it starts."""
    tracing = Coverage.current() if item.get_closest_marker("untraced") else None
    if not tracing:
        return (yield)
    tracing.stop()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv(_TRACING, raising=False)
            return (yield)
    finally:
        tracing.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """End an engine with the last test in a row that needs it: idle, it would go on to take a twentieth of a core."""
    yield
    if isinstance(item, pytest.Function) and _engine(item) and (nextitem is None or _engine(nextitem) != _engine(item)):
        for fixture in item._fixtureinfo.name2fixturedefs["kestra"]:
            fixture.finish(item._request)  # type: ignore[arg-type]  # that of a test does as well


@pytest.fixture(scope="session")
def kestra(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    """The one engine of this process: the one before has ended. Its parameter begins with its version."""
    version, data = named(request.param.split()[0]), None
    if request.param.endswith(UNREADABLE):
        data = spoiled_folder(version, tmp_path_factory.mktemp("data") / "engine")
    schedules = request.param.endswith(SCHEDULING)
    plugins = [a_realtime_plugin(tmp_path_factory.mktemp("plugins") / "plugin-listen.jar")] if schedules else []
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            if request.param.endswith(OTHERS_COVER):
                patch.delenv(_TRACING, raising=False)
            running = stack.enter_context(launch(version, data=data, tenants=(), scheduler=schedules, plugins=plugins))
        yield running


@pytest.fixture(scope="session")
def engine(kestra: RunningEngine) -> RunningEngine:
    """A running engine; a test that uses it is run once for each of two versions."""
    return kestra


@pytest.fixture(scope="session")
def any_engine(kestra: RunningEngine) -> RunningEngine:
    """A running engine; a test that uses it is run once for every version, of the HTTP layer for those that differ."""
    return kestra


@pytest.fixture(scope="session")
def spoiled(kestra: RunningEngine) -> RunningEngine:
    """A running engine that holds, in each of two tenants, a sound flow and two it cannot read."""
    return kestra


@pytest.fixture(scope="session")
def scheduling(kestra: RunningEngine) -> RunningEngine:
    """A running engine with a scheduler, and with a realtime trigger: triggers have states, and start executions."""
    return kestra


@pytest.fixture
def tenant() -> str:
    """A tenant that no other test has, so that tests can share an engine."""
    return f"t{uuid.uuid4().hex[:12]}"


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a kill that is refused again and again two seconds, not ten."""
    monkeypatch.setattr("deployer.smoke.follow.KILL_GRACE", 2.0)


@pytest.fixture
def notes() -> Iterator[Notes]:
    """A kind that only tests know."""
    with in_the_table() as kind:
        yield kind
