"""Files of an execution in Kestra's internal storage: download, size, preview."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from starlette.responses import RedirectResponse, Response

from deployer.engine.http.exchange.answers import as_json, file_response
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import OCTETS
from deployer.engine.http.exchange.refusal import Refusal, not_converted, not_found
from deployer.engine.http.exchange.route import LAST_1X, Route
from deployer.engine.http.executions.file_preview import render_1x, render_2x
from deployer.engine.http.executions.read import find_by_id

_INITIAL_ROWS = 100  # Kestra's defaults, which `configs` returns too
_MAX_ROWS = 5000


def download(call: Call) -> Response:
    """Return a file by its `path` (`kestra:///…`); 301 to the execution that owns it, 404, 422 if none does."""
    place = _find_place(call)
    if isinstance(place, Response):
        return place
    content = bytes(call.bean("storages.StorageInterface").get(*place).readAllBytes())
    return file_response(content, OCTETS, PurePosixPath(call.query["path"]).name)


def metas(call: Call) -> Response:
    """Return the size of a file in bytes."""
    place = _find_place(call)
    if isinstance(place, Response):
        return place
    size = call.bean("storages.StorageInterface").getAttributes(*place).getSize()
    return as_json(call, call.core("models.storage.FileMetas").builder().size(size).build())


def preview_1x(call: Call) -> Response:
    """Return the first `maxRows` of a file as the user interface shows them."""
    return _preview(call, render_1x)


def preview_2x(call: Call) -> Response:
    """Return the same from the engine's own renderers."""
    return _preview(call, render_2x)


def _preview(call: Call, rendered: Any) -> Response:
    place = _find_place(call)
    if isinstance(place, Response):
        return place
    encoding = call.query.get("encoding", "UTF-8")
    try:
        charset = call.java("java.nio.charset.Charset").forName(encoding)
    except call.java("java.lang.IllegalArgumentException"):
        raise Refusal(422, f"Unable to preview using encoding '{encoding}'", reason="Illegal argument") from None
    rows = call.number("maxRows")
    most = _INITIAL_ROWS if rows is None else min(rows, _MAX_ROWS)
    extension = PurePosixPath(call.query["path"]).suffix[1:]
    stream = call.bean("storages.StorageInterface").get(*place)
    return as_json(call, rendered(call, extension, stream, charset, most))


def _find_place(call: Call) -> tuple[str, str, Any] | Response:
    """Return tenant, namespace and URI of the file, or a redirect if it belongs to another execution."""
    identifier = call.path["executionId"]
    execution = find_by_id(call, identifier)
    if execution is None:
        raise not_found(f"Unable to find execution id '{identifier}'")
    uri = _uri(call)
    if str(uri.getScheme()) != "kestra":
        raise Refusal(422, f"Scheme not supported: {uri.getScheme()}", reason="Illegal argument")
    if any(str(uri.getPath()).startswith(prefix) for prefix in _prefixes(call, execution)):
        return call.tenant, execution.getNamespace(), uri
    other = call.core("storages.StorageContext").extractExecutionId(uri)
    if other.isEmpty():
        raise Refusal(422, "Invalid prefix path", reason="Illegal argument")
    kind = call.uri.partition("?")[0].rpartition(f"/executions/{identifier}")[2]
    return RedirectResponse(f"/api/v1/{call.tenant}/executions/{other.get()}{kind}?path={uri}", status_code=301)


def _prefixes(call: Call, execution: Any) -> list[str]:
    """Return where files of an execution may be: in its own folder, or the state stores of its flow and namespace."""
    storage = call.core("storages.StorageContext")
    own = str(storage.forExecution(execution).getExecutionStorageURI().getPath())
    place = (execution.getTenantId(), execution.getNamespace(), execution.getFlowId())
    flow = call.bean("repositories.FlowRepositoryInterface").findById(*place).orElse(None)
    if flow is None:
        return [own]
    context = storage.forFlow(flow)
    return [own, *(str(context.getStateStorePrefix(None, whole, None)) for whole in (False, True))]


def _uri(call: Call) -> Any:
    text = call.require("path")
    try:
        return call.java("java.net.URI")(text)
    except call.java("java.net.URISyntaxException") as error:
        raise not_converted("path", text, str(error.getMessage())) from None


ROUTES = (
    Route("GET", "executions/{executionId}/file", download, produces=(OCTETS,)),
    Route("GET", "executions/{executionId}/file/metas", metas),
    Route("GET", "executions/{executionId}/file/preview", preview_1x, until=LAST_1X),
    Route("GET", "executions/{executionId}/file/preview", preview_2x, since="2.0"),
)
