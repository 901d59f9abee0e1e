"""Whether a flow contains a password, a token or a key in plain text.

Why: anyone who can read the repository, the flow on the server or its executions can read the secret. It is recognized
by the name of the property or by the shape of a well-known token; expressions are fine.

Bad:  `password: hunter2`
Good: `password: "{{ secret('DATABASE_PASSWORD') }}"`
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.model.problem import Route, Severity
from deployer.model.secret import SIGNS, is_name, is_plain, shape

_INPUT = "io.kestra.core.models.flows.input.SecretInput"
_HINT = "store it as a secret in Kestra, and write {{ secret('NAME') }}"


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield a warning for every secret, without showing it."""
    shaped = any(sign in flow.document.text for sign in SIGNS)
    for route, text in flow.texts:
        if what := _judge(route, text, shaped=shaped):
            yield Finding(route, what, _HINT, shown=False)
    for part in flow.parts:
        if part.cls == _INPUT and is_plain(part.value.get("defaults")):
            what = "the default of this SECRET input is in plain text"
            yield Finding((*part.route, "defaults"), what, _HINT, shown=False)


def _judge(route: Route, text: str, *, shaped: bool) -> str:
    """Return what is wrong with a string, empty if nothing is. `shaped`: it may have the shape of a secret."""
    name = next((step for step in reversed(route) if isinstance(step, str)), "")
    if is_name(name) and is_plain(text):
        return f"`{name}` is in plain text"
    what = shape(text) if shaped else ""
    return f"{what} is in plain text" if what else ""


CHECK = Check("plain-secret", __doc__, level=Severity.WARNING, each=check)
