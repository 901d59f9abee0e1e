"""Flows: create, update, delete, read, search, export, validate."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from deployer.background import ahead
from deployer.errors import KestraError, KestraNotFoundError, KestraRefusedError
from deployer.kestra.answers import Page, StoredFlow, UnexpectedShapeError, Verdict, items
from deployer.kestra.bodies import Part, batches, joined, uncut
from deployer.kestra.calls import Calls
from deployer.kestra.failures import misshapen
from deployer.model.version import Dialect

_YAML = {"Content-Type": "application/x-yaml"}  # Kestra refuses any other for a flow's text
_PAGE = 1000  # flows on a page of a search: 2.x refuses more (kestra-io/kestra pull request 17623)
_COLLISION = "duplicate entry"  # what 1.3.31 and 2.0.0 say, with 500, where two flows would share a file's name
_AT_ONCE = 2  # `validate` of 1,000 flows: 0.63 s one after another, 0.38 s two at once (1.3.31, embedded, two cores)
_LONGEST_FILTER = 3000  # characters; many servers refuse request lines of 4 kB and more


class FlowCalls(Calls):
    """The endpoints under `flows`."""

    def create_flow(self, body: str, *, namespace: str, id: str) -> StoredFlow:
        """Create a flow from its text, which must name this namespace and id.

        Raises KestraRefusedError where it exists or is invalid. Sent again only after a look that it is not
        there yet; where it is, with this very text, that is success.
        """

        def once(attempt: int) -> StoredFlow:
            there = self._there(namespace, id) if attempt > 1 else None
            if there:
                return _made(there, body, f"{self._connection.host}/api/v1/{self._connection.tenant}/flows")
            try:
                return self._ask("POST", ["flows"], StoredFlow.read, content=body.encode(), headers=_YAML)
            except KestraRefusedError:
                there = self._there(namespace, id) if attempt > 1 else None  # the first may have arrived late
                if there and there.runs(body):
                    return there
                raise

        return self._connection.repeated(once)

    def _there(self, namespace: str, id: str) -> StoredFlow | None:
        params = {"source": "true"}
        try:
            return self._ask("GET", ["flows", namespace, id], StoredFlow.read, params=params, repeat=False)
        except KestraNotFoundError:
            return None

    def update_flow(self, namespace: str, id: str, body: str) -> StoredFlow:
        """Replace a flow's text; the identical text keeps the revision. On 2.x this publishes a draft.

        Raises KestraNotFoundError, or KestraRefusedError where the text is invalid or names another flow.
        """
        return self._ask("PUT", ["flows", namespace, id], StoredFlow.read, content=body.encode(), headers=_YAML)

    def delete_flow(self, namespace: str, id: str) -> None:
        """Delete a flow; its revisions stay readable. Raises KestraNotFoundError."""
        self._connection.tell("DELETE", ["flows", namespace, id])

    def flow(
        self,
        namespace: str,
        id: str,
        *,
        source: bool = True,
        revision: int | None = None,
        allow_deleted: bool = False,
    ) -> StoredFlow:
        """Return a flow, with its text where `source`, the newest revision unless one is named.

        Raises KestraNotFoundError. On 2.x the newest revision may be a draft, which is not what runs.
        """
        params: dict[str, str | int] = {"source": str(source).lower()}
        if revision is not None:
            params["revision"] = revision
        if allow_deleted:
            params["allowDeleted"] = "true"
        return self._ask("GET", ["flows", namespace, id], StoredFlow.read, params=params)

    def list_flows_by_namespace(self, namespace: str) -> list[StoredFlow]:
        """Return the flows of exactly this namespace, without texts."""
        return list(self._ask("GET", ["flows", namespace], lambda data: items(data, StoredFlow.read)))

    def list_flow_revisions(self, namespace: str, id: str) -> list[StoredFlow]:
        """Return all revisions with their texts, the oldest first. Raises KestraNotFoundError."""
        path = ["flows", namespace, id, "revisions"]
        return list(self._ask("GET", path, lambda data: items(data, StoredFlow.read)))

    def search_flows(self, namespaces: Collection[str] = (), *, pages: int | None = None) -> list[StoredFlow]:
        """Return the flows of these namespaces, of the whole tenant where none is named, without texts.

        One request for each 1,000 flows; `pages` ends it after so many requests. On 2.x, what is shown of a flow is its
        newest revision, a draft too.
        """
        found: dict[tuple[str, str], StoredFlow] = {}
        page, seen = Page((), 1), 0
        number = 1
        while seen < page.total:
            params = {**_in(namespaces), "page": number, "size": _PAGE, "sort": ["namespace:asc", "id:asc"]}
            page = self._ask("GET", ["flows", "search"], Page.read, params=params)
            for flow in items(list(page.results), StoredFlow.read):
                found[flow.namespace, flow.id] = flow
            seen, number = seen + len(page.results), number + 1
            if not page.results or (pages is not None and number > pages):
                break
        return [flow for flow in found.values() if not namespaces or flow.namespace in namespaces]

    def export_flows_by_query(self, namespaces: Collection[str] = ()) -> dict[str, str]:
        """Return the texts of all flows of these namespaces, of the whole tenant where none is named, in one request.

        Each is called `{namespace}-{id}.yml`; a name that two flows share, as both parts may hold `-`, is left out: the
        server fails then, and is asked for each namespace by itself. On 2.0.0 a text is the newest published one, which
        is what runs; a flow that only exists as a draft is not there (asked of the engine). Long lists of namespaces
        are not sent: then other namespaces' texts come as well.
        """
        try:
            entries = self._exported(namespaces)
        except KestraError as error:
            if _COLLISION not in error.reason or not namespaces:
                raise
            entries = [entry for namespace in sorted(namespaces) for entry in self._exported([namespace])]
        times = Counter(name for name, _ in entries)
        return {name: text for name, text in entries if times[name] == 1}

    def _exported(self, namespaces: Collection[str]) -> list[tuple[str, str]]:
        try:
            response = self._connection.send("GET", ["flows", "export", "by-query"], params=_in(namespaces))
        except KestraNotFoundError:  # reported of an empty 2.0 server; 2.0.0 itself sends an empty archive
            return []
        try:
            with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
                return [(name, archive.read(name).decode()) for name in archive.namelist()]
        except (zipfile.BadZipFile, UnicodeDecodeError):
            raise misshapen(response, "an archive of flows") from None

    def validate_flows(self, sources: Sequence[str]) -> list[Verdict | None]:
        """Return the server's verdict on each text, in their order, a few hundred a request, two at once.

        None: not judged, because a 1.x server would cut this text in two; 2.x takes such a text as a file of its own.
        Nothing is stored.
        """
        verdicts: list[Verdict | None] = [None] * len(sources)
        whole = [(number, uncut(text)) for number, text in enumerate(sources)]
        asked = list(batches([(number, text) for number, text in whole if text is not None]))
        for batch, judged in zip(asked, ahead(self._validate_text, asked, _AT_ONCE), strict=True):
            for (number, _), verdict in zip(batch, judged, strict=True):
                verdicts[number] = verdict
        cut = [number for number, text in whole if text is None]
        if cut and self._connection.server().dialect is Dialect.V2:
            for number in cut:
                [verdicts[number]] = self._validate_parts([sources[number]])
        return verdicts

    def _validate_text(self, batch: Sequence[tuple[int, str]]) -> list[Verdict]:
        return self._validated(len(batch), content=joined([text for _, text in batch]).encode(), headers=_YAML)

    def _validate_parts(self, texts: Sequence[str]) -> list[Verdict]:
        parts: list[Part] = [("flows", (f"{number}.yaml", text.encode())) for number, text in enumerate(texts)]
        return self._validated(len(texts), files=parts)

    def _validated(self, count: int, **parts: Any) -> list[Verdict]:
        def read(data: object) -> list[Verdict]:
            verdicts = sorted(items(data, Verdict.read), key=lambda verdict: verdict.index)
            if len(verdicts) != count:
                raise UnexpectedShapeError(f"{count} verdicts (there are {len(verdicts)})")
            return verdicts

        return self._ask("POST", ["flows", "validate"], read, repeat=True, **parts)


def _made(there: StoredFlow, body: str, url: str) -> StoredFlow:
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


def _in(namespaces: Collection[str]) -> dict[str, str]:
    """Return the filter for these namespaces, which 1.0 to 2.0 know; nothing where it would grow too long."""
    value = ",".join(sorted(namespaces))
    return {"filters[namespace][IN]": value} if 0 < len(value) <= _LONGEST_FILTER else {}
