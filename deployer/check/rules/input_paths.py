"""Whether input paths collide: `address.city` cannot exist beside an input `address`.

Why: the inputs of an execution form a tree, and two inputs cannot have the same place in it; Kestra refuses them (since
1.3).

Bad:  inputs `address` and `address.city`
Good: inputs `address.street` and `address.city`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.parts import Part
from deployer.language.types import Types

_FORM = "io.kestra.core.models.flows.input.FormInput"


def faults(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for every input whose path equals another's, or lies within it."""
    if not types.since("1.3"):
        return
    found = list(leaves(asked.part, types))
    paths = {path for path, _ in found}
    seen: set[str] = set()
    for path, part in found:
        if path in seen and "." in path:
            yield Finding(part.route, f"there are two inputs with the path `{path}`")
        seen.add(path)
        words = path.split(".")
        above = next((up for at in range(1, len(words)) if (up := ".".join(words[:at])) in paths), None)
        if above is not None:
            yield Finding(
                part.route, f"the input `{path}` is inside the input `{above}`", "give one of them another id"
            )


def leaves(flow: Part, types: Types) -> Iterator[tuple[str, Part]]:
    """Yield each input that has a value, with its path; since 1.3 a form is replaced by its inputs."""
    for part in flow.parts.get("inputs", ()):
        if part.value.get("id") is None:
            continue
        path = as_text(part.value["id"])
        if part.cls == _FORM and types.since("1.3"):
            for below in part.parts.get("inputs", ()):
                yield f"{path}.{as_text(below.value.get('id'))}", below
        else:
            yield path, part


CHECK = Check("input-paths", __doc__, on={"FlowValidation": faults})
