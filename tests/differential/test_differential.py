"""Our verdict and the engine's are the same: on flows as they are, and on what people make of them by mistake.

Other seeds and more flows: `scripts/differential`. A difference that is here to stay goes into `reviewed.py`, with its
reason; a row there that covers nothing any more is an error too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import pytest
from differential import cases
from differential.cases import Case
from differential.differences import Difference, differences, table
from differential.oracle import Oracle
from differential.ours import known_types
from differential.reviewed import unneeded, unreviewed
from shared import needs_shared

from deployer.model.version import DEFAULT, NAMES

pytestmark = pytest.mark.engine
SHOWN = 10  # differences in the message of a failure
STAYED_ON = ("1.3", "2.0")
"""The versions that a plugin is tried in."""

EACH = pytest.mark.parametrize(
    "version", [each if each == DEFAULT.name else pytest.param(each, marks=pytest.mark.untraced) for each in NAMES]
)
"""Each version; the lines that the checks go through are counted with one of them, as tracing doubles the time."""

Asked = Callable[[str], Oracle]


@cache
def found(of: Callable[[str], Case], version: str) -> Sequence[Difference]:
    case = of(version)
    return differences(case.flows, case.oracle, known_types(case.oracle))


def verdicts_agree(of: Callable[[str], Case], version: str) -> None:
    left = unreviewed(found(of, version))
    shown = "\n".join(difference.as_file() for difference in left[:SHOWN])
    assert not left, f"{len(left)} differences with {version}\n{table(of(version).flows, left)}\n{shown}"


@EACH
def test_verdicts_agree_on_our_own_flows(version: str, asked: Asked) -> None:
    asked(version)
    verdicts_agree(cases.ours, version)


@needs_shared
@EACH
def test_verdicts_agree_on_kestras_own_flows(version: str, asked: Asked) -> None:
    asked(version)
    verdicts_agree(cases.kestras, version)


@EACH
def test_verdicts_agree_in_corners(version: str, asked: Asked) -> None:
    asked(version)
    verdicts_agree(cases.in_corners, version)


@EACH
def test_verdicts_agree_on_types_where_those_of_another_family_stand(version: str, asked: Asked) -> None:
    asked(version)
    verdicts_agree(cases.misplaced, version)


@pytest.mark.parametrize("version", STAYED_ON)
def test_verdicts_agree_on_flows_with_a_plugin(version: str) -> None:
    verdicts_agree(cases.of_a_plugin, version)


@EACH
def test_verdicts_agree_on_task_runners_of_the_server(version: str) -> None:
    verdicts_agree(cases.of_scripts, version)


@needs_shared
def test_every_row_of_the_reviewed_list_is_needed(asked: Asked) -> None:
    every = [difference for version in NAMES if asked(version) for difference in found(cases.ours, version)]
    every += [difference for version in NAMES for difference in found(cases.kestras, version)]
    every += [difference for version in STAYED_ON for difference in found(cases.of_a_plugin, version)]
    assert unneeded(every) == []


@EACH
def test_there_are_flows_of_both_kinds(version: str, asked: Asked) -> None:
    texts = [flow.text for flow in cases.ours(version).flows]
    taken = sum(says is None for says in asked(version).verdicts(texts))
    assert 0.2 < taken / len(texts) < 0.8
