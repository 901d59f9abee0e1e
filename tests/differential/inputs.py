"""Inputs of every type with defaults, patterns and selections: what Java's parsers make of them, each a flow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

from differential.samples import Base

FLOW = (
    "id: input\nnamespace: company.team\ninputs:\n  - id: it\n{lines}"
    "tasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"
)
TRIGGER = 'triggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "@daily"\n'
DEFAULTS = {
    "DATETIME": (
        "2024-01-01T00:00Z 2024-01-01T00:00:00Z 2024-01-01T00:00:00z 2024-01-01t00:00:00Z 2024-01-01T00:00:00+02:00 "
        "2024-01-01T00:00:00+0200 2024-01-01T00:00:00+02 2024-01-01T00:00:00+18:00 2024-01-01T00:00:00+18:01 "
        "2024-01-01T24:00:00Z 2024-01-01T24:00:01Z 2024-01-01T23:59:60Z 2024-01-01T00:00:00.Z 2024-01-01 1700000000 "
        "+12024-01-01T00:00:00Z -2024-01-01T00:00:00Z 0000-01-01T00:00:00Z 2024-01-01T00:00:00+02:00:30 "
        "2024-02-30T00:00:00Z 2023-02-29T00:00:00Z 2024-01-01T00:00:00[UTC] 2024-01-01T00:00:00.1234567890Z"
    ),
    "DATE": (
        "2024-01-01 -2024-01-01 0000-01-01 +12024-01-01 +2024-01-01 12024-01-01 2024-01-01T00:00:00 2024-1-1 "
        "2023-02-29 20240101 2024-W01-1 -0000-01-01 today"
    ),
    "TIME": "10:30 10:30:15 10:30:15. 10:30:15.1 24:00 24:00:00 23:59:60 10 1:30 10:30:15Z T10:30 10:30:60 1030",
    "FLOAT": "1 1.5 +1 1e5 NaN Infinity -Infinity 0x1p3 0x1.8p1 0x10 1f 1D .5 5. 1_000 \u0661 1,5 abc 1e400 --1",
    "INT": "1 -1 +1 1.0 2147483647 2147483648 -2147483648 -2147483649 \u0661 0x10 1_000 007",
    "DURATION": "PT1S pt1s P1D P1W P1Y -PT1S PT-1S PT1.5S PT1,5S PT P 1s P1DT PT0S 60 PT60 P1DT1H",
    "EMAIL": "a@b.c a a@ @b a@b \u00e4@b.c a+b@c.d a@b_c",
    "BOOL": "true false yes TRUE 1 abc",
    "JSON": '{} [] 1 "a" { {"a":} abc null NaN {a:1}',
}
"""By the type of an input: defaults, with a space between them."""
BOUNDS = (
    ("DATETIME", "2024-01-01T24:00:00Z", "after", "2024-01-02T00:00:00Z"),
    ("DATETIME", "2024-01-01T00:00:00Z", "before", "2024-01-01T01:00:00+02:00"),
    ("DATE", "-0001-01-01", "before", "0001-01-01"),
    ("DATE", "+12024-01-01", "before", "9999-01-01"),
    ("TIME", "10:30:15.", "after", "10:30:15"),
    ("FLOAT", "NaN", "max", "1"),
    ("FLOAT", "NaN", "min", "1"),
    ("FLOAT", "0x1p3", "max", "8"),
    ("DURATION", "PT1M", "max", "PT59S"),
)
PATTERNS = {
    r"\p{L}+": "\u00e4", r"\p{Alpha}+": "\u00e4", r"\p{alpha}+": "a", r"\p{LU}": "A", r"\pX": "a", r"\p{IsFoo}": "a",
    r"\p{IsLatin}+": "a", r"\p{InBasicLatin}+": "a", r"\p{InFoo}": "a", r"\p{gc=Xx}": "a", r"\p{sc=Foo}": "a",
    r"\p{javaLowerCase}+": "a", r"\p{javaFoo}": "a", r"\R": "a", "[a-z&&[^b]]": "b", "[a-z&&[^b]]+": "acd", "^*": "",
    "|*": "a", "a**": "a", r"\x{110000}": "a", r"\N{FOO}": "a", r"\h": " ", ".": "\u2028", r"(a)\1": "aa", "[a-": "a",
}  # fmt: skip
VALUES = (
    "[small, large]",
    "[]",
    "[null, a]",
    "{a: b}",
    "[{value: large}, small]",
    "[{value: a, label: large}]",
    "[{label: a}]",
)
SELECTED = ("true", "false", '"true"')
REQUIRED = ("", "    required: false\n", "    defaults: large\n")


def inputs() -> Iterator[Base]:
    """Yield every one."""
    for name, text in _inputs():
        yield Base(f"inputs/{name}", text)


def _inputs() -> Iterator[tuple[str, str]]:
    for kind, written in DEFAULTS.items():
        for value in written.split():
            yield f"{kind}, {value}", _flow(kind, defaults=value)
    for kind, value, name, bound in BOUNDS:
        yield f"{kind}, {value} {name} {bound}", _flow(kind, **{"defaults": value, name: bound})
    for pattern, value in PATTERNS.items():
        yield f"pattern {pattern}", _flow("STRING", validator=pattern, defaults=value)
    for kind, values, selects, more in product(("SELECT", "MULTISELECT"), VALUES, SELECTED, REQUIRED):
        one = "    defaults: [large]\n" if kind == "MULTISELECT" and "defaults" in more else more
        lines = f"    type: {kind}\n    values: {values}\n    autoSelectFirst: {selects}\n{one}"
        yield f"{kind} of {values}, {selects}, {more.strip()}", FLOW.format(lines=lines) + TRIGGER
    for default in ("", "    defaults: a\n", "    required: false\n"):
        yield (
            f"an empty trigger, {default.strip()}",
            FLOW.format(lines=f"    type: STRING\n{default}") + "triggers: [null]\n",
        )


def _flow(kind: str, **given: str) -> str:
    lines = "".join(f"    {name}: {json.dumps(value)}\n" for name, value in given.items())
    return FLOW.format(lines=f"    type: {kind}\n{lines}")
