"""Whether every input is used.

Why: users are asked for a value that has no effect, or an expression uses another name by mistake.

Bad:  an input `id: day`, and no `inputs.day` in the flow
Good: `message: "{{ inputs.day }}"`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from deployer.check.base import Check, Finding, FlowFile
from deployer.model.problem import Route, Severity

_READ = re.compile(r"""\binputs\b((?:\s*\.\s*[\w-]+|\s*\[\s*(?:'[^']*'|"[^"]*")\s*\])*)""")
_STEP = re.compile(r"""\.\s*([\w-]+)|'([^']*)'|"([^"]*)\"""")
_ELSEWHERE = re.compile(r"\brender(?:Once)?\s*\((?!\s*vars\b)|\bprintContext\s*\(|\[\[>|\bflows?\.Template\b")
"""Where a template outside the flow may read inputs."""
_SIGNS = ("render", "printContext", "[[>", ".Template")  # without one of these, `_ELSEWHERE` need not look


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every input that nothing in the flow reads."""
    inputs = flow.document.data.get("inputs")
    if isinstance(inputs, list):
        yield from _find_unused(flow, inputs)


def _find_unused(flow: FlowFile, inputs: list[Any]) -> Iterator[Finding]:
    text = flow.document.text
    if any(sign in text for sign in _SIGNS) and _ELSEWHERE.search(text):
        return
    read = set(_reads(flow.texts))
    for at, each in enumerate(inputs):
        name = each.get("id") if isinstance(each, dict) else None
        if isinstance(name, str) and not any(_covers(path, name) for path in read):
            message = f"input `{name}` is not used in this flow"
            yield Finding(("inputs", at, "id"), message, "remove it, or use it")


def _reads(texts: Sequence[tuple[Route, str]]) -> Iterator[str]:
    """Yield the inputs that are read, nested ones with dots; an empty string means all of them."""
    for route, text in texts:
        for match in _READ.finditer(text) if "inputs" in text else ():
            path = ".".join(next(filter(None, step), "") for step in _STEP.findall(match[1]))
            if path or "{{" in text or "{%" in text:
                yield path
                yield path.partition("-")[0]  # `inputs.a-b` is `a` less `b`
        if "dependsOn" in route:
            yield text


def _covers(path: str, name: str) -> bool:
    """Whether reading `path` reads the input, all of a nested one or a part of its value."""
    return not path or path == name or path.startswith(f"{name}.") or name.startswith(f"{path}.")


CHECK = Check("unused-input", __doc__, level=Severity.WARNING, each=check)
