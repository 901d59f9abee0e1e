"""What an answer about a flow has to say before it is believed: the right name, its text, and that this text runs."""

from __future__ import annotations

from collections.abc import Callable

from deployer.errors import KestraError, KestraRefusedError
from deployer.kestra.answers import StoredFlow, UnexpectedShapeError


def called(namespace: str, id: str) -> Callable[[object], StoredFlow]:
    """Return what reads a flow of this name; any other is no answer."""

    def read(data: object) -> StoredFlow:
        flow = StoredFlow.read(data)
        if (flow.namespace, flow.id) != (namespace, id):
            raise UnexpectedShapeError(f"the flow {namespace}/{id}")
        return flow

    return read


def stored(flow: StoredFlow, named: tuple[str, str], body: str, method: str, url: str) -> StoredFlow:
    """Return what a write has answered, where that says that this text runs now. Raises KestraError.

    Kestra answers 200 too where a text deletes its flow, and where it keeps the text that it has (1.0.36 to 2.0.0). The
    name counts only where there is no text: of `id: 010` the answer says `8`, and the flow is called `010`.
    """
    what, hint = "", "look at what the flow is on the server"
    if flow.deleted:
        what, hint = "the flow is deleted now", "its text says so: remove `deleted`, and deploy again"
    elif flow.draft:
        what = "the text was stored as a draft, which does not run"
    elif flow.source is None and (flow.namespace, flow.id) != named:
        what = f"the answer is about the flow {flow.namespace}/{flow.id}"
    elif flow.source not in (None, body):
        what, hint = (
            "the server has another text than was sent",
            f"{hint}; `revision` in a text makes Kestra keep the old",
        )
    if what:
        raise KestraError(f"{method} {url}: {what}", method=method, url=url, hint=hint)
    return flow


def with_text(flow: StoredFlow) -> StoredFlow:
    """Return a flow that has its text; one without is no answer, and no flow without a text."""
    if flow.source is None and not flow.deleted:
        raise UnexpectedShapeError("a flow with its `source`")
    return flow


def made(there: StoredFlow, body: str, url: str) -> StoredFlow:
    """Return the flow where it is what an attempt without an answer has made."""
    if there.runs(body):
        return there
    raise KestraRefusedError(
        f"POST {url}: {there.namespace}/{there.id} was created by somebody else meanwhile, with another text",
        method="POST",
        url=url,
        reason="Flow id already exists",
        hint="look who else deploys there, then try again",
    )
