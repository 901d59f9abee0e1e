"""Whether a password, a token or a key stands in a flow as it is.

Why: whoever reads the repository, the flow on the server or its executions reads the secret too. Told by the name of a
property and by the shapes of well-known tokens; expressions are fine.

Bad:  `password: hunter2`
Good: `password: "{{ secret('DATABASE_PASSWORD') }}"`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from deployer.check.base import Finding, Folder
from deployer.model.problem import Route, Severity

_NAMED = re.compile(
    r"(?:^|-)(?:password|passwd|passphrase|(?<!pull-)secret|(?<!page-)(?<!next-)(?<!continuation-)(?<!stop-)token"
    r"|api-?key|secret-?key|private-?key|secret-access-key|account-key|shared-access-key)$"
)
_ENDS = ("password", "passwd", "passphrase", "secret", "token", "key")  # of every name that `_NAMED` knows
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_. ]")
_SHAPES = {
    "a key of AWS": r"\bAKIA[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[oprsu]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})",
    "a token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20}",
    "a token of Slack": r"\bxox[abprs]-[A-Za-z0-9-]{10}|hooks\.slack\.com/services/T\w+/B\w+/\w{20}",
    "a key of Stripe": r"\b[rs]k_live_[A-Za-z0-9]{16}",
    "a key of Google": r"\bAIza[A-Za-z0-9_-]{35}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "a JSON Web Token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]*://[^\s/:@{}$]*:[^\s/@{}$<>*]+@[\w\[]",
}
_SHAPED = re.compile("|".join(f"({shape})" for shape in _SHAPES.values()))
_SIGNS = (
    "AKIA",
    "ghp_",
    "gho_",
    "ghr_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "xox",
    "hooks.",
    "k_live_",
    "AIza",
    "-----BEGIN",
    "eyJ",
    "@",
)
_ELSEWHERE = re.compile(r"\{\{|\{%|\$\{|\$\(|\[\[|^\$\w|^<.*>$|^[*x.…]+$|^(?:none|null|true|false)$", re.IGNORECASE)
"""A value that is told elsewhere, or is none."""
_INPUT = "io.kestra.core.models.flows.input.SecretInput"
_HINT = "keep it as a secret of Kestra, and write {{ secret('NAME') }}"


def check(folder: Folder) -> Iterator[Finding]:
    """Yield a warning for every secret; it is not shown."""
    for flow in folder.flows:
        shaped = any(sign in flow.document.text for sign in _SIGNS)
        for route, text in flow.texts:
            if what := _found(route, text, shaped=shaped):
                yield flow.finding(route, what, _HINT, Severity.WARNING, shown=False)
        for part in flow.parts:
            if part.cls == _INPUT and _plain(part.value.get("defaults")):
                what = "the input is a secret, and its default stands here as it is"
                yield flow.finding((*part.route, "defaults"), what, _HINT, Severity.WARNING, shown=False)


def _found(route: Route, text: str, *, shaped: bool) -> str:
    """Return what is wrong with a text, empty where nothing is. `shaped`: it may look like a secret by itself."""
    name = next((step for step in reversed(route) if isinstance(step, str)), "")
    if name.lower().endswith(_ENDS) and _plain(text) and _NAMED.search(_HUMP.sub("-", name).lower()):
        return f"`{name}` is in plain text"
    if shaped and (match := _SHAPED.search(text)):
        what = list(_SHAPES)[(match.lastindex or 1) - 1]
        return f"{what} is in plain text"
    return ""


def _plain(value: Any) -> bool:
    """Whether a value may be a secret itself: one word that is not told elsewhere."""
    return isinstance(value, str) and len(value.split()) == 1 and not _ELSEWHERE.search(value)
