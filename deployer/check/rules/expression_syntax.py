"""Whether expressions are valid: `{{ … }}` and `{% … %}`, and the filters, functions and tests in them.

Why: Kestra stores an invalid expression, and the task fails when it runs. Variables are not checked here, nor are
strings that Kestra does not render, such as a description, or `variables` unless the flow calls `render(`.

Bad:  `message: "{{ inputs.day | dat('yyyy') }"`
Good: `message: "{{ inputs.day | date('yyyy') }}"`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from deployer.check.base import Check, Finding, FlowFile
from deployer.language.expression import Expressions, Malformed, Named
from deployer.language.gone import WORDS
from deployer.language.types import Types
from deployer.language.words import did_you_mean, gone_since, needs
from deployer.model.problem import Effort, Route, Severity

_NOT_RENDERED = ("description", "documentation", "displayName", "validator", "prefill")
_RENDERS = re.compile(r"\brender(?:Once)?\(")
_PART = 3  # characters of a name that begins another: `date` is meant by `dateFormat`
_LONGEST = 40  # characters of an expression that are shown


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every invalid expression, and for every unknown name in one."""
    if "{{" not in flow.document.text and "{%" not in flow.document.text and "{#" not in flow.document.text:
        return
    for route, text in flow.texts:
        if ("{{" in text or "{%" in text or "{#" in text) and _is_rendered(flow, route, text):
            yield from _one(flow, route, text, _expressions(flow.types))


@lru_cache(maxsize=8)
def _expressions(types: Types) -> Expressions:
    return Expressions(types.words)


def _is_rendered(flow: FlowFile, route: Route, text: str) -> bool:
    """Whether Kestra renders a string before the flow or a task uses it. Tested by running flows on 1.3.31."""
    match route:
        case ("variables", *_):
            return bool(_RENDERS.search(flow.document.text))
        case (*_, "cases", key) if key == text:
            return False
        case (*_, last):
            return last not in _NOT_RENDERED
    return True


def _one(flow: FlowFile, route: Route, text: str, expressions: Expressions) -> Iterator[Finding]:
    try:
        named = expressions.read(text)
    except Malformed as error:
        message = f"`{_quote(text, error.at)}` is not a valid expression: {error}"
        yield Finding(route, message, error.hint)
        return
    except RecursionError:  # nested too deeply to be checked
        return
    for each in named:
        if each.name not in flow.types.words[each.kind]:
            message, hint, effort = _explain(each, flow.types)
            yield Finding(route, message, hint, effort=effort)


def _explain(named: Named, types: Types) -> tuple[str, str, Effort | None]:
    kind, name = named.kind.removesuffix("s"), named.name

    def has(other: Types) -> bool:
        return name in other.words[named.kind]

    if since := gone_since(types, has):
        return f"{kind} `{name}` is gone since Kestra {since}", *(WORDS.get(f"{kind} {name}") or ("", None))
    if first := needs(types, has):
        return f"{kind} `{name}` needs Kestra {first} or later", "", None
    known = types.words[named.kind]
    instead = next((word for word in known if name.lower().startswith(word.lower()) and len(word) > _PART), "")
    return f"there is no {kind} `{name}`", f"did you mean `{instead}`?" if instead else did_you_mean(name, known), None


def _quote(text: str, at: int) -> str:
    """Return the expression around a position, or its beginning."""
    opened = max(text.rfind(sign, 0, at + 2) for sign in ("{{", "{%", "{#"))
    begin = max(opened, 0)
    line = text[begin:].splitlines()[0] if text[begin:] else ""
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


CHECK = Check("expression-syntax", __doc__, level=Severity.WARNING, each=check)
