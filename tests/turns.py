"""Which versions a test runs with: `scripts/test` gives each case one version in turn, `scripts/test --thorough` all.

What the deployer decides seldom depends on the version, but any of its requests may. So each case of a test is tried
with one version, and the next case with the next one.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeVar

import pytest

from deployer.model.version import NAMES

Case = TypeVar("Case")

ONLY_THOROUGH = pytest.StashKey[set[str]]()
"""The functions that were left out with each of their cases; not there where nothing is left out."""


def function_of(item: pytest.Item) -> str:
    """Return the path and the name of a test's function, which its cases share."""
    return item.nodeid.partition("[")[0].partition("@")[0]


def versions(*short: str) -> pytest.MarkDecorator:
    """Give a test an engine of each version, all but the ones named with `--thorough` only."""
    values = [name if name in short else pytest.param(name, marks=pytest.mark.thorough) for name in NAMES]
    return pytest.mark.parametrize("kestra", values, indirect=True)


def repeated(function: str, cases: Sequence[tuple[Case, int, str]]) -> Iterator[Case]:
    """Yield the cases of a function that are left to `--thorough`: the same one is tried with another version.

    Each case comes with the place of its version among the values of the parameter, and with the version. Where a
    version is among the values more than once, each has been chosen together with something else, and all stay.
    """
    places = sorted({place for _, place, _ in cases})
    if len({version for _, _, version in cases}) != len(places):
        return
    first = zlib.crc32(function.encode())
    seen: Counter[int] = Counter()
    for case, place, _ in cases:
        if place != places[(first + seen[place]) % len(places)]:
            yield case
        seen[place] += 1
