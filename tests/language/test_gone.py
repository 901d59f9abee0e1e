"""What is said of that which Kestra 2.0 took away: all of it, and nothing that the engines do not say too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from language.moves import MOVES, Move

from deployer import check
from deployer.check.upgrade import verdicts
from deployer.engine.process.launch import RunningEngine
from deployer.kestra.client import KestraClient
from deployer.language.gone import INPUTS, PROPERTIES, RENAMED, TYPES, WORDS
from deployer.language.types import Types, types_of
from deployer.model.document import Document
from deployer.model.problem import Problem
from deployer.model.upgrade import Verdict
from deployer.model.version import NAMES, Dialect
from deployer.parsing.parse import parse
from deployer.settings import Settings

NOW = types_of(NAMES[-1])
BEFORE = [types_of(name) for name in NAMES[:-1]]
CONDITION = "io.kestra.plugin.core.condition."
ONLY_ENTERPRISE = {"workerGroup", "pluginDefaultsRef"}
"""Properties that no flow of 1.3's open-source edition can show alone: one is refused there, one needs defaults."""


def gone(named: Callable[[Types], set[str]]) -> set[str]:
    """What any earlier version names and the newest does not."""
    return set().union(*map(named, BEFORE)) - named(NOW)


def documents(move: Move) -> tuple[Document, Document]:
    before, after = (parse(f"{move.name}.yaml", move.flow(text))[0] for text in (move.before, move.after))
    assert before
    assert after
    return before, after


def problems(document: Document, version: str) -> list[Problem]:
    return check.check([document], version, whole=False)


def test_every_type_that_is_gone_has_something_instead() -> None:
    classes = gone(lambda types: set(types.plugins.values()))
    assert {name for name in classes if not name.startswith(CONDITION)} == set(TYPES)


def test_every_property_that_is_gone_has_something_instead() -> None:
    lost = {
        prop
        for types in BEFORE
        for cls, described in types.types.items()
        if cls in NOW.types
        for prop in described["props"]
        if prop not in NOW.types[cls]["props"] and prop not in NOW.types[cls].get("ignored", ())
    }
    assert lost == set(PROPERTIES)


def test_every_word_that_is_gone_has_something_instead() -> None:
    inputs = gone(lambda types: set(types.polys["io.kestra.core.models.flows.Input"]["of"]))
    named = gone(
        lambda types: {f"{kind.removesuffix('s')} {word}" for kind, all_ in types.words.items() for word in all_}
    )
    assert inputs == set(INPUTS)
    assert inputs | named == set(WORDS)


def test_every_hint_names_what_2_0_has() -> None:
    hints = [each.hint for table in (TYPES, PROPERTIES, WORDS) for each in table.values()]
    core = {word.strip("`,") for hint in hints for word in hint.split() if word.startswith("`io.kestra.plugin.core.")}
    assert core <= set(NOW.plugins)
    assert {*INPUTS.values()} <= set(NOW.polys["io.kestra.core.models.flows.Input"]["of"])
    assert all(any(now in each["props"] for each in NOW.types.values()) for now in RENAMED.values())


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
def test_a_move_is_told_at_its_place_with_what_it_takes(move: Move) -> None:
    before, after = documents(move)
    told = [each for each in problems(before, "2.0") if each.effort or each.stops]
    assert {each.effort for each in told} == {move.effort}
    assert all(each.span and each.hint for each in told)
    assert [each for each in problems(after, "2.0") if each.stops or each.effort] == []
    found = [
        verdicts([each.file], check.judge([each], "1.3"), check.judge([each], "2.0"), verified=True)[each.file]
        for each in (before, after)
    ]
    assert found == [Verdict(move.effort.value), Verdict.AS_IS]


def test_the_moves_show_all_that_is_said() -> None:
    told = [each for move in MOVES for each in problems(documents(move)[0], "2.0") if each.effort]
    hints = {each.hint for each in told}
    shown = {name for table in (TYPES, PROPERTIES, WORDS) for name, instead in table.items() if instead.hint in hints}
    parts = {name for name in TYPES if "$" in name or name.endswith("Template")}
    left = {*TYPES, *PROPERTIES, *WORDS} - shown
    assert left <= {*ONLY_ENTERPRISE, *parts, "conditions", "scheduleConditions", "function currentEachOutput"}


def test_the_engines_take_the_one_and_the_other(engine: RunningEngine, tenant: str) -> None:
    with KestraClient(Settings(host=engine.url, tenant=tenant)) as client:
        verdicts = {
            part: client.validate_flows([move.flow(getattr(move, part)) for move in MOVES])
            for part in ("before", "after")
        }
    refused = {
        part: {move.name for move, each in zip(MOVES, found, strict=True) if each and each.constraints}
        for part, found in verdicts.items()
    }
    if engine.version.dialect is Dialect.V1:
        assert refused["before"] == set()
        return
    still_taken = {"json-filter", "json-function"}  # they fail when they are rendered
    assert refused["before"] == {move.name for move in MOVES} - still_taken
    of_a_plugin = {move.name for move in MOVES if "io.kestra.plugin.kestra." in move.after}
    assert refused["after"] == of_a_plugin  # which this engine has not
