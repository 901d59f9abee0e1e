"""Whether a flow sets keys that belong to the server: `deleted`, `revision`, `updated` and the like.

Why: Kestra reads these keys from the source. With `deleted: true` an update deletes the live flow, and a create
makes an invisible one; with `revision` Kestra keeps the old source, and answers as if it had updated it. The others
have no effect: a flow with `draft: true` runs, and `tenantId` does not move a flow to another tenant. Files that were
copied from answers of Kestra's API have these keys. (Tested on all engines from 1.0.36 to 2.0.0.)

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
    "deleted": "it has no effect",
    "tenantId": "the flow is deployed to the configured tenant",
    "updated": "the server records when it stores a flow",
    "source": "the file itself is the source",
    "draft": "a deployed flow is published, and runs",
}
"""Keys that the server ignores, and what applies instead."""

KEYS = ("deleted", "revision", "tenantId", "updated", "source", "draft", "exception")
"""Keys in the server's answers that are not part of a flow's source. No version accepts all of them."""


def check(flow: FlowFile) -> Iterator[Finding]:
    """Yield an error for keys that undo the deploy, and a warning for keys without effect."""
    known = flow.types.types[FLOW]["props"]
    for key in KEYS:
        if key in known and flow.document.data.get(key) not in (None, ""):
            yield _finding(flow, key)


def _finding(flow: FlowFile, key: str) -> Finding:
    if key == "deleted" and truth(flow.document.data[key]):
        hint = "remove the line; to delete the flow, remove the file and deploy with --prune"
        message = "with `deleted: true`, deploying this file deletes the flow from the server"
        return Finding((key,), message, hint, at_key=True)
    if key == "revision":
        message = "with `revision`, an update changes nothing: Kestra keeps the old source"
        return Finding((key,), message, "remove the line: the server counts revisions itself", at_key=True)
    message = f"`{key}` is set by the server, and is ignored here: {_IGNORED[key]}"
    return Finding((key,), message, "remove the line", Severity.WARNING, at_key=True)


CHECK = Check("server-key", __doc__, each=check)
