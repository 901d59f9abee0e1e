"""What is said to replace what is deprecated."""

from __future__ import annotations

from deployer.check.rules.deprecated import INSTEAD
from deployer.language.types import types_of
from deployer.model.version import NAMES


def test_what_replaces_a_property_is_a_property_of_the_same_class_in_some_version() -> None:
    pairs = {
        (name, INSTEAD[name] in types.types[cls]["props"])
        for types in map(types_of, NAMES)
        for cls, deprecated in types.deprecated.items()
        for name in INSTEAD.keys() & deprecated.keys()
    }
    assert {name for name, there in pairs if there} == set(INSTEAD)
