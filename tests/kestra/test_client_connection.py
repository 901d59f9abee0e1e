"""How a request travels: address, credentials, headers, TLS, proxy; and that threads may share a client."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import trustme
from kestra.scripted import answer, raw_server, scripted
from pytest_httpserver import HTTPServer

from deployer import __version__
from deployer.errors import KestraError, UsageError

CONFIGS = answer(200, '{"version": "1.3.31"}')


def request_with(**settings: object) -> str:
    """Return the head of a request made with these settings."""
    with raw_server(CONFIGS) as server, scripted(server.url, **settings) as it:
        it.client.server()
        return server.requests[0].decode()


def test_a_username_and_password_travel_as_basic() -> None:
    expected = base64.b64encode("ann:sésame".encode()).decode()
    assert f"Authorization: Basic {expected}" in request_with(username="ann", password="sésame")


def test_a_token_travels_as_bearer_even_beside_a_username_and_password() -> None:
    request = request_with(api_token="tok", username="ann", password="x")
    assert "Authorization: Bearer tok" in request
    assert "Basic" not in request


def test_without_credentials_nothing_is_claimed() -> None:
    assert "authorization" not in request_with().lower()


def test_extra_headers_and_who_we_are_travel_along() -> None:
    request = request_with(headers={"CF-Access-Client-Id": "abc"})
    assert "CF-Access-Client-Id: abc" in request
    assert f"User-Agent: kestra-deployer/{__version__}" in request


def test_the_hosts_path_prefix_and_the_tenant_stand_before_every_path(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/tools/kestra/api/v1/configs").respond_with_json({"version": "1.3.31"})
    httpserver.expect_request("/tools/kestra/api/v1/team/logs/X").respond_with_json([])
    with scripted(httpserver.url_for("/tools/kestra"), tenant="team") as it:
        assert it.client.list_logs_from_execution("X") == []
        assert it.client.url == httpserver.url_for("/tools/kestra")
        assert it.client.tenant == "team"


def test_names_are_escaped_in_paths() -> None:
    with raw_server(answer(404)) as server, scripted(server.url) as it:
        with pytest.raises(KestraError):
            it.client.execution("../configs?x#y")
        assert server.requests[0].startswith(b"GET /api/v1/main/executions/..%2Fconfigs%3Fx%23y HTTP")


def test_the_version_is_asked_once_for_all_threads(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/v1/configs").respond_with_json({"version": "2.0.0", "edition": "OSS"})
    with scripted(httpserver.url_for("")) as it, ThreadPoolExecutor(8) as threads:
        found = {it.client.server() for it in [it] * 1}
        found |= set(threads.map(lambda _: it.client.server(), range(32)))
    assert len(found) == 1
    assert len(httpserver.log) == 1


def test_many_threads_share_one_client(httpserver: HTTPServer) -> None:
    for number in range(40):
        flow = {"id": f"f{number}", "namespace": "a.b"}
        httpserver.expect_request(f"/api/v1/main/flows/a.b/f{number}").respond_with_json(flow)
    with scripted(httpserver.url_for("")) as it, ThreadPoolExecutor(16) as threads:
        flows = list(threads.map(lambda number: it.client.flow("a.b", f"f{number}", source=False), range(40)))
    assert [flow.id for flow in flows] == [f"f{number}" for number in range(40)]


def test_an_explicit_proxy_is_used_with_its_credentials() -> None:
    with raw_server(CONFIGS) as proxy:
        settings = {"proxy": proxy.url.replace("http://", "http://ann:secret@")}
        with scripted("http://kestra.invalid:8080", **settings) as it:
            it.client.server()
        request = proxy.requests[0].decode()
    assert request.startswith("GET http://kestra.invalid:8080/api/v1/configs HTTP/1.1")
    assert f"Proxy-Authorization: Basic {base64.b64encode(b'ann:secret').decode()}" in request


def test_the_environments_proxy_is_used_but_not_on_the_way_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server(CONFIGS) as proxy, raw_server(CONFIGS) as here:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        for host in (here.url, "http://kestra.invalid"):
            with scripted(host) as it:
                it.client.server()
        assert len(here.requests) == 1
        assert proxy.requests[0].startswith(b"GET http://kestra.invalid/api/v1/configs")


@pytest.mark.parametrize("proxy", ["proxy:3128", "gopher://proxy", "http://ann:secret@proxy:port"])
def test_an_unusable_proxy_is_a_usage_error_that_does_not_show_it(proxy: str) -> None:
    with pytest.raises(UsageError, match="proxy") as caught, scripted("http://h", proxy=proxy):
        pass
    assert "secret" not in f"{caught.value}{caught.value.hint}"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    client = authority.issue_cert("deployer@example.com")
    client.cert_chain_pems[0].write_to_path(folder / "client.pem")
    client.private_key_pem.write_to_path(folder / "client.key")
    return folder


@pytest.fixture(scope="module")
def secure(authority: trustme.CA) -> Iterator[HTTPServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with HTTPServer("127.0.0.1", ssl_context=context) as server:
        server.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
        yield server


@pytest.fixture(scope="module")
def picky(authority: trustme.CA) -> Iterator[HTTPServer]:
    """Return a server that lets only holders of a certificate in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with HTTPServer("127.0.0.1", ssl_context=context) as server:
        server.expect_request("/api/v1/configs").respond_with_json({"version": "1.3.31"})
        yield server


def test_a_certificate_by_an_unknown_authority_is_refused_once_with_a_hint(secure: HTTPServer) -> None:
    with scripted(secure.url_for("")) as it, pytest.raises(KestraError, match="no secure connection") as caught:
        it.client.server()
    assert "tls: ca" in caught.value.hint
    assert it.waits == []


def test_an_authority_of_ones_own_is_trusted(secure: HTTPServer, files: Path) -> None:
    with scripted(secure.url_for(""), ca_file=files / "ca.pem") as it:
        assert it.client.server().version == "1.3.31"


def test_verification_can_be_turned_off(secure: HTTPServer) -> None:
    with scripted(secure.url_for(""), verify=False) as it:
        assert it.client.server().version == "1.3.31"


def test_a_client_certificate_is_shown_to_a_server_that_wants_one(picky: HTTPServer, files: Path) -> None:
    settings = {"client_cert": files / "client.pem", "client_key": files / "client.key"}
    with scripted(picky.url_for(""), ca_file=files / "ca.pem", **settings) as it:
        assert it.client.server().version == "1.3.31"


def test_a_server_that_wants_a_client_certificate_refuses_without_one(picky: HTTPServer, files: Path) -> None:
    with scripted(picky.url_for(""), ca_file=files / "ca.pem", attempts=1) as it, pytest.raises(KestraError):
        it.client.server()


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ({"ca_file": "missing.pem"}, "missing.pem"),
        ({"ca_file": "client.key"}, "client.key"),
        ({"client_cert": "missing.pem"}, "missing.pem"),
        ({"client_cert": "ca.pem", "client_key": "client.key"}, "ca.pem"),
    ],
)
def test_an_unusable_certificate_file_is_named(files: Path, setting: dict[str, str], name: str) -> None:
    paths = {key: files / value for key, value in setting.items()}
    with pytest.raises(UsageError, match="cannot be used") as caught, scripted("https://h", **paths):
        pass
    assert str(files / name) in str(caught.value)


def test_a_key_with_a_passphrase_is_refused_and_asks_nobody(tmp_path: Path, files: Path) -> None:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  only here

    key = serialization.load_pem_private_key((files / "client.key").read_bytes(), None)
    locked = tmp_path / "locked.key"
    secret = serialization.BestAvailableEncryption(b"sesame")
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    locked.write_bytes(key.private_bytes(encoding, form, secret))
    with (
        pytest.raises(UsageError, match="cannot be used"),
        scripted("https://h", client_cert=files / "client.pem", client_key=locked),
    ):
        pass


def test_a_client_without_a_host_is_a_usage_error_that_names_the_ways_to_give_one() -> None:
    with pytest.raises(UsageError) as caught, scripted(""):
        pass
    for way in ("--host", "KESTRA_HOST", "kestra-deployer.yaml", "--embedded"):
        assert way in caught.value.hint
