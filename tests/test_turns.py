"""Each case is run with one version in turn, and none is lost."""

from __future__ import annotations

import pytest
from turns import ONLY_THOROUGH, repeated

VERSIONS = ("1.0", "1.3", "2.0")
FUNCTIONS = [f"tests/cli/test_{name}.py::test_it" for name in ("drift", "plan", "prune", "sync")]


def cases(count: int, versions: tuple[str, ...] = VERSIONS) -> list[tuple[tuple[str, int], int, str]]:
    """So many cases with each version, in pytest's order."""
    each = [(version, number) for number in range(count) for version in versions]
    return [((version, number), versions.index(version), version) for version, number in each]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_each_case_is_left_with_one_version(function: str, count: int) -> None:
    left = {case for case, _, _ in cases(count)} - {*repeated(function, cases(count))}
    assert sorted(number for _, number in left) == [*range(count)]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_cases_of_one_function_take_different_versions(function: str) -> None:
    left = {case for case, _, _ in cases(3)} - {*repeated(function, cases(3))}
    assert {version for version, _ in left} == {*VERSIONS}


def test_functions_of_one_case_take_different_versions() -> None:
    left = [{case for case, _, _ in cases(1)} - {*repeated(function, cases(1))} for function in FUNCTIONS]
    assert len({version for each in left for version, _ in each}) > 1


def test_with_one_version_nothing_is_left_out() -> None:
    last = [(case, 2, version) for case, _, version in cases(4, ("2.0",))]
    assert [*repeated(FUNCTIONS[0], last)] == []


def test_versions_that_are_given_more_than_once_stay() -> None:
    given = [("1.3", "SIGINT"), ("2.0", "SIGINT"), ("1.3", "SIGTERM"), ("2.0", "SIGHUP")]
    chosen = [((version, signal), place, version) for place, (version, signal) in enumerate(given)]
    assert [*repeated(FUNCTIONS[0], chosen)] == []


def test_a_function_that_is_left_out_as_a_whole_runs_a_benchmark(pytestconfig: pytest.Config) -> None:
    assert {
        each for each in pytestconfig.stash.get(ONLY_THOROUGH, set()) if not each.startswith("tests/bench/")
    } == set()
