"""Flows: create, update, delete, read, search, export, validate."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from deployer.background import ahead
from deployer.errors import KestraError, KestraNotFoundError, KestraRefusedError, KestraTooLargeError
from deployer.kestra.answers import Page, StoredFlow, UnexpectedShapeError, Verdict, items
from deployer.kestra.bodies import Part, batches, join, keep_whole
from deployer.kestra.bounds import LARGEST_TEXT, LARGEST_TEXTS, MB, MOST_TEXTS, TooLargeError
from deployer.kestra.calls import Calls
from deployer.kestra.failures import too_large, wrong_shape
from deployer.kestra.filters import prefix_filter
from deployer.kestra.operations import (
    CREATE_FLOW,
    DELETE_FLOW,
    EXPORT_FLOWS,
    FLOW,
    FLOW_REVISIONS,
    FLOWS_OF_NAMESPACE,
    SEARCH_FLOWS,
    UPDATE_FLOW,
    VALIDATE_FILES,
    VALIDATE_FLOWS,
    Operation,
)
from deployer.kestra.paging import LARGEST_PAGE, read_page, read_pages
from deployer.kestra.stored import confirm, confirm_created, reader_of, require_source
from deployer.model.version import Dialect

_SMALL_PAGE = 100
_COLLISION = "duplicate entry"  # the message of 1.3.31 and 2.0.0, with 500, if two flows would share a file name
_AT_ONCE = 2  # `validate` of 1,000 flows: 0.63 s one after another, 0.38 s two at a time (1.3.31, embedded, two cores)
_ORDER = {"sort": ["namespace:asc", "id:asc"]}


_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
"""Errors for an archive that is truncated, damaged, encrypted (RuntimeError) or in another format."""


def exported_as(namespace: str, id: str) -> str:
    """Return the file name of a flow in an export. Both parts may contain `-`, so two flows may share a name."""
    return f"{namespace}-{id}.yml"


class FlowCalls(Calls):
    """The endpoints under `flows`."""

    def create_flow(self, body: str, *, namespace: str, id: str) -> StoredFlow:
        """Create a flow from its source, which must have this namespace and id.

        Raises KestraRefusedError if it exists or is invalid, and KestraError if the answer does not confirm that this
        source runs now. After a lost answer, repeated only after a check that the flow does not exist yet; if it does,
        with this source, that counts as success.
        """
        undone = True  # what was sent so far

        def once(_: int) -> StoredFlow:
            nonlocal undone
            try:
                return self._create(body, namespace, id, undone=undone)
            except KestraError as error:
                undone = error.undone = undone and error.undone
                raise

        return self._connection.repeat(once)

    def _create(self, body: str, namespace: str, id: str, *, undone: bool) -> StoredFlow:
        """Create a flow, unless an earlier attempt has: it may have, unless all of them are `undone`."""
        url = self._connection.url(CREATE_FLOW)
        there = None if undone else self._there(namespace, id)
        if there:
            return confirm_created(there, body, url)
        try:
            answered = self._ask(CREATE_FLOW, StoredFlow.read, content=body.encode())
            return confirm(answered, (namespace, id), body, CREATE_FLOW.method, url)
        except KestraRefusedError:
            there = None if undone else self._there(namespace, id)  # an earlier attempt may have arrived late
            if there and there.runs(body):
                return there
            raise

    def _there(self, namespace: str, id: str) -> StoredFlow | None:
        try:
            return self._ask(FLOW, StoredFlow.read, namespace, id, params={"source": "true"}, repeat=False)
        except KestraNotFoundError:
            return None

    def update_flow(self, namespace: str, id: str, body: str) -> StoredFlow:
        """Replace a flow's source; the identical source keeps the revision. On 2.x this publishes a draft.

        Raises KestraNotFoundError, KestraRefusedError if the source is invalid or of another flow, and KestraError if
        the answer does not confirm that this source runs now.
        """
        answered = self._ask(UPDATE_FLOW, StoredFlow.read, namespace, id, content=body.encode())
        url = self._connection.url(UPDATE_FLOW, namespace, id)
        return confirm(answered, (namespace, id), body, UPDATE_FLOW.method, url)

    def save_draft(self, namespace: str, id: str, body: str) -> StoredFlow:
        """Save a source as a draft of a flow without publishing it. Before 2.x there are no drafts: it is published.

        Raises KestraNotFoundError.
        """
        params = {"draft": "true"}
        return self._ask(UPDATE_FLOW, StoredFlow.read, namespace, id, params=params, content=body.encode())

    def delete_flow(self, namespace: str, id: str) -> None:
        """Delete a flow; its revisions stay readable. Raises KestraNotFoundError."""
        self._connection.tell(DELETE_FLOW, namespace, id)

    def flow(
        self,
        namespace: str,
        id: str,
        *,
        source: bool = True,
        revision: int | None = None,
        allow_deleted: bool = False,
    ) -> StoredFlow:
        """Return a flow, with its source if `source` is set; the newest revision unless one is given.

        Raises KestraNotFoundError. On 2.x the newest revision may be a draft, which does not run.
        """
        params: dict[str, str | int] = {"source": str(source).lower()}
        if revision is not None:
            params["revision"] = revision
        if allow_deleted:
            params["allowDeleted"] = "true"

        def read(data: object) -> StoredFlow:
            flow = reader_of(namespace, id)(data)
            return require_source(flow) if source else flow

        return self._ask(FLOW, read, namespace, id, params=params)

    def list_flows_by_namespace(self, namespace: str) -> list[StoredFlow]:
        """Return the flows of exactly this namespace, without sources."""
        return list(self._ask(FLOWS_OF_NAMESPACE, lambda data: items(data, StoredFlow.read), namespace))

    def list_flow_revisions(self, namespace: str, id: str) -> list[StoredFlow]:
        """Return all revisions with their sources, oldest first. Raises KestraNotFoundError."""
        return list(
            self._ask(
                FLOW_REVISIONS,
                lambda data: items(data, lambda each: require_source(StoredFlow.read(each))),
                namespace,
                id,
            )
        )

    def search_flows(self, namespaces: Collection[str] = (), *, pages: int | None = None) -> list[StoredFlow]:
        """Return the flows of these namespaces, or of the whole tenant if none is given, without sources.

        One request per 1,000 flows; `pages` limits the number of requests. On 2.x the newest revision of a flow is
        returned, even if it is a draft.

        The first attempt requests no order: H2, Kestra's default, takes 5 to 11 s to sort 300 flows (0.04 to 0.1 s
        without). If pages without an order do not contain every flow, they are read again in order.
        """
        try:
            return self._search(namespaces, pages, LARGEST_PAGE)
        except KestraTooLargeError:  # flows of hundreds of tasks each
            return self._search(namespaces, None, _SMALL_PAGE)

    def _search(self, namespaces: Collection[str], pages: int | None, size: int) -> list[StoredFlow]:
        found, total = self._pages(namespaces, {"size": size}, pages)
        if pages is None and len(found) < total:
            found, _ = self._pages(namespaces, {"size": size, **_ORDER}, pages)
        return [flow for flow in found.values() if not namespaces or flow.namespace in namespaces]

    def _pages(
        self, namespaces: Collection[str], order: Mapping[str, Any], most: int | None
    ) -> tuple[dict[tuple[str, str], StoredFlow], int]:
        """Return the flows of at most so many pages, and the total number according to the server."""

        def read(number: int) -> tuple[Page, tuple[StoredFlow, ...]]:
            params = {**prefix_filter(namespaces), "page": number, **order}
            return self._ask(SEARCH_FLOWS, lambda data: read_page(data, StoredFlow.read), params=params)

        flows, total = read_pages(SEARCH_FLOWS, read, most=most)
        return {(flow.namespace, flow.id): flow for flow in flows}, total

    def export_flows_by_query(self, namespaces: Collection[str] = ()) -> dict[str, str]:
        """Return the sources of all flows of these namespaces, or of the whole tenant if none is given, in one request.

        Keys are names as from `exported_as`. A name that two flows share is left out: the server then fails, and each
        namespace is requested separately. On 2.0.0 a source is the newest published one, which is what runs; a flow
        that is only a draft is missing (tested on the engine). Sources of other namespaces may be included. Raises
        KestraError if there is no archive: that is not the same as an empty one.
        """
        try:
            entries = self._export(prefix_filter(namespaces))
        except KestraError as error:
            if _COLLISION not in error.reason or not namespaces:
                raise
            each = ({"filters[namespace][EQUALS]": namespace} for namespace in sorted(namespaces))
            entries = [entry for wanted in each for entry in self._export(wanted)]
        times = Counter(name for name, _ in entries)
        return {name: text for name, text in entries if times[name] == 1}

    def _export(self, wanted: Mapping[str, str]) -> list[tuple[str, str]]:
        response = self._connection.send(EXPORT_FLOWS, params=wanted)
        try:
            with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
                return list(_texts(archive))
        except TooLargeError as error:
            raise too_large(response, str(error)) from None
        except _BROKEN:
            raise wrong_shape(response, "an archive of flows") from None

    def validate_flows(self, sources: Sequence[str]) -> list[Verdict | None]:
        """Return the server's verdict on each source, in order; a few hundred per request, two requests at a time.

        None: not judged, because a 1.x server would split this source; 2.x receives each source as a file. Nothing is
        stored.
        """
        verdicts: list[Verdict | None] = [None] * len(sources)
        whole = [(number, keep_whole(text)) for number, text in enumerate(sources)]
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
        return self._validate(VALIDATE_FLOWS, len(batch), content=join([text for _, text in batch]).encode())

    def _validate_parts(self, texts: Sequence[str]) -> list[Verdict]:
        parts: list[Part] = [("flows", (f"{number}.yaml", text.encode())) for number, text in enumerate(texts)]
        return self._validate(VALIDATE_FILES, len(texts), files=parts)

    def _validate(self, operation: Operation, count: int, **parts: Any) -> list[Verdict]:
        def read(data: object) -> list[Verdict]:
            verdicts = sorted(items(data, Verdict.read), key=lambda verdict: verdict.index)
            if [verdict.index for verdict in verdicts] != [*range(count)]:
                raise UnexpectedShapeError(f"{count} verdicts, one on each flow (it sent {len(verdicts)})")
            return verdicts

        return self._ask(operation, read, repeat=True, **parts)


def _texts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield names and texts of an archive. The sizes it declares are not trusted. Raises TooLargeError."""
    left = LARGEST_TEXTS
    entries = archive.infolist()
    if len(entries) > MOST_TEXTS:
        raise TooLargeError(f"more than {MOST_TEXTS:,} texts")
    for entry in entries:
        with archive.open(entry) as packed:
            text = packed.read(LARGEST_TEXT + 1)
        left -= len(text)
        if len(text) > LARGEST_TEXT or left < 0:
            raise TooLargeError(f"a text of more than {LARGEST_TEXT // MB} MB, or {LARGEST_TEXTS // MB} MB of texts")
        yield entry.filename, text.decode()
