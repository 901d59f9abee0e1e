"""What resources are called, in sentences."""

from __future__ import annotations

import pytest

from deployer.model.resource import FLOW, Key, listed


@pytest.mark.parametrize(
    ("names", "sentence"),
    [("b", "n/b"), ("cab", "n/a, n/b, n/c"), ("edcba", "n/a, n/b, n/c, n/d, n/e")],
)
def test_a_few_keys_are_all_named(names: str, sentence: str) -> None:
    assert listed([Key(FLOW, "n", name) for name in names]) == sentence


def test_of_many_keys_it_is_said_how_many_are_not_named() -> None:
    assert listed([Key(FLOW, "n", name) for name in "gfedcba"]) == "n/a, n/b, n/c, n/d, n/e and 2 more"
