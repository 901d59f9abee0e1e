"""How a change of a flow is written, and whether another user wrote in between. What is live is read in `live`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from deployer.errors import KestraError, KestraNotFoundError, KestraRefusedError, begun
from deployer.kestra.answers import StoredFlow
from deployer.kestra.client import KestraClient
from deployer.kinds.flow.switches import draft_before, draft_of, may_need_draft
from deployer.kinds.flow.text import data_of, text_of
from deployer.model.change import Action, Change
from deployer.model.resource import Key, Resource
from deployer.model.result import Written
from deployer.model.version import Dialect

_AGAIN = "# Written by kestra-deployer, so that Kestra notices this flow."


def write(client: KestraClient, change: Change) -> Written:
    """Carry out a change that writes. Raises KestraError when it is refused."""
    key, before = change.key, change.live.revision if change.live else None
    match change.action, change.desired:
        case Action.CREATE, Resource(body=str(body)) as wanted:
            made, theirs = _created(client, key, body)
            _save_draft_beside(client, wanted)
            written = held_against(client, key, body, 0, made.revision)
            return replace(written, theirs=written.theirs or theirs)
        case Action.UPDATE | Action.PUBLISH, Resource(body=str(body)) as wanted:
            draft = _save_draft_before(client, change, body)
            revision = client.update_flow(key.namespace, key.name, body).revision
            _save_draft_beside(client, wanted)
            return held_against(client, key, body, before, revision, ours=draft)
        case Action.PRUNE, _:
            try:
                _unchanged(client, key, before)
                client.delete_flow(key.namespace, key.name)
            except KestraNotFoundError:  # another user was faster
                return Written(theirs=True)
    return Written()


def _unchanged(client: KestraClient, key: Key, revision: int | None) -> None:
    """Raise KestraRefusedError where another user has written a flow since it was read: theirs is not deleted."""
    now = client.flow(key.namespace, key.name, source=False).revision
    if now != revision:
        error = KestraRefusedError(
            f"{key.path} was changed meanwhile, as revision {now}: it is not deleted",
            method="DELETE",
            url=client.url,
            hint="find out who else deploys there, then run it again",
        )
        error.undone = True
        raise error


def _save_draft_before(client: KestraClient, change: Change, body: str) -> int | None:
    """Save the draft that Kestra 2.x has to have seen before a text is written, and return its revision."""
    live = change.live
    if live is None or not may_need_draft(live, change.off):
        return None
    before, drafted, after = (data_of(each or "") for each in (live.body, live.draft, body))
    draft = draft_before(live, before, drafted, after, change.off)
    return client.save_draft(change.key.namespace, change.key.name, draft).revision if draft else None


def _save_draft_beside(client: KestraClient, wanted: Resource) -> None:
    """Save the draft that was beside a text which is put back. What a file declares has none."""
    if wanted.draft is None:
        return
    with begun():
        client.save_draft(wanted.key.namespace, wanted.key.name, text_of(wanted.draft))


def write_again(client: KestraClient, change: Change) -> None:
    """Write a flow again, so that the scheduler notices the triggers of which it has no state.

    1.x notices another text, whatever differs; 2.x a trigger that the revision before has not. What is written in
    between says the same, or is a draft, so that a run that is cut off there leaves nothing that counts as an edit.
    """
    if change.desired is None or not isinstance(body := change.desired.body, str):
        return
    namespace, name = change.key.namespace, change.key.name
    if client.server().dialect is Dialect.V2:
        known = {state.trigger for state in client.search_triggers_for_flow(namespace, name)}
        client.save_draft(namespace, name, draft_of(change.key, data_of(body), known))
    else:
        client.update_flow(namespace, name, f"{body.rstrip()}\n{_AGAIN}\n")
    client.update_flow(namespace, name, body)


def held_against(
    client: KestraClient,
    key: Key,
    body: str,
    before: int | None,
    revision: int | None,
    *,
    ours: int | None = None,
) -> Written:
    """Return what a write made, held against the revisions between the one before and its own.

    The newest of another text is `lost`. One that runs this text says that another user was faster (`theirs`): two
    writes in the same moment may leave two revisions of one text. `ours` is one between that this run has written
    itself. What cannot be read counts as another text.

    Asked only where there is a revision between: a deletion is one, so a flow that is created anew has it too (asked of
    1.0.36, 1.3.31 and 2.0.0).
    """
    theirs = False
    if before is None or revision is None:
        return Written(revision)
    for number in range(revision - 1, before, -1):
        if number == ours:
            continue
        try:
            between = client.flow(key.namespace, key.name, revision=number, allow_deleted=True)
        except KestraError:
            return Written(revision, number, theirs)
        if between.deleted:
            break
        if between.source != body:
            return Written(revision, number, theirs)
        theirs = theirs or between.runs(body)
    return Written(revision, theirs=theirs)


def _created(client: KestraClient, key: Key, body: str) -> tuple[StoredFlow, bool]:
    """Create a flow; return it, and whether another user has done so: it is as good with this very text.

    Where an answer was lost, what is there counts as ours: nobody can know.
    """
    try:
        return client.create_flow(body, namespace=key.namespace, id=key.name), False
    except KestraRefusedError as error:
        with suppress(KestraError):
            there = client.flow(key.namespace, key.name)
            if there.runs(body):
                return there, error.undone
        raise
