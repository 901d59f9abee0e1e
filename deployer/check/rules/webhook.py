"""Whether a webhook has valid conditions and a valid response type.

Why: a webhook starts an execution at once, so Kestra refuses conditions on several executions; it also refuses content
types that it cannot respond with.

Bad:  `responseContentType: text/html`
Good: `responseContentType: text/plain`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding
from deployer.language.constraints import Asked
from deployer.language.leaves import as_text
from deployer.language.tasks import is_a
from deployer.language.types import Types

_CONDITION = "io.kestra.core.models.conditions.Condition"
_MULTIPLE = "io.kestra.plugin.core.condition.MultipleCondition"
_ALLOWED = ("application/json", "text/plain")


def conditions(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for every condition on several executions, and for everything that is not a condition."""
    for part in asked.part.parts.get("conditions", ()):
        if not is_a(part, _CONDITION, types):
            yield Finding(part.route, "this is not a condition")
        elif is_a(part, _MULTIPLE, types):
            yield Finding(part.route, "a webhook cannot wait for several executions")


def content_type(asked: Asked, types: Types) -> Iterator[Finding]:
    """Yield a finding for a response type that is not allowed; before 1.3 this constraint covers the conditions."""
    if not types.since("1.3"):
        yield from conditions(asked, types)
    elif (value := asked.part.value.get("responseContentType")) is not None and as_text(value) not in _ALLOWED:
        message = "a webhook can only respond with application/json or text/plain"
        yield Finding((*asked.part.route, "responseContentType"), message)


CHECK = Check("webhook", __doc__, on={"WebhookValidation": content_type, "AbstractWebhookValidation": conditions})
