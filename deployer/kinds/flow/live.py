"""What is live of flows, in a fixed number of requests: one export gives the texts that run, one search all else.

What an answer does not show is not gone, and a missing text is not an empty one: a flow that the export lacks is
read by itself, and the report says what that cost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from deployer.errors import ENDS_ALL, KestraError, KestraNotFoundError
from deployer.kestra.answers import StoredFlow
from deployer.kestra.client import KestraClient
from deployer.kestra.flows import exported_as
from deployer.model.ledger import Entry, digest
from deployer.model.live import Live
from deployer.model.resource import FLOW, Key, Resource

_FEW = 3  # flows; a search answers with all flows of their namespaces


def read_live(client: KestraClient, wanted: Mapping[Key, str], owned: Collection[Key] = ()) -> Live:
    """Return what the server has of the flows that are `wanted`, with these texts, and of those `owned` besides.

    One export gives the texts that run, one search what it does not say: revisions, drafts, what the server cannot
    read. Where every text is the wanted one, only the search's first page is asked for. Where a server gives no export
    (one broken flow can do that), each flow is read by itself.
    """
    keys = {*wanted, *owned}
    if not keys:
        return Live({})
    namespaces = sorted({key.namespace for key in keys})
    exported, failure = _exported(client, namespaces)
    named = _names(keys)
    texts = _Texts(client, {key: exported[name] for key, name in named.items() if name in exported})
    same = keys == wanted.keys() and all(texts.exported.get(key) == text for key, text in wanted.items())
    found = {_key(flow): flow for flow in client.search_flows(namespaces, pages=1 if same else None)}
    unreadable = {key: flow.exception for key, flow in found.items() if flow.exception and not flow.draft}
    resources = {}
    # a search may miss a flow: of what is ours, only the flow itself says that it is gone
    for key in keys if same else keys & ({*found, *owned} if owned else found.keys()):
        flow = found.get(key)
        try:
            body, draft = texts.of(key, drafted=bool(flow and flow.draft))
        except KestraNotFoundError:
            continue  # deleted since the search
        except ENDS_ALL:
            raise
        except KestraError as error:
            unreadable[key] = str(error)
        else:
            resources[key] = Resource(key, body, revision=flow.revision if flow else None, draft=draft)
    lacking = [key for key in named if key in resources and key not in texts.exported and resources[key].body]
    why = f"the server gave no export of its flows ({failure})" if failure else "the server's export was not complete"
    cost = f"{why}: {len(lacking)} of them were read one by one, in {texts.requests} requests"
    return Live(resources, unreadable, cost if lacking else "")


@dataclass(slots=True)
class _Texts:
    """The texts that run: from an export, and from the flows themselves where it has not all. Counts the requests."""

    client: KestraClient
    exported: Mapping[Key, str]
    requests: int = field(default=0, init=False)

    def of(self, key: Key, *, drafted: bool) -> tuple[str, str | None]:
        """Return the text that runs, empty where there is only a draft, and the draft's text where there is one.

        Raises KestraError.
        """
        exported = self.exported.get(key)
        if exported is not None and not drafted:
            return exported, None
        self.requests += 1
        newest = self.client.flow(key.namespace, key.name)
        text = newest.source or ""
        if not newest.draft:
            return text, None
        return self._published(key) if exported is None else exported, text

    def _published(self, key: Key) -> str:
        """Return the newest text that is no draft: what runs, also where the server cannot export it."""
        self.requests += 1
        revisions = self.client.list_flow_revisions(key.namespace, key.name)
        published = [each for each in revisions if not each.draft and not each.deleted]
        newest = max(published, key=lambda each: each.revision or 0, default=None)
        return newest.source or "" if newest else ""


def read_deployed(client: KestraClient, entries: Mapping[Key, Entry]) -> dict[Key, str]:
    """Return the texts that these entries record; those that the server no longer has are left out."""
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


def _exported(client: KestraClient, namespaces: list[str]) -> tuple[dict[str, str], str]:
    """Return the texts of an export, and why there is none. An empty text is not a flow: Kestra stores none."""
    try:
        texts = client.export_flows_by_query(namespaces)
    except ENDS_ALL:
        raise
    except KestraError as error:
        return {}, str(error)
    return {name: text for name, text in texts.items() if text.strip()}, ""


def _names(keys: Iterable[Key]) -> dict[Key, str]:
    """Return the entries of an export by key.

    A name may stand for two flows (`a-b` + `c`, `a` + `b-c`): such flows are left out.
    """
    names: dict[str, list[Key]] = {}
    for key in keys:
        names.setdefault(exported_as(key.namespace, key.name), []).append(key)
    return {keys[0]: name for name, keys in names.items() if len(keys) == 1}


def _key(flow: StoredFlow) -> Key:
    return Key(FLOW, flow.namespace, flow.id)
