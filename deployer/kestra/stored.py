"""What an answer about a flow must confirm: the right name, its source, and that this source runs."""

from __future__ import annotations

from collections.abc import Callable

from deployer.errors import KestraError, KestraRefusedError
from deployer.kestra.answers import StoredFlow, UnexpectedShapeError


def reader_of(namespace: str, id: str) -> Callable[[object], StoredFlow]:
    """Return a reader of flows that accepts only this name."""

    def read(data: object) -> StoredFlow:
        flow = StoredFlow.read(data)
        if (flow.namespace, flow.id) != (namespace, id):
            raise UnexpectedShapeError(f"the flow {namespace}/{id}")
        return flow

    return read


def confirm(flow: StoredFlow, named: tuple[str, str], body: str, method: str, url: str) -> StoredFlow:
    """Return the answer to a write if it confirms that this source runs now. Raises KestraError.

    Kestra answers 200 even if the source deletes its flow, or if it keeps the old source (1.0.36 to 2.0.0). The name
    counts only without a source: for `id: 010` the answer has `8`, but the flow's id is `010`.
    """
    what, hint = "", "check the flow on the server"
    if flow.deleted:
        what, hint = "this deleted the flow", "remove `deleted` from the file, and deploy again"
    elif flow.draft:
        what = "the flow was stored as a draft, which does not run"
    elif flow.source is None and (flow.namespace, flow.id) != named:
        what = f"the answer is about the flow {flow.namespace}/{flow.id}"
    elif flow.source not in (None, body):
        what, hint = (
            "the server has a different source than was sent",
            f"{hint}; with `revision` in the file, Kestra keeps the old source",
        )
    if what:
        raise KestraError(f"{method} {url}: {what}", method=method, url=url, hint=hint)
    return flow


def require_source(flow: StoredFlow) -> StoredFlow:
    """Return a flow that has its source. Raises UnexpectedShapeError for one without."""
    if flow.source is None and not flow.deleted:
        raise UnexpectedShapeError("a flow with its `source`")
    return flow


def confirm_created(there: StoredFlow, body: str, url: str) -> StoredFlow:
    """Return the flow if it was created by an earlier attempt whose answer was lost."""
    if there.runs(body):
        return there
    raise KestraRefusedError(
        f"POST {url}: {there.namespace}/{there.id} was created by someone else meanwhile, with a different source",
        method="POST",
        url=url,
        reason="Flow id already exists",
        hint="find out who else deploys there, then try again",
    )
