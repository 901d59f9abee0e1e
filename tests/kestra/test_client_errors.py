"""What is said when a request fails: what was asked, where, in the server's own words, and what to do about it."""

from __future__ import annotations

import json

import pytest
from kestra.scripted import STORED, answer, raw_server, scripted
from pytest_httpserver import HTTPServer

from deployer.errors import (
    ExitCode,
    KestraAccessError,
    KestraError,
    KestraNotFoundError,
    KestraRefusedError,
    KestraUnreachableError,
    KestraUnreadableError,
    UsageError,
)

LOGIN_PAGE = "<!DOCTYPE html><html><head><title> Sign in &amp; go </title></head><body><p>hi</p></body></html>"
REFUSAL = json.dumps({"message": "Invalid entity: tasks: must not be empty\n", "_embedded": {"errors": []}})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, KestraAccessError),
        (403, KestraAccessError),
        (404, KestraNotFoundError),
        (409, KestraRefusedError),
        (422, KestraRefusedError),
        (423, KestraUnreadableError),
        (500, KestraError),
    ],
)
def test_what_callers_tell_apart_has_a_class_of_its_own(httpserver: HTTPServer, status: int, kind: type) -> None:
    httpserver.expect_request("/api/v1/main/flows/a.b/x").respond_with_json({}, status=status)
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraError) as caught:
        it.client.flow("a.b", "x")
    assert type(caught.value) is kind
    assert caught.value.exit_code is ExitCode.COULD_NOT_RUN
    assert str(caught.value).endswith(f"/api/v1/main/flows/a.b/x answered {status}")


@pytest.mark.parametrize("page", ["", "404 page not found", "<html><title>404 Not Found</title></html>"])
def test_a_gateway_that_finds_no_way_does_not_say_that_something_is_not_there(
    httpserver: HTTPServer, page: str
) -> None:
    httpserver.expect_request("/api/v1/main/flows/a.b/x").respond_with_data(page, status=404)
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraError) as caught:
        it.client.flow("a.b", "x")
    assert type(caught.value) is KestraError
    assert "path prefix" in caught.value.hint
    assert "answered 404" in str(caught.value)


def test_the_servers_own_words_stand_in_the_message_without_their_prefix(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/main/flows/a.b/x").respond_with_data(
        REFUSAL, status=422, content_type="application/json"
    )
    url = httpserver.url_for("/api/v1/main/flows/a.b/x")
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraRefusedError) as caught:
        it.client.update_flow("a.b", "x", "id: x")
    assert str(caught.value) == f"PUT {url} answered 422: tasks: must not be empty"
    assert caught.value.reason == "tasks: must not be empty"
    assert (caught.value.method, caught.value.url, caught.value.status) == ("PUT", url, 422)


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (LOGIN_PAGE, "text/html", "Sign in & go"),
        ("<html><body><h1>Bad  gateway</h1> nginx</body></html>", "text/html", "Bad gateway nginx"),
        ("no such thing", "text/plain", "no such thing"),
        ('{"error": 1}', "application/json", ""),
        ("[1]", "application/json", ""),
        ("x" * 5000, "text/plain", "x" * 2000 + "…"),
    ],
    ids=["titled page", "page without title", "plain text", "other JSON", "a list", "endless"],
)
def test_whatever_the_server_says_is_made_readable(httpserver: HTTPServer, body: str, kind: str, reason: str) -> None:
    httpserver.expect_request("/api/v1/main/flows/a.b/x").respond_with_data(body, status=400, content_type=kind)
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraError) as caught:
        it.client.flow("a.b", "x")
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("status", "body", "says", "hint"),
    [
        (200, LOGIN_PAGE, "a web page (Sign in & go)", "login page, or its path prefix is missing"),
        (200, "{", "answers, but is not a Kestra server", "a Kestra server?"),
        (200, "[]", "did not return the server's configuration", "a Kestra server?"),
        (200, '{"uuid": 1}', "configuration with a `version`", "a Kestra server?"),
        (200, '{"version": "latest"}', "configuration with a `version`", "a Kestra server?"),
        (404, "", "answers, but is not a Kestra server: ", "path prefix"),
        (401, "", " refused the login: ", "set KESTRA_API_TOKEN, or KESTRA_USERNAME"),
        (403, "", " denies access: ", "access to this tenant"),
        (500, "", "answered 500", "the server's log"),
        (200, '{"version": "0.24.1"}', "the server is Kestra 0.24.1", "--kestra 1.3"),
    ],
)
def test_what_is_no_usable_kestra_is_named(
    httpserver: HTTPServer, status: int, body: str, says: str, hint: str
) -> None:
    httpserver.expect_request("/api/v1/configs").respond_with_data(body, status=status, content_type="text/plain")
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraError) as caught:
        it.client.server()
    assert says in str(caught.value)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("credentials", "hint"),
    [
        ({"username": "ann", "password": "secret"}, "accepts only API tokens"),
        ({"api_token": "secret"}, "not expired"),
    ],
    ids=["password", "token"],
)
def test_wrong_credentials_get_the_hint_for_their_kind(
    httpserver: HTTPServer, credentials: dict[str, str], hint: str
) -> None:
    httpserver.expect_request("/api/v1/configs").respond_with_data("", status=401)
    with scripted(httpserver.url_for(""), **credentials) as it, pytest.raises(KestraAccessError) as caught:
        it.client.server()
    assert hint in caught.value.hint


def test_a_redirect_is_not_followed_but_named(httpserver: HTTPServer) -> None:
    headers = {"Location": "https://kestra.example.com/login?token=abc"}
    httpserver.expect_request("/api/v1/configs").respond_with_data("", status=302, headers=headers)
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraError) as caught:
        it.client.server()
    assert str(caught.value).endswith("answered 302: redirects to https://kestra.example.com/login")
    assert "the server's actual address" in caught.value.hint


@pytest.mark.parametrize(
    "body",
    ["", "{", "[1, 2]", '"text"', '{"id": "x"}', '{"id": 5, "namespace": "a"}', "<html></html>"],
)
def test_an_answer_that_is_no_flow_is_an_error(httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request("/api/v1/main/flows/a.b/x").respond_with_data(body, content_type="application/json")
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraError, match=r"instead of|did not return"):
        it.client.flow("a.b", "x")


@pytest.mark.parametrize("page", ['{"results": []}', '{"total": 1}', '{"results": {}, "total": 1}'])
def test_an_answer_that_is_no_page_is_an_error(httpserver: HTTPServer, page: str) -> None:
    httpserver.expect_request("/api/v1/main/flows/search").respond_with_data(page)
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraError, match="a page with `results` and `total`"):
        it.client.search_flows()


def test_a_verdict_that_does_not_say_whose_it_is_is_an_error(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
    httpserver.expect_request("/api/v1/main/flows/validate").respond_with_json([{"constraints": "bad"}])
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraError, match="`index`"):
        it.client.validate_flows(["id: a"])


def test_logs_that_are_no_list_and_a_deletion_that_says_neither_are_errors(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
    httpserver.expect_request("/api/v1/main/logs/X").respond_with_json({})
    httpserver.expect_request("/api/v1/main/namespaces/a/kv/k").respond_with_json({})
    with scripted(httpserver.url_for("")) as it:
        with pytest.raises(KestraError, match="a list"):
            it.client.list_logs_from_execution("X")
        with pytest.raises(KestraError, match="true or false"):
            it.client.delete_key_value("a", "k")


def test_a_server_that_does_not_answer_in_time_is_named_with_the_way_to_wait_longer() -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\n", hold=True) as server, scripted(server.url, timeout=0.2, attempts=1) as it:
        with pytest.raises(KestraUnreachableError, match="no answer in time") as caught:
            it.client.server()
        assert "--timeout" in caught.value.hint


def test_a_proxy_that_refuses_is_named_as_the_one_who_does() -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with raw_server(refusal) as proxy, scripted("https://kestra.invalid", proxy=proxy.url, attempts=1) as it:
        with pytest.raises(KestraUnreachableError, match=r"the proxy refuses to connect to .*: 407") as caught:
            it.client.server()
        assert "HTTPS_PROXY" in caught.value.hint


def test_too_few_verdicts_are_an_error_not_a_wrong_match(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
    httpserver.expect_request("/api/v1/main/flows/validate").respond_with_json([{"index": 0}])
    with (
        scripted(httpserver.url_for("")) as it,
        pytest.raises(KestraError, match=r"2 verdicts, one on each flow \(it sent 1\)"),
    ):
        it.client.validate_flows(["id: a", "id: b"])


def test_an_export_that_is_no_archive_is_an_error(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/main/flows/export/by-query").respond_with_data("PK, almost")
    with scripted(httpserver.url_for("")) as it, pytest.raises(KestraError, match="an archive of flows"):
        it.client.export_flows_by_query()


@pytest.mark.parametrize(
    "credentials",
    [
        {"api_token": "tok3n-secret"},
        {"username": "ann", "password": "pa55-secret"},
        {"headers": {"CF-Access-Client-Secret": "acc3ss-secret"}},
    ],
    ids=["token", "password", "header"],
)
def test_a_secret_that_the_server_quotes_is_not_repeated(credentials: dict[str, object]) -> None:
    quoted = "no: tok3n-secret pa55-secret acc3ss-secret YW5uOnBhNTUtc2VjcmV0"
    with raw_server(answer(403, quoted, kind="text/plain")) as server, scripted(server.url, **credentials) as it:
        with pytest.raises(KestraAccessError) as caught:
            it.client.server()
        assert b"secret" in server.requests[0] or b"YW5uOnBhNTUtc2VjcmV0" in server.requests[0]
    shown = f"{caught.value} {caught.value.reason} {caught.value.hint} {caught.value!r}"
    assert "***" in shown
    (secret,) = [value for value in ("tok3n", "pa55", "acc3ss") if value in str(credentials)]
    assert secret not in shown
    assert "password" not in credentials or "YW5uOnBhNTUtc2VjcmV0" not in shown


def test_a_query_does_not_stand_in_a_message() -> None:
    with raw_server(answer(500)) as server, scripted(server.url) as it:
        with pytest.raises(KestraError) as caught:
            it.client.search_flows(["a.b"])
        assert b"?filters" in server.requests[0]
    assert "?" not in f"{caught.value}{caught.value.url}"


def test_a_header_that_cannot_be_sent_is_a_usage_error_that_does_not_show_it() -> None:
    with pytest.raises(UsageError, match="Authorization") as caught, scripted("http://h", api_token="tok3n\n"):
        pass
    assert "tok3n" not in f"{caught.value}{caught.value.hint}"


def test_unknown_fields_are_ignored_and_missing_ones_get_a_default(httpserver: HTTPServer) -> None:
    flow = {"id": "x", "namespace": "a.b", "novelty": {"of": [2030]}}
    httpserver.expect_request("/api/v1/main/flows/a.b/x").respond_with_json(flow)
    with scripted(httpserver.url_for("")) as it:
        stored = it.client.flow("a.b", "x", source=False)
    assert (stored.revision, stored.disabled, stored.draft, stored.exception, stored.source) == (
        None,
        False,
        False,
        "",
        None,
    )


def test_a_flow_that_the_server_cannot_read_any_more_says_why(httpserver: HTTPServer) -> None:
    broken = STORED | {"tasks": [], "exception": "Could not resolve type id 'io.kestra.plugin.gone.Gone'"}
    httpserver.expect_request("/api/v1/main/flows/search").respond_with_json({"results": [broken], "total": 1})
    with scripted(httpserver.url_for("")) as it:
        assert [flow.exception for flow in it.client.search_flows()] == [broken["exception"]]
