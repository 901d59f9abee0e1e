"""Whether the inputs that an input depends on exist, and do not depend on it in turn.

Why: Kestra asks for inputs one after another, dependencies first; it refuses a circle.

Bad:  `a` with `dependsOn: {inputs: [b]}` and `b` with `dependsOn: {inputs: [a]}`
Good: only `b` depends on `a`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deployer.check.base import Check, Finding
from deployer.check.rules.input_paths import leaves
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.types import Types
from deployer.model.problem import Route


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for every input that depends on a missing input, or on itself through others."""
    needs: dict[str, list[str]] = {}
    routes: dict[str, Route] = {}
    for path, part in leaves(asked.part, types):
        routes.setdefault(path, part.route)
        needed = needs.setdefault(path, [])
        for depends in part.parts.get("dependsOn", ()):
            listed = depends.value.get("inputs")
            needed += [as_text(one) for one in listed] if isinstance(listed, list) else []
    for path, needed in needs.items():
        for one in needed:
            if one not in needs:
                yield Finding(
                    (*routes[path], "dependsOn"), f"the input `{path}` depends on `{one}`, which does not exist"
                )
        if circle := _circle(path, needs, [], set()):
            way = " → ".join([*circle, circle[0]])
            yield Finding(
                (*routes[path], "dependsOn"),
                f"the input `{path}` is part of a circle of dependencies, or depends on one: {way}",
            )


def _circle(path: str, needs: Mapping[str, list[str]], above: list[str], done: set[str]) -> list[str]:
    """Return the circle that is reached from an input, empty if there is none."""
    if path in above:
        return above[above.index(path) :]
    if path in done:
        return []
    for one in needs.get(path, ()):
        if circle := _circle(one, needs, [*above, path], done):
            return circle
    done.add(path)
    return []


CHECK = Check("input-order", __doc__, on={"FlowValidation": faults})
