"""What a watched client notes of its requests."""

from __future__ import annotations

import pytest
from kestra.scripted import scripted
from pytest_httpserver import HTTPServer

from deployer.errors import KestraNotFoundError
from deployer.kestra.traffic import Exchange

VALUE = {"type": "NUMBER", "value": 1}


@pytest.mark.parametrize("prefix", ["", "/tools/kestra"])
def test_every_answer_is_noted_with_its_path_in_the_tenant(httpserver: HTTPServer, prefix: str) -> None:
    httpserver.expect_request(f"{prefix}/api/v1/team/flows/a/b").respond_with_json({"message": "none"}, status=404)
    httpserver.expect_request(f"{prefix}/api/v1/team/namespaces/n/kv/X").respond_with_json(VALUE)
    with scripted(httpserver.url_for(prefix or "/"), tenant="team") as it:
        traffic = it.client.watch()
        with pytest.raises(KestraNotFoundError):
            it.client.flow("a", "b")
        before = traffic.count
        it.client.key_value("n", "X")
    assert before == 1
    assert [str(each) for each in traffic.since(0)] == ["GET flows/a/b: 404", "GET namespaces/n/kv/X: 200"]
    assert traffic.since(before) == (Exchange("GET", "namespaces/n/kv/X", 200),)


def test_each_repetition_is_noted(httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/api/v1/main/namespaces/n/kv/X").respond_with_data("", status=503)
    httpserver.expect_request("/api/v1/main/namespaces/n/kv/X").respond_with_json(VALUE)
    with scripted(httpserver.url_for("")) as it:
        traffic = it.client.watch()
        it.client.key_value("n", "X")
    assert [each.status for each in traffic.since(0)] == [503, 200]


@pytest.mark.parametrize(
    ("method", "path", "writes"),
    [
        ("GET", "flows/search", False),
        ("POST", "flows/validate", False),
        ("POST", "flows", True),
        ("PUT", "flows/a/b", True),
        ("DELETE", "flows/a/b", True),
    ],
)
def test_a_write_is_what_changes_the_server(method: str, path: str, writes: bool) -> None:
    assert Exchange(method, path, 200).writes is writes
