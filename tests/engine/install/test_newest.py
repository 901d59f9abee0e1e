"""The newest version of a plugin that fits, found by loading it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from deployer.engine.install.newest import MOST, find_fitting
from deployer.errors import EngineError
from deployer.model.plugin import Coordinate, Unfit

FS, GIT = ("io.kestra.plugin", "plugin-fs"), ("io.kestra.plugin", "plugin-git")


@dataclass
class Loaded:
    left_out: list[Unfit]


class Engine:
    """Loads what fits; like an engine, it does not start where nothing does."""

    def __init__(self, *fits: str, broken: str = "") -> None:
        self.fits, self.broken = fits, broken
        self.asked: list[list[str]] = []

    def load(self, coordinates: Sequence[Coordinate]) -> Loaded:
        names = [f"{each.artifact}-{each.version}" for each in coordinates]
        self.asked.append(names)
        left_out = [Unfit(f"{name}.jar", f"{name} does not fit", "") for name in names if name not in self.fits]
        if self.broken and self.broken in names and len(names) > 1:
            raise EngineError("the plugins both contain a type")
        if len(left_out) == len(names):
            raise EngineError(left_out[0].reason)
        return Loaded(left_out)


def test_the_newest_versions_are_loaded_together() -> None:
    engine = Engine("plugin-fs-2", "plugin-git-1")
    found = find_fitting({FS: ["2", "1"], GIT: ["1"]}, engine.load)
    assert [str(each.version) for each in found.chosen] == ["2", "1"]
    assert engine.asked == [["plugin-fs-2", "plugin-git-1"]]
    assert not found.unfit


def test_what_does_not_fit_is_tried_in_its_next_version_beside_the_others() -> None:
    engine = Engine("plugin-fs-1", "plugin-git-1")
    found = find_fitting({FS: ["3", "2", "1"], GIT: ["1"]}, engine.load)
    assert [(each.artifact, each.version) for each in found.chosen] == [("plugin-fs", "1"), ("plugin-git", "1")]
    assert len(engine.asked) == 3


def test_where_nothing_fits_each_is_tried_alone_and_then_in_its_next_version() -> None:
    found = find_fitting({FS: ["2", "1"], GIT: ["2", "1"]}, Engine("plugin-fs-1", "plugin-git-1").load)
    assert {each.version for each in found.chosen} == {"1"}


def test_a_plugin_without_a_version_that_fits_is_told_with_the_reason_of_its_newest() -> None:
    engine = Engine("plugin-git-1")
    found = find_fitting({FS: [str(number) for number in range(20, 0, -1)], GIT: ["1"]}, engine.load)
    assert [each.artifact for each in found.chosen] == ["plugin-git"]
    assert found.unfit[FS].reason == "plugin-fs-20 does not fit"
    assert len(engine.asked) == MOST + 1


def test_none_is_chosen_where_none_fits() -> None:
    found = find_fitting({FS: ["1"]}, Engine().load)
    assert (found.chosen, found.loaded, [*found.unfit]) == ((), None, [FS])


def test_plugins_that_only_load_apart_end_it() -> None:
    with pytest.raises(EngineError, match="both contain"):
        find_fitting({FS: ["1"], GIT: ["1"]}, Engine("plugin-fs-1", "plugin-git-1", broken="plugin-fs-1").load)
