"""Flows: how a file becomes a resource, how what is live is read in a fixed number of requests, how one is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from deployer.errors import ENDS_ALL, KestraError, KestraNotFoundError, KestraRefusedError
from deployer.kestra.answers import StoredFlow
from deployer.kestra.client import KestraClient
from deployer.model.change import Action, Change
from deployer.model.flow import Flow
from deployer.model.ledger import Entry, digest
from deployer.model.resource import Key, Kind, Live, Resource
from deployer.model.result import Written
from deployer.resource.references import described

_FEW = 3  # flows; a search answers with all flows of their namespaces


def desired(flow: Flow) -> Resource:
    """Return the resource that a flow's file wants; its body is the file's text, as it stands."""
    document = flow.document
    return described(Resource(flow.key, document.text, origin=document.file), document.data)


def read_live(client: KestraClient, wanted: Mapping[Key, str], owned: Iterable[Key] = ()) -> Live:
    """Return what the server has of the flows that are `wanted`, with these texts, and of those `owned` besides.

    One export gives the texts that run, one search what it does not say: revisions, drafts, what the server cannot
    read. Where every text is the wanted one, only the search's first page is asked for. Where a server fails to export
    at all (one broken flow can do that), each flow is read by itself.
    """
    keys = {*wanted, *owned}
    if not keys:
        return Live({})
    namespaces = sorted({key.namespace for key in keys})
    texts = _exported(client, namespaces)
    named = _names(keys)
    same = all(texts.get(named.get(key, "")) == text for key, text in wanted.items()) and keys == wanted.keys()
    found = {_key(flow): flow for flow in client.search_flows(namespaces, pages=1 if same else None)}
    unreadable = {key: flow.exception for key, flow in found.items() if flow.exception and not flow.draft}
    resources = {}
    for key in keys if same else keys & found.keys():
        flow = found.get(key)
        try:
            body, draft = _bodies(client, key, flow, texts.get(named.get(key, "")))
        except KestraNotFoundError:
            continue  # deleted since the search
        except ENDS_ALL:
            raise
        except KestraError as error:
            unreadable[key] = str(error)
        else:
            resources[key] = Resource(key, body, revision=flow.revision if flow else None, draft=draft)
    return Live(resources, unreadable)


def _bodies(client: KestraClient, key: Key, flow: StoredFlow | None, exported: str | None) -> tuple[str, str | None]:
    """Return the text that runs, empty where there is only a draft, and the draft's text where there is one."""
    if exported is not None and not (flow and flow.draft):
        return exported, None
    newest = client.flow(key.namespace, key.name).source or ""
    return (exported or "", newest) if flow and flow.draft else (newest, None)


def deployed(client: KestraClient, entries: Mapping[Key, Entry]) -> dict[Key, str]:
    """Return the texts that these entries tell of; those that the server has no more are left out."""
    found = {}
    for key, entry in entries.items():
        with suppress(KestraNotFoundError):
            text = client.flow(key.namespace, key.name, revision=entry.revision).source or ""
            if digest(text) == entry.sent:  # else its revisions were counted anew since
                found[key] = text
    return found


def revisions(client: KestraClient, keys: Iterable[Key]) -> dict[Key, int | None]:
    """Return the newest revision of each of these flows that is there: a few are asked for, more are searched."""
    asked = set(keys)
    if len(asked) > _FEW:
        found = client.search_flows(sorted({key.namespace for key in asked}))
        return {_key(flow): flow.revision for flow in found if _key(flow) in asked}
    newest = {}
    for key in asked:
        with suppress(KestraNotFoundError):
            newest[key] = client.flow(key.namespace, key.name, source=False).revision
    return newest


def write(client: KestraClient, change: Change) -> Written:
    """Carry out a change that writes. Raises KestraError when it is refused."""
    key, before = change.key, change.live.revision if change.live else None
    match change.action, change.desired:
        case Action.CREATE, Resource(body=body):
            revision = _created(client, key, body).revision
            return Written(revision, lost(client, key, body, 0, revision))
        case Action.UPDATE | Action.PUBLISH, Resource(body=body):
            revision = client.update_flow(key.namespace, key.name, body).revision
            return Written(revision, lost(client, key, body, before, revision))
        case Action.PRUNE, _:
            with suppress(KestraNotFoundError):  # somebody was faster
                client.delete_flow(key.namespace, key.name)
    return Written()


def lost(client: KestraClient, key: Key, body: str, before: int | None, revision: int | None) -> int | None:
    """Return the newest revision between two with another text than this, None where there is none.

    Asked only where there is a revision between: a deletion is one, so a flow that is created anew has it too (asked of
    1.0.36, 1.3.31 and 2.0.0). Two writes in the same moment may leave two revisions of one text. What cannot be read
    counts as somebody's.
    """
    if before is None or revision is None:
        return None
    for number in range(revision - 1, before, -1):
        try:
            between = client.flow(key.namespace, key.name, revision=number, allow_deleted=True)
        except KestraError:
            return number
        if between.deleted:
            return None
        if between.source != body:
            return number
    return None


def _created(client: KestraClient, key: Key, body: str) -> StoredFlow:
    """Create a flow. That somebody else was faster, with this very text, is as good."""
    try:
        return client.create_flow(body, namespace=key.namespace, id=key.name)
    except KestraRefusedError:
        with suppress(KestraError):
            there = client.flow(key.namespace, key.name)
            if there.runs(body):
                return there
        raise


def _exported(client: KestraClient, namespaces: list[str]) -> dict[str, str]:
    try:
        return client.export_flows_by_query(namespaces)
    except ENDS_ALL:
        raise
    except KestraError:
        return {}


def _names(keys: Iterable[Key]) -> dict[Key, str]:
    """Return the entries of an export by key: they are called `{namespace}-{id}.yml`.

    Both may hold `-`, so a name may stand for two flows (`a-b` + `c`, `a` + `b-c`): such flows are left out.
    """
    names: dict[str, list[Key]] = {}
    for key in keys:
        names.setdefault(f"{key.namespace}-{key.name}.yml", []).append(key)
    return {keys[0]: name for name, keys in names.items() if len(keys) == 1}


def _key(flow: StoredFlow) -> Key:
    return Key(Kind.FLOW, flow.namespace, flow.id)
