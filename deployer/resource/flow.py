"""Flows: how a file becomes a resource, how what is live is read in a fixed number of requests, how one is written."""

from __future__ import annotations

from collections.abc import Collection

from deployer.errors import ENDS_ALL, KestraError, KestraNotFoundError
from deployer.kestra.answers import StoredFlow
from deployer.kestra.client import KestraClient
from deployer.model.change import Action, Change
from deployer.model.flow import Flow
from deployer.model.resource import Key, Kind, Live, Resource


def desired(flow: Flow) -> Resource:
    """Return the resource that a flow's file wants; its body is the file's text, as it stands."""
    return Resource(flow.key, flow.document.text, origin=flow.document.file)


def read_live(client: KestraClient, keys: Collection[Key]) -> Live:
    """Return what the server has of the flows asked for, in one search and one export.

    The search says which flows there are, with revision, draft and whether the server can still read them; the export
    gives their texts. Where a server fails to export at all (one broken flow can do that), each flow is read by itself.
    """
    if not keys:
        return Live({})
    namespaces = sorted({key.namespace for key in keys})
    found = {_key(flow): flow for flow in client.search_flows(namespaces)}
    wanted = {key: flow for key, flow in found.items() if key in keys}
    unreadable = {key: flow.exception for key, flow in found.items() if flow.exception and not flow.draft}
    try:
        texts = _texts(client, namespaces, wanted) if wanted else {}
    except ENDS_ALL:
        raise
    except KestraError:
        texts = {}
    resources = {}
    for key, flow in wanted.items():
        try:
            body = texts.get(key) if key in texts or flow.draft else client.flow(key.namespace, key.name).source
        except KestraNotFoundError:
            continue  # deleted since the search
        except ENDS_ALL:
            raise
        except KestraError as error:
            unreadable[key] = str(error)
        else:
            resources[key] = Resource(key, body or "", revision=flow.revision, draft=flow.draft)
    return Live(resources, unreadable)


def write(client: KestraClient, change: Change) -> int | None:
    """Carry out a change that writes; return the server's new revision. Raises KestraError when it is refused."""
    key, body = change.key, change.desired.body
    if change.action is Action.CREATE:
        return client.create_flow(body, namespace=key.namespace, id=key.name).revision
    return client.update_flow(key.namespace, key.name, body).revision


def _key(flow: StoredFlow) -> Key:
    return Key(Kind.FLOW, flow.namespace, flow.id)


def _texts(client: KestraClient, namespaces: list[str], wanted: Collection[Key]) -> dict[Key, str]:
    """Return texts by key, from an archive whose entries are called `{namespace}-{id}.yml`.

    Both may hold `-`, so a name may stand for two flows (`a-b` + `c`, `a` + `b-c`): such flows are left out.
    """
    archive = client.export_flows_by_query(namespaces)
    names: dict[str, list[Key]] = {}
    for key in wanted:
        names.setdefault(f"{key.namespace}-{key.name}.yml", []).append(key)
    return {keys[0]: archive[name] for name, keys in names.items() if len(keys) == 1 and name in archive}
