"""The words of Kestra's expressions: what is registered in its template engine."""

from __future__ import annotations

from typing import Any

from deployer.engine.jvm.context import Kestra

_RENDERER = "io.kestra.core.runners.VariableRenderer"


def describe_words(kestra: Kestra) -> dict[str, list[str]]:
    """Return the names of `filters`, `functions`, `tests` and `tags`, the `unary` and the `binary` operators."""
    engine = kestra.field(_RENDERER, "pebbleEngine").get(kestra.bean(_RENDERER))
    known = engine.getExtensionRegistry()
    registry = str(known.getClass().getName())
    named: dict[str, Any] = {
        "tags": known.getTokenParsers(),
        "unary": known.getUnaryOperators(),
        "binary": known.getBinaryOperators(),
    }
    found = {kind: sorted(str(name) for name in each.keySet()) for kind, each in named.items()}
    for kind in ("filters", "functions", "tests"):
        found[kind] = sorted(str(name) for name in kestra.field(registry, kind).get(known).keySet())
    return dict(sorted(found.items()))
