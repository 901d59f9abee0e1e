"""The words of Kestra's expressions: what its template engine has registered."""

from __future__ import annotations

from typing import Any

from deployer.engine.jvm import Kestra


def words(kestra: Kestra) -> dict[str, list[str]]:
    """Return the names of `filters`, `functions`, `tests` and `tags`, the `unary` and the `binary` operators."""
    renderer = kestra.bean("io.kestra.core.runners.VariableRenderer")
    field = kestra.java("io.kestra.core.runners.VariableRenderer").class_.getDeclaredField("pebbleEngine")
    field.setAccessible(True)
    known = field.get(renderer).getExtensionRegistry()
    named: dict[str, Any] = {
        "tags": known.getTokenParsers(),
        "unary": known.getUnaryOperators(),
        "binary": known.getBinaryOperators(),
    }
    found = {kind: sorted(str(name) for name in each.keySet()) for kind, each in named.items()}
    for kind in ("filters", "functions", "tests"):
        of = known.getClass().getDeclaredField(kind)
        of.setAccessible(True)
        found[kind] = sorted(str(name) for name in of.get(known).keySet())
    return dict(sorted(found.items()))
