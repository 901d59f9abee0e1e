"""Whether every input is read by something.

Why: who starts the flow is asked for a value that changes nothing, or an expression reads another name by mistake.

Bad:  an input `id: day`, and nothing with `inputs.day` in it
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
"""Where a text that is not in the flow may read inputs."""
_SIGNS = ("render", "printContext", "[[>", ".Template")  # without one of these, `_ELSEWHERE` need not look


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every input of a flow that no text of it reads."""
    inputs = flow.document.data.get("inputs")
    if isinstance(inputs, list):
        yield from _unused(flow, inputs)


def _unused(flow: FlowFile, inputs: list[Any]) -> Iterator[Finding]:
    text = flow.document.text
    if any(sign in text for sign in _SIGNS) and _ELSEWHERE.search(text):
        return
    read = set(_reads(flow.texts))
    for at, each in enumerate(inputs):
        name = each.get("id") if isinstance(each, dict) else None
        if isinstance(name, str) and not any(_covers(path, name) for path in read):
            message = f"input `{name}` is read by nothing in this flow"
            yield Finding(("inputs", at, "id"), message, "remove it, or read it", Severity.WARNING)


def _reads(texts: Sequence[tuple[Route, str]]) -> Iterator[str]:
    """Yield the inputs that are read, nested ones with dots; an empty text means all of them."""
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
