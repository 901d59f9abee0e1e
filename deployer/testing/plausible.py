"""Values that a flow takes for its inputs, and values that tasks are likely to give. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deployer.check.base import FlowFile
from deployer.check.expressions import Template
from deployer.check.rules.input_values import kind_of
from deployer.check.sent_values import wrong
from deployer.language.leaves import as_text
from deployer.language.parts import Part
from deployer.testing.absent import FAIL
from deployer.testing.draft import Making

EXAMPLE = "example"
_DAY, _TIME = "2026-01-31", "10:30:00"
_MOMENT = f"{_DAY}T{_TIME}Z"
_TEXTS = (
    *(EXAMPLE, EXAMPLE.upper(), EXAMPLE.capitalize(), "example-1", "example_1", "EXAMPLE-1", "EXAMPLE_1"),
    *("a", "A", "1", "ab", "AB", "12", "abc", "ABC", "123", "abcd", "ABCD", "1234", "12345", "123456", "a1", "A1"),
    *("AB-12", "ABC-123", "abc-123", "example/example", "a.b", "v1", "1.0", "v1.0", "1.0.0", "v1.0.0", "10.0.0.1"),
    *(_DAY, _MOMENT, _TIME, "2026-01", "2026", "someone@example.com", "https://example.com", "example.com", "0" * 40),
)
"""One of these is what most validators want."""
_USUAL: Mapping[str, Sequence[Any]] = {
    "String": _TEXTS,
    "Secret": (EXAMPLE,),
    "Int": (1, 0),
    "Float": (1.5, 1, 0),
    "Bool": (False,),
    "Boolean": (False,),
    "Date": (_DAY, "2000-01-31", "2099-01-31"),
    "DateTime": (_MOMENT, "2000-01-31T10:30:00Z", "2099-01-31T10:30:00Z"),
    "Time": (_TIME, "00:00:00", "23:59:59"),
    "Duration": ("PT1M",),
    "URI": ("https://example.com",),
    "Email": ("someone@example.com",),
    "Json": ({"key": EXAMPLE},),
    "Yaml": ({"key": EXAMPLE},),
}
"""By the kind of input, the likeliest first."""
_BOUNDS = ("min", "max", "after", "before")
_ITEMS: Mapping[str, Any] = {
    "INT": 1, "FLOAT": 1.5, "BOOLEAN": False, "BOOL": False, "DATETIME": _MOMENT, "DATE": _DAY, "TIME": _TIME,
    "DURATION": "PT1M", "URI": "https://example.com", "EMAIL": "someone@example.com", "JSON": {"key": EXAMPLE},
}  # fmt: skip
_NUMBERS = re.compile(
    r"(?:.*_)?(?:count|counts|size|total|length|number|amount|id|index|duration)|.*(?:Count|Size|Total)"
)
_LISTS = re.compile(r"rows|items|results|records|values|list|lines|uris|messages|ids")
_CODES: Mapping[str, int] = {"code": 200, "statusCode": 200, "status_code": 200, "exitCode": 0, "exit_code": 0}
_URI = re.compile(r"uri|.*(?:Uri|_uri)|outputFile")
_TIMES = re.compile(r"date|next|previous|.*(?:Date|_date|_at)")
_FILES = "outputFiles"
_READS = r"\b(?:read|fileSize|fileExists|isFileEmpty)\(\s*(?:\w+\s*=\s*)?"
_COMPARED = r"""\s*(?:\|\s*number\s*)?(==|>=|<=|>|<)\s*(?:(-?\d+(?:\.\d+)?)|'([^']*)'|"([^"]*)")"""


def plausible(name: str, part: Part, making: Making) -> Any:
    """Return a value that an input takes, as far as can be known; what cannot be is noted."""
    if kind_of(part) == "File":
        return str(making.file(name, f"the input `{name}`"))
    found = next((each for each in _candidates(part) if each is not None and not wrong(part, each)), None)
    if found is None or "{{" in as_text(part.value.get("expression") or ""):
        making.note(f"the input `{name}` takes only certain values: give one")
    return EXAMPLE if found is None else found


def _candidates(part: Part) -> Iterator[Any]:
    kind, value = kind_of(part), part.value
    listed = value.get("values") if isinstance(value.get("values"), list) else value.get("options")
    choices = [each.get("value") if isinstance(each, Mapping) else each for each in listed or ()]
    if kind in ("Select", "Enum"):
        yield from choices
    elif kind == "Multiselect":
        yield from ([each] for each in choices)
        yield [EXAMPLE]
    elif kind == "Array":
        yield [_ITEMS.get(as_text(value.get("itemType", "")), EXAMPLE)]
    yield from _USUAL.get(kind, ())
    yield from (value[name] for name in _BOUNDS if value.get(name) is not None)


Tree = dict[str, "Tree"]
"""The names below a name that expressions read, each with those below it."""


def used_below(flow: FlowFile, *root: str) -> Tree:
    """Return what the expressions of a flow read below a variable, such as `outputs.fetch`."""
    tree: Tree = {}
    for template in flow.templates:
        for use in template.reading.uses:
            if use.path[: len(root)] == root:
                here = tree
                for step in use.path[len(root) :]:
                    here = here.setdefault(step, {})
    return tree


def likely(tree: Tree, path: Sequence[str], flow: FlowFile, making: Making) -> dict[str, Any]:
    """Return values for what is read below a path, by its names and by what is done with them."""
    return {name: _likely(name, below, (*path, name), flow, making) for name, below in tree.items()}


def _likely(name: str, below: Tree, path: Sequence[str], flow: FlowFile, making: Making) -> Any:
    if below and all(step.isdecimal() for step in below):
        return [_likely("", next(iter(below.values())), (*path, "0"), flow, making)]
    if below:
        return likely(below, path, flow, making)
    if (compared := _compared(path, flow)) is not None:
        return compared
    if _is_iterated(path, flow) or _LISTS.fullmatch(name):
        return [EXAMPLE]
    if _URI.fullmatch(name) or path[-2] == _FILES or _is_read(path, flow):
        return _file(path, making)
    return _named(name)


def _file(path: Sequence[str], making: Making) -> str:
    where = f"`{'.'.join(path)}`"
    if path[0] == "trigger":  # Kestra renders outputs of fixtures alone
        making.note(f"{where} is a file, which a test cannot give to a trigger: mock the tasks that read it")
        return EXAMPLE
    last = path[-1] if Path(path[-1]).suffix else f"{path[-1]}.txt"
    return str(making.file(f"{path[1]}-{last}", where))


def _named(name: str) -> Any:
    """Return what a value of a name usually is."""
    if name in _CODES:
        return _CODES[name]
    if _TIMES.fullmatch(name):
        return _MOMENT
    return 1 if _NUMBERS.fullmatch(name) else EXAMPLE


def _compared(path: Sequence[str], flow: FlowFile) -> Any:
    """Return a value with which the first comparison of a path holds, or does not, where the flow fails if it does.

    None if it is compared with nothing that is written down.
    """
    first = next(_found(rf"{_spelled(path)}{_COMPARED}", flow), None)
    if first is None:
        return None
    template, match = first
    sign, number, *texts = match.groups()
    task = flow.tasks.at(template.route)
    fails = task is not None and task.cls == FAIL
    if number is None:
        return None if fails else next(each for each in texts if each is not None)
    steps = {">=": -1, "<=": 1, "==": 1} if fails else {">": 1, "<": -1}
    return (float(number) if "." in number else int(number)) + steps.get(sign, 0)


def _is_iterated(path: Sequence[str], flow: FlowFile) -> bool:
    """Whether the values of a loop are what stands at a path."""
    pattern = re.compile(rf"\{{\{{\s*{_spelled(path)}\s*\}}\}}")
    return any(
        part.parts.get("tasks") and isinstance(values := part.value.get("values"), str) and pattern.fullmatch(values)
        for part in flow.parts
    )


def _is_read(path: Sequence[str], flow: FlowFile) -> bool:
    """Whether a function of Kestra takes what stands at a path for the URI of a file."""
    return any(_found(rf"{_READS}{_spelled(path)}\s*[,)]", flow))


def _found(pattern: str, flow: FlowFile) -> Iterator[tuple[Template, re.Match[str]]]:
    compiled = re.compile(pattern)
    return ((each, match) for each in flow.templates if (match := compiled.search(each.text)))


def _spelled(path: Sequence[str]) -> str:
    """Return the pattern of a path as expressions write it: `outputs.a.b`, `outputs['a'].b`, `outputs.a[0]`."""
    first, *rest = map(re.escape, path)
    return rf"\b{first}" + "".join(rf"""(?:\.{step}|\[\s*['"]?{step}['"]?\s*\])""" for step in rest)
