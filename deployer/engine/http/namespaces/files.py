"""Files of a namespace: read, store, move, delete, search and export them."""

from __future__ import annotations

import io
import json
import re
import zipfile

from starlette.responses import Response

from deployer.engine.http.exchange.answers import as_json, file_response
from deployer.engine.http.exchange.call import Call
from deployer.engine.http.exchange.media import JSON, MULTIPART, OCTETS
from deployer.engine.http.exchange.refusal import Refusal
from deployer.engine.http.exchange.route import Route
from deployer.engine.runtime.namespace_files import NamespaceFiles
from deployer.engine.runtime.stored_files import StoredFiles

_BYTES = "application/octet-stream"
_FLOWS = "_flows"
_FLOW_PARTS = 2  # `_flows/NAME`, no deeper
_NAMESPACE = re.compile(r"^namespace: [^\r\n]*$", re.MULTILINE)


def content(call: Call) -> Response:
    """Return the content of a file, since 1.2 in any revision; 404 if it does not exist."""
    path = _path(call, call.require("path"))
    return file_response(_files(call).content(path, call.number("revision")), OCTETS, cached=False)


def stats(call: Call) -> Response:
    """Return name, type, size and dates of a file or directory."""
    return as_json(call, _files(call).stats(_path(call, call.query.get("path"))))


def revisions(call: Call) -> Response:
    """Return the numbers of a file's revisions."""
    numbers = _files(call).revisions(_path(call, call.query.get("path")))
    return Response(json.dumps([{"revision": number} for number in numbers]), media_type=JSON)


def search(call: Call) -> Response:
    """Return the paths of the files that contain `q`."""
    return Response(json.dumps(_files(call).search(call.require("q"))), media_type=JSON)


def directory(call: Call) -> Response:
    """Return the content of a directory, without `path` of the root."""
    return as_json(call, _files(call).directory(_path(call, call.query.get("path"))))


def make_directory(call: Call) -> Response:
    """Create a directory and its parents."""
    _files(call).make_directory(_path(call, call.query.get("path")))
    return Response()


def create(call: Call) -> Response:
    """Store an uploaded file; an archive is unpacked, and files below `_flows` in it are flows of the namespace."""
    path, uploaded = call.require("path"), call.upload("fileContent")
    if not str(uploaded.filename).lower().endswith(".zip"):
        _put(call, path, uploaded.data)
        return Response()
    packed = io.BytesIO(uploaded.data)
    if not zipfile.is_zipfile(packed):  # then Java finds no entries, and Kestra reports no error
        return Response()
    with zipfile.ZipFile(packed) as archive:
        for name in archive.namelist():
            if not name.endswith("/"):
                _put(call, "/" + name, archive.read(name))
    return Response()


def move(call: Call) -> Response:
    """Move a file or directory."""
    origin, target = (_path(call, call.require(name)) for name in ("from", "to"))
    _files(call).move(origin, target)
    return Response()


def delete(call: Call) -> Response:
    """Delete a file or a directory, and the parents that are empty then."""
    _files(call).delete(_path(call, "/" + call.require("path").removeprefix("/")))
    return Response()


def export(call: Call) -> Response:
    """Return all files as a ZIP; in 1.x with the flows, below `_flows`."""
    packed, namespace = io.BytesIO(), call.path["namespace"]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in _files(call).contents():
            archive.writestr(name, held)
        for flow in call.runtime.flows_among_files(call.tenant, namespace):
            archive.writestr(f"{_FLOWS}/{flow.getId()}.yml", str(flow.getSource()))
    headers = {"Content-Disposition": f'attachment; filename="{namespace}_files.zip"'}
    return Response(packed.getvalue(), media_type=_BYTES, headers=headers)


def _put(call: Call, path: str, held: bytes) -> None:
    if not path.startswith(f"/{_FLOWS}/"):
        _files(call).put(_path(call, path), held)
        return
    if len(path.strip("/").split("/")) != _FLOW_PARTS:
        raise Refusal(422, f"Invalid flow file path: {path}", reason="Illegal argument")
    text = held.decode("utf-8", "replace")
    text = _NAMESPACE.sub(lambda _: f"namespace: {call.path['namespace']}", text, count=1)
    call.bean("services.FlowService").importFlow(call.tenant, text)


def _path(call: Call, sent: str | None) -> str:
    """Return a path as the engine's; raises Refusal (422) for that of the flows, which are not files."""
    path = call.runtime.file_path(sent or "/")
    if path == f"/{_FLOWS}" or path.startswith(f"/{_FLOWS}/"):
        raise Refusal(422, f"Forbidden path: {path}", reason="Illegal argument")
    return path


def _files(call: Call) -> NamespaceFiles | StoredFiles:
    return call.runtime.files(call.tenant, call.path["namespace"])


_AT = "namespaces/{namespace}/files"
ROUTES = (
    Route("GET", _AT, content, produces=(OCTETS,)),
    Route("PUT", _AT, move),
    Route("POST", _AT, create, consumes=(MULTIPART,)),
    Route("DELETE", _AT, delete),
    Route("GET", _AT + "/stats", stats),
    Route("GET", _AT + "/revisions", revisions, since="1.2"),
    Route("GET", _AT + "/search", search),
    Route("GET", _AT + "/export", export, produces=(OCTETS,)),
    Route("GET", _AT + "/directory", directory),
    Route("POST", _AT + "/directory", make_directory),
)
