"""Whether expressions are valid: `{{ … }}` and `{% … %}`, and the filters, functions and tests in them.

Why: Kestra stores an invalid expression, and the task fails when it runs. Variables are not checked here, nor are
strings that Kestra does not render, such as a description, or `variables` unless the flow calls `render(`.

Bad:  `message: "{{ inputs.day | dat('yyyy') }"`
Good: `message: "{{ inputs.day | date('yyyy') }}"`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.check.expressions import Template
from deployer.language.expression import Named
from deployer.language.gone import WORDS
from deployer.language.types import Types
from deployer.language.words import did_you_mean, gone_since, needs
from deployer.model.problem import Effort, Severity

_PART = 3  # characters of a name that begins another: `date` is meant by `dateFormat`
_LONGEST = 40  # characters of an expression that are shown


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every invalid expression, and for every unknown name in one."""
    for template in flow.templates:
        if template.fault or template.reading.named:
            yield from _one(template, flow.types)


def _one(template: Template, types: Types) -> Iterator[Finding]:
    if error := template.fault:
        message = f"`{_quote(template.text, error.at)}` is not a valid expression: {error}"
        yield Finding(template.route, message, error.hint)
    for each in template.reading.named:
        if each.name not in types.words[each.kind]:
            message, hint, effort = _explain(each, types)
            yield Finding(template.route, message, hint, effort=effort)


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
