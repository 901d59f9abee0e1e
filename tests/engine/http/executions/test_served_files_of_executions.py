"""Files of executions over HTTP: downloaded, measured, previewed. Against the real engine."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from engine.http.states import when_in

Store = Callable[[str], dict[str, Any]]
WRITE = "io.kestra.plugin.core.storage.Write"


@pytest.fixture
def written(api: httpx.Client, store: Store, is_2x: bool) -> Callable[[str, str], tuple[str, str]]:
    """Run a flow that writes a file; return the execution's id and the file's URI."""

    def write(content: str, extension: str) -> tuple[str, str]:
        name = f"writer-{extension[1:]}"
        store(
            f"id: {name}\nnamespace: team.a\ntasks:\n  - id: write\n    type: {WRITE}\n"
            f"    content: |\n      {content}\n    extension: {extension}\n"
        )
        identifier = api.post(f"/executions/team.a/{name}").json()["id"]
        (run,) = when_in(api, identifier, "SUCCESS")["taskRunList"]
        outputs = api.get(f"/outputs/tasks/{identifier}/{run['id']}").json() if is_2x else run["outputs"]
        return identifier, outputs["uri"]

    return write


def test_a_file_is_downloaded_and_measured(api: httpx.Client, written: Callable[[str, str], tuple[str, str]]) -> None:
    identifier, uri = written("Hello from file", ".txt")

    file = api.get(f"/executions/{identifier}/file", params={"path": uri})
    metas = api.get(f"/executions/{identifier}/file/metas", params={"path": uri})

    assert (file.status_code, file.content) == (200, b"Hello from file\n")
    assert file.headers["content-type"] == "application/octet-stream"
    name = uri.rpartition("/")[2]
    assert file.headers["content-disposition"] == f"attachment; filename=\"{name}\"; filename*=utf-8''{name}"
    assert file.headers["cache-control"] == "public, max-age=86400"
    assert file.headers["expires"] > ""
    assert metas.json() == {"size": 16}


@pytest.mark.parametrize(
    ("content", "extension", "kind", "shown", "cut"),
    [
        ("one", ".txt", "TEXT", "one", False),
        ("one\n      two\n      three", ".txt", "TEXT", "one\ntwo\n", True),
        ("# one", ".md", "MARKDOWN", "# one", False),
        ("{a: 1}", ".ion", "LIST", [{"a": 1}], False),
        ("{a: 1}\n      {a: 2}\n      {a: 3}", ".ion", "LIST", [{"a": 1}, {"a": 2}], True),
        ("png", ".png", "IMAGE", base64.b64encode(b"png\n").decode(), False),
    ],
    ids=["text", "long text", "markdown", "ion", "long ion", "image"],
)
def test_a_file_is_previewed(  # noqa: PLR0917  (what is sent and what is shown)
    api: httpx.Client,
    written: Callable[[str, str], tuple[str, str]],
    content: str,
    extension: str,
    kind: str,
    shown: object,
    cut: bool,
) -> None:
    identifier, uri = written(content, extension)

    told = api.get(f"/executions/{identifier}/file/preview", params={"path": uri, "maxRows": 2}).json()

    assert (told["type"], told["extension"], told["truncated"]) == (kind, extension[1:], cut)
    assert (told["content"].rstrip() if isinstance(told["content"], str) else told["content"]) == (
        shown.rstrip() if isinstance(shown, str) else shown
    )


def test_a_file_that_is_not_there_or_nobodys_is_refused(
    api: httpx.Client, written: Callable[[str, str], tuple[str, str]]
) -> None:
    identifier, uri = written("x", ".txt")
    base = f"/executions/{identifier}/file"

    missing = api.get(base, params={"path": f"{uri}.none"})
    nobodys = api.get(base, params={"path": "kestra:///not/a/real/file.bin"})
    scheme = api.get(f"{base}/metas", params={"path": "http:///x"})
    invalid = api.get(f"{base}/preview", params={"path": "a b"})
    encoding = api.get(f"{base}/preview", params={"path": uri, "encoding": "none?"})

    assert missing.status_code == 404
    assert (nobodys.status_code, nobodys.json()["message"]) == (422, "Illegal argument: Invalid prefix path")
    assert (scheme.status_code, scheme.json()["message"]) == (422, "Illegal argument: Scheme not supported: http")
    assert invalid.status_code == 422
    assert (encoding.status_code, "using encoding 'none?'" in encoding.text) == (422, True)
    assert api.get(base).status_code == 400
    assert api.get("/executions/none/file", params={"path": uri}).status_code == 404


def test_a_file_of_another_execution_is_redirected(
    api: httpx.Client, written: Callable[[str, str], tuple[str, str]], tenant: str
) -> None:
    first, uri = written("x", ".txt")
    second, _ = written("y", ".md")

    for kind in ("file", "file/metas", "file/preview"):
        answer = api.get(f"/executions/{second}/{kind}", params={"path": uri})
        assert answer.status_code == 301
        assert answer.headers["location"] == f"/api/v1/{tenant}/executions/{first}/{kind}?path={uri}"
