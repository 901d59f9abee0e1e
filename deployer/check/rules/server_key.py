"""Whether a flow leaves alone what the server keeps about flows: `deleted`, `revision`, `updated` and their kin.

Why: Kestra takes such a key from a text. With `deleted: true` an update deletes the live flow, and a creation makes one
that nobody can see; with `revision` Kestra keeps the text that it has, and answers as if all was well. The others count
for nothing: a flow with `draft: true` runs, and `tenantId` moves nothing to another tenant. Files that were copied from
the answers of Kestra's API have these keys. (Asked of all engines from 1.0.36 to 2.0.0.)

Bad:  `deleted: true`
Good: no such line; `--prune` deletes the flow of a file that is removed
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.check.base import Check, Finding, FlowFile
from deployer.language.leaves import truth
from deployer.language.types import FLOW
from deployer.model.problem import Severity

_IGNORED = {
    "deleted": "it counts for nothing",
    "tenantId": "the flow goes to the tenant that is deployed to",
    "updated": "the server writes down itself when it stores a flow",
    "source": "the file's text is the source",
    "draft": "what is deployed is published, and runs",
}
"""What is taken from a flow's text and ignored, and what counts instead."""

KEYS = ("deleted", "revision", "tenantId", "updated", "source", "draft", "exception")
"""What the server answers of a flow beside what its text says. No version takes all of them."""


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield an error for what undoes the deploy, and a warning for what does nothing."""
    known = flow.types.types[FLOW]["props"]
    for key in KEYS:
        if key in known and flow.document.data.get(key) not in (None, ""):
            yield _told(flow, key)


def _told(flow: FlowFile, key: str) -> Finding:
    if key == "deleted" and truth(flow.document.data[key]):
        hint = "remove the line; to delete the flow, remove the file and deploy with --prune"
        message = "with `deleted` in its text, the flow is deleted from the server"
        return Finding((key,), message, hint, at_key=True)
    if key == "revision":
        message = "with `revision` in its text, an update changes nothing: Kestra keeps the text that it has"
        return Finding((key,), message, "remove the line: the server counts revisions itself", at_key=True)
    message = f"`{key}` is the server's to set, and is ignored here: {_IGNORED[key]}"
    return Finding((key,), message, "remove the line", Severity.WARNING, at_key=True)


CHECK = Check("server-key", __doc__, each=check)
